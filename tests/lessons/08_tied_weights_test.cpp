#include "lessons/08_tied_weights/tied_autoencoder.h"

#include <gtest/gtest.h>

#include "lessons/support/evaluate.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::TiedAutoencoder;
using lessons::UntiedAutoencoder;

namespace {

struct Tied : testing::Test {
    Rng rng{1};
    TiedAutoencoder model{12, 5, rng};
    Tensor x = autograd::uniform({8, 12}, 0, 1, rng);

    Tied() {  // biases away from 0, so that their part in the formulas counts
        model.b = autograd::normal({5}, 0, 0.3, rng).requires_grad_();
        model.c = autograd::normal({12}, 0, 0.3, rng).requires_grad_();
    }
};

}  // namespace

TEST_F(Tied, GradientsOfItsLossAgreeWithDifferences) {
    expect_gradients([&] { return lessons::reconstruction_loss(model(x), x); }, model.parameters());
}

TEST_F(Tied, GradientIsTheSumOfBothPaths) {
    lessons::reconstruction_loss(model(x), x).backward();
    const Tensor g = model.W.grad();
    EXPECT_LT(support::largest_difference({g}, {lessons::sum_of_both_paths(model, x)}), 1e-12);
    EXPECT_LT(support::largest_difference({g}, {lessons::hand_gradient(model, x)}), 1e-12);
    // Neither path alone is the gradient.
    UntiedAutoencoder untied(12, 5, rng);
    untied.W = model.W.detach().requires_grad_();
    untied.W_star = transpose(model.W.detach()).requires_grad_();
    untied.b = model.b, untied.c = model.c;
    lessons::reconstruction_loss(untied(x), x).backward();
    EXPECT_GT(support::largest_difference({g}, {untied.W.grad()}), 1e-4);
    EXPECT_GT(support::largest_difference({g}, {transpose(untied.W_star.grad())}), 1e-4);
}

TEST_F(Tied, StaysTiedThroughTrainingWithHalfTheWeights) {
    UntiedAutoencoder untied(12, 5, rng);
    EXPECT_EQ(model.parameter_count(), 12 * 5 + 5 + 12);
    EXPECT_EQ(untied.parameter_count(), 2 * 12 * 5 + 5 + 12);
    const double before = lessons::reconstruction_loss(model(x), x).item();
    nn::Adam adam(model.parameters(), {.lr = 0.01});
    for (int step = 0; step < 50; ++step) {
        adam.zero_grad();
        lessons::reconstruction_loss(model(x), x).backward();
        adam.step();
    }
    EXPECT_LT(lessons::reconstruction_loss(model(x), x).item(), before - 0.01);
    // Decoding the l-th unit vector draws sigmoid of the l-th column of W, plus c: the same
    // numbers.
    const Tensor unit = autograd::tensor({{0, 0, 1, 0, 0}});
    const Tensor drawn = model.decode(unit);
    for (int j = 0; j < 12; ++j)
        EXPECT_NEAR(drawn.data()[j], 1 / (1 + std::exp(-(model.W.at({j, 2}) + model.c.at({j})))),
                    1e-12);
}
