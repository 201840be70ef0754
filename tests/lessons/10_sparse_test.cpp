#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/10_sparse/ufldl.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Objective;
using lessons::SparseAutoencoder;

namespace {

struct Sparse : testing::Test {
    Rng rng{1};
    SparseAutoencoder model{12, 5, rng};
    Tensor x = autograd::uniform({8, 12}, 0, 1, rng);

    Sparse() {  // biases away from 0, so that their part in the formulas counts
        model.encoder.bias = autograd::normal({5}, -1, 0.5, rng).requires_grad_();
        model.decoder.bias = autograd::normal({12}, 0, 0.5, rng).requires_grad_();
    }
};

}  // namespace

TEST_F(Sparse, GradientsOfItsCostAgreeWithDifferences) {
    for (const Objective& o : {Objective{.rho = 0.2, .beta = 3, .lambda = 0.1},
                               Objective{.beta = 0, .lambda = 0.1, .gamma = 0.7}})
        expect_gradients([&] { return lessons::cost(model, x, o); }, model.parameters());
}

TEST_F(Sparse, HandDerivationAgreesWithTheEngine) {
    EXPECT_LT(lessons::hand_gradient_error(model, x, {.rho = 0.2, .beta = 3, .lambda = 0.1}),
              1e-12);
    EXPECT_LT(lessons::hand_gradient_error(model, x, {.rho = 0.01, .beta = 30, .lambda = 0}),
              1e-12);
}

TEST_F(Sparse, CostIsUfldls) {
    const Objective o{.rho = 0.1, .beta = 3, .lambda = 3e-3};
    const Tensor h = model.encode(x), x_hat = model(x);
    double expected = 0;
    for (int i = 0; i < 8; ++i)
        for (int j = 0; j < 12; ++j) expected += std::pow(x_hat.at({i, j}) - x.at({i, j}), 2) / 16;
    for (const nn::Linear* layer : {&model.encoder, &model.decoder})
        for (const double w : layer->weight.to_vector()) expected += o.lambda / 2 * w * w;
    for (int l = 0; l < 5; ++l) {
        double r = 0;
        for (int i = 0; i < 8; ++i) r += h.at({i, l}) / 8;
        expected +=
            o.beta * (o.rho * std::log(o.rho / r) + (1 - o.rho) * std::log((1 - o.rho) / (1 - r)));
    }
    EXPECT_NEAR(lessons::cost(model, x, o).item(), expected, 1e-12);
}

TEST(Kl, IsZeroAtTheTargetAndPositiveElsewhere) {
    EXPECT_NEAR(lessons::kl_penalty(0.2, autograd::tensor({0.2, 0.2})).item(), 0, 1e-15);
    for (const double r : {0.01, 0.1, 0.19, 0.21, 0.5, 0.99}) {
        const Tensor rho_hat = autograd::tensor({r});
        EXPECT_GT(lessons::kl_penalty(0.2, rho_hat).item(), 0);
        EXPECT_EQ(lessons::kl_slope(0.2, rho_hat).item() > 0, r > 0.2);
    }
    EXPECT_NEAR(lessons::kl_slope(0.2, autograd::tensor({0.2})).item(), 0, 1e-15);
    // 0.2 log(0.2 / 0.5) + 0.8 log(0.8 / 0.5), to the last digit
    EXPECT_NEAR(lessons::kl_penalty(0.2, autograd::tensor({0.5})).item(), 0.19274475702175753,
                1e-15);
}

// The mean of KL over batches lies above the KL of the mean: KL is convex. L1 is linear, and has no
// such gap.
TEST_F(Sparse, MiniBatchesOverstateTheKlPenaltyAndNotL1) {
    const Tensor all = lessons::mean_activation(model.encode(x));
    double kl = 0, l1 = 0;
    for (int first = 0; first < 8; first += 2) {
        const Tensor part = lessons::mean_activation(model.encode(narrow(x, 0, first, 2)));
        kl += lessons::kl_penalty(0.2, part).item() / 4;
        l1 += lessons::l1_penalty(part, 0.7).item() / 4;
    }
    EXPECT_GT(kl, lessons::kl_penalty(0.2, all).item() + 1e-4);
    EXPECT_NEAR(l1, lessons::l1_penalty(all, 0.7).item(), 1e-12);
}

