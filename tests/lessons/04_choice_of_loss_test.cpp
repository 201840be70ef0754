#include "lessons/04_choice_of_loss/losses.h"

#include <gtest/gtest.h>

#include <cmath>
#include <ostream>

#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Autoencoder;
using lessons::initialised;
using lessons::Loss;

namespace {

// Seven "images" of 12 pixels: half of the pixels grey, the others 0 or 1, as in digits.
Tensor images(Rng& rng) {
    return concat(autograd::uniform({7, 6}, 0, 1, rng), autograd::bernoulli({7, 6}, 0.5, rng), 1);
}

// Squared error after 300 steps of plain gradient descent from outputs that are sure of ink
// everywhere.
double after_descent(Loss loss, const Tensor& x) {
    Rng rng(6);
    Autoencoder model = initialised(x.size(1), 3, rng);
    model.decoder.bias = autograd::full({x.size(1)}, 8).requires_grad_();
    nn::Sgd sgd(model.parameters(), {.lr = 0.05});
    for (int step = 0; step < 300; ++step) {
        sgd.zero_grad();
        reconstruction_loss(loss, model(x), x).backward();
        sgd.step();
    }
    return reconstruction_loss(Loss::squared_error, model(x), x).item();
}

}  // namespace

// How GoogleTest prints a Loss, in the name of a test too; without it, the bytes.
namespace lessons {
void PrintTo(Loss loss, std::ostream* out) {
    *out << (loss == Loss::squared_error ? "SquaredError" : "CrossEntropy");
}
}  // namespace lessons

class EitherLoss : public testing::TestWithParam<Loss> {};
INSTANTIATE_TEST_SUITE_P(, EitherLoss, testing::Values(Loss::squared_error, Loss::cross_entropy),
                         testing::PrintToStringParamName());

TEST_P(EitherLoss, GradientsAgreeWithDifferences) {
    Rng rng(1);
    Autoencoder model = initialised(12, 3, rng);
    const Tensor x = images(rng);
    expect_gradients([&] { return reconstruction_loss(GetParam(), model(x), x); },
                     model.parameters());
}

TEST_P(EitherLoss, GradientsByHandAreTheEngines) {
    Rng rng(2);
    const Autoencoder model = initialised(12, 3, rng);
    const Tensor x = images(rng);
    EXPECT_LT(hand_gradient_error(GetParam(), model, x), 1e-12);
    double largest = 0;  // not because all of them are 0
    for (const Tensor& g : hand_gradients(GetParam(), model, x))
        largest = std::max(largest, double(sum(abs(g)).item()));
    EXPECT_GT(largest, 0.1);
}

TEST_P(EitherLoss, IsLeastWhereTheReconstructionIsTheInput) {
    for (const double x : {0.0, 0.3, 0.5, 1.0}) {
        double least = 1e9, where = -1;
        for (int i = 0; i <= 1000; ++i) {
            const double value = reconstruction_loss(GetParam(), autograd::full({1, 1}, i / 1000.0),
                                                     autograd::full({1, 1}, x))
                                     .item();
            if (value < least) least = value, where = i / 1000.0;
        }
        EXPECT_NEAR(where, x, 1e-12);
        const double floor = GetParam() == Loss::squared_error
                                 ? 0
                                 : lessons::entropy(autograd::full({1, 1}, x)).item();
        EXPECT_NEAR(least, floor, 1e-12);
    }
}

// dL/da2 by its formula, by the engine through sigmoid and loss: right, wrong and undecided
// outputs.
TEST_P(EitherLoss, OutputGradientIsTheEngines) {
    const Tensor a2 = autograd::tensor({{-8, -1, 0, 2, 8}, {8, 1, 0.5, -2, -8}}).requires_grad_();
    const Tensor x = autograd::tensor({{0, 0.2, 0.5, 1, 1}, {0, 0.2, 0.5, 1, 1}});
    const Tensor engine = grad(reconstruction_loss(GetParam(), sigmoid(a2), x), a2);
    const Tensor hand = output_gradient(GetParam(), a2.detach(), x) / 2;  // mean over two images
    for (int j = 0; j < a2.size(); ++j) EXPECT_NEAR(engine.data()[j], hand.data()[j], 1e-12);
}

TEST(Entropy, IsNothingForInkAndPaperAndMostForGrey) {
    EXPECT_EQ(lessons::entropy(autograd::tensor({{0, 1, 1, 0}})).item(), 0);
    EXPECT_NEAR(lessons::entropy(autograd::full({3, 2}, 0.5)).item(), 2 * std::log(2.0), 1e-12);
    const double H = -0.3 * std::log(0.3) - 0.7 * std::log(0.7);
    EXPECT_NEAR(lessons::entropy(autograd::tensor({{0.3, 0}, {0.7, 1}})).item(), H, 1e-12);
}

TEST(Saturated, WrongCertaintyReachesOnlyTheCrossEntropy) {
    const Tensor a2 = autograd::tensor({-8, -40, -800}), ink = 1;
    for (const double g : output_gradient(Loss::cross_entropy, a2, ink).to_vector())
        EXPECT_NEAR(g, -1, 1e-3);
    for (const double g : output_gradient(Loss::squared_error, a2, ink).to_vector())
        EXPECT_NEAR(g, 0, 1e-3);
}

// x_hat - x holds however far out a2 is; the chain as the lecture writes it divides by x_hat (1 -
// x_hat), which is 0 there.
TEST(Saturated, CancelledChainIsThatOfTheLossFromPreActivations) {
    const Tensor a2 = autograd::tensor({{-800, -40, 40, 800}}).requires_grad_();
    const Tensor x = autograd::tensor({{1, 0.3, 0, 1}});
    const Tensor loss = nn::binary_cross_entropy_with_logits(a2, x, nn::Reduction::sum);
    const Tensor engine = grad(loss, a2);
    const Tensor hand = output_gradient(Loss::cross_entropy, a2.detach(), x);
    for (int j = 0; j < 4; ++j) EXPECT_NEAR(engine.data()[j], hand.data()[j], 1e-12);

    // A loss that is given x_hat clamps it, and so forgets how far out a2 was.
    const Tensor far = autograd::tensor({{-25, -40}}).requires_grad_();
    const Tensor clamped =
        grad(reconstruction_loss(Loss::cross_entropy, sigmoid(far), autograd::ones({1, 2})), far);
    EXPECT_NEAR(clamped.data()[0], -1, 1e-3);
    EXPECT_NEAR(clamped.data()[1], 0, 1e-3);

    Rng rng(3);
    Autoencoder model = initialised(4, 2, rng);
    model.decoder.bias = autograd::tensor({-800, -40, 40, 800});
    EXPECT_TRUE(std::isnan(sum(hand_gradients(Loss::cross_entropy, model, x)[3]).item()));
}

TEST(Saturated, DescentLeavesByCrossEntropyOnly) {
    Rng rng(4);
    const Tensor x = images(rng);
    const double start =
        reconstruction_loss(Loss::squared_error, autograd::ones(x.shape()), x).item();
    EXPECT_LT(after_descent(Loss::cross_entropy, x), start / 2);
    EXPECT_GT(after_descent(Loss::squared_error, x), start * 0.95);
}
