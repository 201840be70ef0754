#include "lessons/07_weight_decay/weight_decay.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Autoencoder;

namespace {

// The numbers of several tensors in one row.
std::vector<double> numbers(const std::vector<Tensor>& tensors) {
    std::vector<double> all;
    for (const Tensor& t : tensors)
        for (const double v : t.to_vector()) all.push_back(v);
    return all;
}

void expect_near(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance) << i;
}

// Eight images of 12 pixels, of which the last two are never lit.
Tensor images(Rng& rng) {
    return concat(autograd::uniform({8, 10}, 0, 1, rng), autograd::zeros({8, 2}), 1);
}

// The encoder's weights at these two pixels.
std::vector<double> rim(const Autoencoder& model) {
    return numbers({narrow(model.encoder.weight, 0, 10, 2)});
}

// `steps` steps on the weights and the biases by one optimiser, lambda in the loss.
template <class Optimiser>
Autoencoder trained(double lambda, typename Optimiser::Settings settings, int steps) {
    Rng rng(3);
    const Autoencoder model(12, 4, rng);
    const Tensor x = images(rng);
    Optimiser weights(lessons::weights(model), settings);
    nn::Adam biases(lessons::biases(model), {.lr = settings.lr});
    for (int step = 0; step < steps; ++step) {
        weights.zero_grad(), biases.zero_grad();
        decayed_loss(model, x, lambda).backward();
        weights.step(), biases.step();
    }
    return model;
}

}  // namespace

TEST(WeightDecay, GradientsOfItsLossAgreeWithDifferences) {
    Rng rng(1);
    const Autoencoder model(12, 4, rng);
    const Tensor x = images(rng);
    expect_gradients([&] { return decayed_loss(model, x, 0.3); }, model.parameters());
}

TEST(WeightDecay, GradientByHandHasTheTwo) {
    Rng rng(2);
    const Autoencoder model(12, 4, rng);
    const Tensor x = images(rng);
    EXPECT_LT(hand_gradient_error(model, x, 0.3), 1e-12);
    EXPECT_GT(hand_gradient_error(model, x, 0.3, 1), 0.1);  // lambda W
}

TEST(WeightDecay, PenaltyIsTheSumOfSquaresOfTheWeightsAlone) {
    Rng rng(2);
    Autoencoder model(12, 4, rng);
    const Tensor x = images(rng);
    double squares = 0;
    for (const double w : numbers({model.encoder.weight, model.decoder.weight})) squares += w * w;
    const double plain = lessons::reconstruction_loss(model(x), x).item();
    EXPECT_NEAR(decayed_loss(model, x, 0.3).item() - plain, 0.3 * squares, 1e-12);

    // The gradient of a bias does not feel lambda.
    std::vector<std::vector<double>> gradients;
    for (const double lambda : {0.0, 5.0}) {
        const Tensor loss = decayed_loss(model, x, lambda);
        gradients.push_back(numbers(grad(std::span(&loss, 1), biases(model))));
    }
    expect_near(gradients[0], gradients[1], 0);
}

// For plain gradient descent it is all one where the decay is put: p - lr (g + 2 lambda p).
TEST(WeightDecay, InTheLossOrBesideTheStepIsTheSameForGradientDescent) {
    const auto in_loss = trained<nn::Sgd>(0.05, {.lr = 0.1}, 20);
    const auto beside = trained<nn::Sgd>(0, {.lr = 0.1, .weight_decay = 2 * 0.05}, 20);
    expect_near(numbers(in_loss.parameters()), numbers(beside.parameters()), 1e-13);
}

// A weight that only the penalty pulls at: AdamW shrinks it by 1 - lr decay a step.
TEST(WeightDecay, AdamWShrinksAnUnusedWeightAtTheGivenRate) {
    const auto start = rim(trained<nn::AdamW>(0, {.lr = 0.01}, 0));
    const auto end = rim(trained<nn::AdamW>(0, {.lr = 0.01, .weight_decay = 0.5}, 50));
    for (std::size_t i = 0; i < start.size(); ++i)
        EXPECT_NEAR(end[i] / start[i], std::pow(1 - 0.01 * 0.5, 50), 1e-12);
    expect_near(rim(trained<nn::AdamW>(0, {.lr = 0.01}, 50)), start, 0);  // without: it stays
}

TEST(WeightDecay, RimSizeIsThatOfTheUnlitPixelsWeights) {
    Rng rng(4);
    const Autoencoder model(12, 4, rng);
    double squares = 0;
    for (const double w : rim(model)) squares += w * w;
    EXPECT_NEAR(rim_size(model, sum(images(rng), 0)), std::sqrt(squares / 8), 1e-14);
}

// In the loss, Adam divides the pull by its own size: lr a step, whatever lambda is.
TEST(WeightDecay, AdamPullsAnUnusedWeightByItsLearningRateWhateverLambda) {
    const auto start = rim(trained<nn::Adam>(0, {.lr = 1e-3}, 0));
    for (const double lambda : {1e-5, 1e-3, 1e-1}) {
        const auto end = rim(trained<nn::Adam>(lambda, {.lr = 1e-3}, 1));
        for (std::size_t i = 0; i < start.size(); ++i) {
            if (std::abs(start[i]) < 0.02) continue;  // 2 lambda W far above Adam's eps
            EXPECT_NEAR(std::abs(start[i]) - std::abs(end[i]), 1e-3, 5e-5) << lambda;
        }
    }
}

TEST(WeightDecay, MoreOfItLeavesSmallerWeightsAndALooserFit) {
    double norm2 = 1e9, fit = 0;
    Rng rng(3);
    Autoencoder(12, 4, rng);  // the draws that trained() makes before its images
    const Tensor x = images(rng);
    for (const double lambda : {0.0, 1e-3, 1e-2, 1e-1}) {
        const auto model = trained<nn::Adam>(lambda, {.lr = 0.01}, 1000);
        const double smaller = lessons::norm2(weights(model)).item();
        const double looser = lessons::reconstruction_loss(model(x), x).item();
        EXPECT_LT(smaller, norm2);
        EXPECT_GT(looser, fit);
        norm2 = smaller, fit = looser;
    }
}