// Once the running mean is the data's rho_hat, the batches' gradients average to the data's.
TEST_F(Sparse, RunningPenaltyHasTheDatasGradient) {
    const Tensor W = model.encoder.weight;
    const auto rho_hat = [&](int first, int count) {
        return lessons::mean_activation(model.encode(narrow(x, 0, first, count)));
    };
    const Tensor exact = grad(lessons::kl_penalty(0.2, rho_hat(0, 8)), W);
    lessons::RunningPenalty running{.decay = 1};  // forgets nothing, learns nothing
    running(0.2, rho_hat(0, 8));
    Tensor with_running = autograd::zeros({12, 5}), without = autograd::zeros({12, 5});
    for (int first = 0; first < 8; first += 2) {
        with_running = with_running + grad(running(0.2, rho_hat(first, 2)), W) / 4;
        without = without + grad(lessons::kl_penalty(0.2, rho_hat(first, 2)), W) / 4;
    }
    EXPECT_LT(sum(abs(with_running - exact)).item(), 1e-12);
    EXPECT_GT(sum(abs(without - exact)).item(), 1e-3);
    // A moving one averages: 3/4 of what was, 1/4 of what came.
    lessons::RunningPenalty moving{.decay = 0.75};
    moving(0.2, autograd::tensor({0.4}));
    moving(0.2, autograd::tensor({0.8}));
    EXPECT_NEAR(moving.running.item(), 0.5, 1e-15);
}

TEST_F(Sparse, TrainingMovesTheMeanActivationToTheTarget) {
    nn::Adam adam(model.parameters(), {.lr = 0.02});
    const auto distance = [&] {
        return max(abs(lessons::mean_activation(model.encode(x)) - 0.2), 0).item();
    };
    EXPECT_GT(distance(), 0.05);
    for (int step = 0; step < 500; ++step) {
        adam.zero_grad();
        lessons::cost(model, x, {.rho = 0.2, .beta = 3, .lambda = 0}).backward();
        adam.step();
    }
    EXPECT_LT(distance(), 0.01);
}

// The bias counted from the mean image: the same network, and gradients that reach W and b through
// it.
TEST_F(Sparse, UncentredIsTheSameNetworkOfAnUncentredInput) {
    const Tensor mean_x = reshape(mean(x, 0), {1, 12});
    const Tensor shown = model.encode(x - mean_x),
                 same = lessons::uncentred(model, mean_x).encode(x);
    EXPECT_LT(support::largest_difference({shown}, {same}), 1e-14);
    EXPECT_GT(support::largest_difference({shown}, {model.encode(x)}), 1e-3);
    const Objective o{.rho = 0.2, .beta = 3, .lambda = 0.1};
    expect_gradients([&] { return lessons::cost(lessons::uncentred(model, mean_x), x, o); },
                     model.parameters());
}

TEST_F(Sparse, MinimiseEndsWhereTheCostHardlyFalls) {
    const Objective o{.rho = 0.2, .beta = 0.5, .lambda = 0.01};
    const auto path = lessons::minimise(
        model, [&] { return lessons::cost(model, x, o); }, 1e-6, 1000);
    ASSERT_GT(path.size(), 21u);
    EXPECT_LT(path.size(), 1000u);
    const double end = path.back().cost;
    EXPECT_NEAR(lessons::cost(model, x, o).item(), end, 1e-12);
    EXPECT_LT(path[path.size() - 21].cost - end, 1e-6 * end);
    EXPECT_LT(path.back().gradient_norm, path[0].gradient_norm / 100);
    EXPECT_EQ(lessons::minimise(
                  model, [&] { return lessons::cost(model, x, o); }, 0, 3)
                  .size(),
              4u);
}

// To second order: batches of B see a mean activation of variance var / B around the data's.
TEST_F(Sparse, PenaltyOfBatchesIsTheDatasAndHalfItsCurvatureTimesTheVariance) {
    lessons::Codes c{.rho_hat = {0.2, 0.3}};
    for (int i = 0; i < 4000; ++i) {
        c.h.push_back(i % 2 ? 0.25 : 0.15);
        c.h.push_back(0.3);
    }
    const auto batches = lessons::penalty_of_batches(c, {50, 4000}, 0.2, rng);
    EXPECT_NEAR(batches.of_data, lessons::kl(0.2, {0.2, 0.3}), 1e-15);
    // rho_hat = rho = 0.2 and variance 0.0025: 1/2 / (0.2 * 0.8) * 0.0025 / 50
    EXPECT_NEAR(batches.predicted[0] - batches.of_data, 0.0025 / 0.32 / 50, 1e-9);
    EXPECT_NEAR(batches.measured[0] - batches.of_data, 0.0025 / 0.32 / 50, 4e-5);
    EXPECT_NEAR(batches.measured[1], batches.of_data, 1e-12);
}
