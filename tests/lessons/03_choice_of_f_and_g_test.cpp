#include "lessons/03_choice_of_f_and_g/choices.h"

#include <gtest/gtest.h>

#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Activation;
using lessons::ChosenAutoencoder;
namespace activation = lessons::activation;

namespace {

const std::vector<Activation> all = {activation::linear, activation::tanh, activation::logistic,
                                     activation::relu};

Tensor trained_output(const Tensor& x, const Activation& f, int steps) {
    Rng rng(5);
    ChosenAutoencoder model(x.size(1), 3, activation::linear, f, rng);
    nn::Adam adam(model.parameters(), {.lr = 0.02});
    for (int step = 0; step < steps; ++step) {
        adam.zero_grad();
        lessons::squared_error(model(x), x).backward();
        adam.step();
    }
    return model(x).detach();
}

}  // namespace

TEST(Choices, GradientsOfEveryChoiceAgreeWithDifferences) {
    Rng rng(1);
    const Tensor real = autograd::normal({4, 6}, 0, 1, rng);
    const Tensor binary = autograd::bernoulli({4, 6}, 0.5, rng);
    for (const Activation& f : {activation::linear, activation::tanh, activation::logistic})
        for (const Activation& g : all)
            for (const bool cross_entropy : {false, true}) {
                if (cross_entropy && f.name != "logistic") continue;
                ChosenAutoencoder model(6, 3, g, f, rng);
                const auto loss = [&] {
                    return cross_entropy ? lessons::cross_entropy(model(binary), binary)
                                         : lessons::squared_error(model(real), real);
                };
                expect_gradients(loss, model.parameters(), f.name + " " + g.name);
            }
}

TEST(Choices, NoActivationLeavesItsRange) {
    const Tensor z = autograd::tensor({-800, -3, -0.1, 0, 0.1, 3, 800});
    for (const Activation& f : all)
        for (const double y : f.apply(z).to_vector())
            EXPECT_TRUE(y >= f.low && y <= f.high) << f.name << " " << y;
    EXPECT_EQ(activation::tanh.apply(z).at({6}), 1);
    EXPECT_EQ(activation::logistic.apply(z).at({0}), 0);
    EXPECT_EQ(activation::linear.apply(z).at({0}), -800);
}

// A search over the range, fine and blind, finds nothing better than the clamped input.
TEST(Floor, IsTheLeastErrorThatTheRangeAllows) {
    const Tensor x = autograd::tensor({-2.5, -0.75, 0, 0.25, 1, 4});
    for (const Activation& f : {activation::tanh, activation::logistic}) {
        const Tensor best = lessons::best_output(x, f);
        for (int j = 0; j < x.size(); ++j) {
            double least = 1e9;
            for (int i = 0; i <= 1000; ++i) {
                const double y = f.low + (f.high - f.low) * i / 1000;
                least = std::min(least, (y - x.at({j})) * (y - x.at({j})));
            }
            EXPECT_NEAR(least, std::pow(best.at({j}) - x.at({j}), 2), 1e-12) << f.name << " " << j;
        }
    }
    EXPECT_EQ(lessons::best_output(x, activation::linear).to_vector(), x.to_vector());
}

TEST(Floor, HoldsABoundedOutputAndNotALinearOne) {
    Rng rng(2);
    const Tensor x =
        matmul(autograd::normal({20, 3}, 0, 1, rng), autograd::normal({3, 8}, 0, 1, rng));
    const auto error = [&](const Tensor& x_hat) { return lessons::squared_error(x_hat, x).item(); };
    const double floor = error(lessons::best_output(x, activation::logistic));
    const double logistic = error(trained_output(x, activation::logistic, 600));
    const double linear = error(trained_output(x, activation::linear, 600));
    EXPECT_GE(logistic, floor);
    EXPECT_LT(logistic, 1.5 * floor);  // it does come near
    EXPECT_LT(linear, floor / 20);
}

TEST(Data, BinarisedIsZeroOrOne) {
    const Tensor x = lessons::binarised(autograd::tensor({0, 0.49, 0.5, 1}));
    EXPECT_EQ(x.to_vector(), (std::vector<autograd::real>{0, 0, 1, 1}));
}

// Three pixels: one that varies, one that is nearly constant, one that is constant.
TEST(Data, StandardisedHasMeanZeroAndDeviationOneUnlessThePixelHardlyVaries) {
    const support::Images images{.count = 4,
                                 .height = 1,
                                 .width = 3,
                                 .pixels = {0, 0, 7, 0, 0, 7, 255, 0, 7, 255, 5, 7},
                                 .labels = {0, 0, 0, 0}};
    const lessons::Standardiser standardise = lessons::standardiser(images, 0.1);
    const Tensor x = standardise(to_tensor(images));
    const Tensor mean = autograd::mean(x, 0), variance = autograd::mean(square(x), 0);
    for (int j = 0; j < 3; ++j) EXPECT_NEAR(mean.at({j}), 0, 1e-14);
    EXPECT_NEAR(variance.at({0}), 1, 1e-12);
    EXPECT_NEAR(variance.at({1}), 3.0 / 16 * std::pow(5 / 25.5, 2), 1e-12);  // 0.1 * 255 = 25.5
    EXPECT_NEAR(variance.at({2}), 0, 1e-20);
}
