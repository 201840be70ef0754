#include "lessons/11_contractive/contractive_autoencoder.h"

#include <gtest/gtest.h>

#include "lessons/11_contractive/plane.h"
#include "lessons/11_contractive/spectrum.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::ContractiveAutoencoder;
using lessons::DeepAutoencoder;

namespace {

struct Contractive : testing::Test {
    Rng rng{1};
    ContractiveAutoencoder model{12, 5, rng};
    DeepAutoencoder deep{12, 7, 5, rng};
    Tensor x = autograd::uniform({8, 12}, 0, 1, rng);
    lessons::Encoder encode = [this](const Tensor&t) { return model.encode(t); },
                     encode_deep = [this](const Tensor&t) { return deep.encode(t); };

    Contractive() {  // biases away from 0, so that their part in the formulas counts
        model.b = autograd::normal({5}, 0.5, 0.5, rng).requires_grad_();
        model.c = autograd::normal({12}, 0, 0.5, rng).requires_grad_();
        deep.first.bias = autograd::normal({7}, 0.5, 0.5, rng).requires_grad_();
    }
    double omega() const { return lessons::closed_form(model.encode(x), model.W).item(); }
};

}  // namespace

TEST_F(Contractive, GradientsOfItsLossAgreeWithDifferences) {
    expect_gradients([&] { return contractive_loss(model, x, 0.7); }, model.parameters());
}

// Here the loss has a gradient in it: its own gradient is of second order.
TEST_F(Contractive, GradientsOfTheDeepLossAgreeWithDifferences) {
    expect_gradients(
        [&] {
            Rng again(3);
            return contractive_loss(deep, x, 0.7, again);
        },
        deep.parameters());
}

TEST_F(Contractive, ThreeWaysToTheSamePenalty) {
    EXPECT_NEAR(lessons::by_engine(encode, x).item() / omega(), 1, 1e-12);
    EXPECT_NEAR(lessons::by_differences(encode, x) / omega(), 1, 1e-8);
    // Where there is no closed form, the other two.
    EXPECT_NEAR(lessons::by_differences(encode_deep, x) / lessons::by_engine(encode_deep, x).item(),
                1, 1e-8);
    // And the Jacobian itself, one image at a time.
    double total = 0;
    for (int i = 0; i < 8; ++i)
        for (const double d : lessons::jacobian(model, narrow(x, 0, i, 1))) total += d * d / 8;
    EXPECT_NEAR(total / omega(), 1, 1e-12);
}

TEST_F(Contractive, HandDerivationAgreesWithTheEnginesSecondDerivative) {
    EXPECT_LT(lessons::hand_gradient_error(model, x), 1e-12);
    const lessons::HandGradient hand = lessons::hand_gradient(x, model.encode(x), model.W);
    EXPECT_GT(sum(abs(hand.W)).item() + sum(abs(hand.b)).item(), 0.1);  // not 0 = 0
}

// v J with v from N(0, I) is right on average, and so is its gradient.
TEST_F(Contractive, RandomProjectionIsRightOnAverage) {
    const Tensor exact = lessons::by_engine(encode_deep, x), W = deep.first.weight;
    const Tensor exact_gradient = grad(exact, W);
    double mean = 0, largest = 0;
    Tensor mean_gradient = autograd::zeros(W.shape());
    constexpr int draws = 4000;
    for (int i = 0; i < draws; ++i) {
        const Tensor estimate = lessons::by_projection(encode_deep, x, rng);
        mean += estimate.item() / draws;
        largest = std::max<double>(largest, std::abs(estimate.item() / exact.item() - 1));
        mean_gradient = mean_gradient + grad(estimate, W) / draws;
    }
    EXPECT_NEAR(mean / exact.item(), 1, 0.05);
    EXPECT_GT(largest, 0.2);  // a single one is far off
    EXPECT_LT(sum(square(mean_gradient - exact_gradient)).item(),
              0.01 * sum(square(exact_gradient)).item());
}

TEST_F(Contractive, PenaltyIsAMeanAndFlooredItIsGone) {
    // The mean over the batch: the same images twice cost the same.
    EXPECT_NEAR(lessons::closed_form(encode(concat(x, x, 0)), model.W).item(), omega(), 1e-12);
    const Tensor penalty = lessons::closed_form(encode(x), model.W);
    ASSERT_GT(penalty.item(), 0);
    ASSERT_LT(penalty.item(), 1);
    EXPECT_EQ(lessons::floored(penalty).item(), 0);
    EXPECT_EQ(lessons::floored(penalty + 2).item(), 2);
    EXPECT_FALSE(lessons::floored(penalty + 2).requires_grad());  // no gradient comes back
}

// ||J u|| from the formula is how far the code moves for a small step.
TEST_F(Contractive, SensitivityIsHowFarTheCodeMoves) {
    const Tensor u = autograd::normal({1, 12}, 0, 1, rng);
    const Tensor moved = (encode(x + 1e-6 * u) - encode(x - 1e-6 * u)) / 2e-6;
    EXPECT_NEAR(lessons::sensitivity(model, x, u), mean(sqrt(sum(square(moved), 1))).item(), 1e-8);
}

// The penalty takes away the sensitivity across the data and leaves most of that along them.
TEST(Plane, ContractsAcrossTheDataNotAlongThem) {
    const lessons::Plane plain(0, 1), contractive(0.01, 1);
    EXPECT_LT(contractive.across, 0.1 * contractive.along);
    EXPECT_LT(contractive.across, 0.1 * plain.across);
    EXPECT_GT(contractive.along, 0.6 * plain.along);
}

TEST_F(Contractive, DirectionsHoldNineTenthsOfTheSumOfSquares) {
    EXPECT_EQ(lessons::directions({5, 1, 0}), 1);
    EXPECT_EQ(lessons::directions(std::vector<double>(10, 2)), 9);
    const support::Images two{.count = 2,
                              .height = 3,
                              .width = 4,
                              .pixels = std::vector<std::uint8_t>(24, 100),
                              .labels = {0, 0}};
    double squares = 0;  // ||J||_F^2 is the sum of the squared singular values
    for (const double s : lessons::singular_values(model, two)) squares += s * s;
    const Tensor grey = autograd::full({1, 12}, 100 / 255.0);
    EXPECT_NEAR(squares / lessons::closed_form(encode(grey), model.W).item(), 1, 1e-12);
}
