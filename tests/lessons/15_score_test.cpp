#include <gtest/gtest.h>

#include <cmath>

#include "lessons/15_score/cloud.h"
#include "lessons/15_score/score.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;

namespace {

struct Plane : testing::Test {
    Rng rng{1};
    nn::Sequential network = lessons::plane_network(2, 7, rng);
    Tensor x = autograd::normal({9, 2}, 0, 1, rng);
};

}  // namespace

TEST_F(Plane, GradientsOfEveryLossAgreeWithDifferences) {
    const auto again = [](auto loss) {  // the same noise each time
        return [=] {
            Rng draws(3);
            return loss(draws);
        };
    };
    expect_gradients(
        again([&](Rng& draws) { return lessons::plane_denoising_loss(network, x, 0.3, draws); }),
        network.parameters(), "denoising");
    const lessons::NoiseLevels levels(7, rng);
    expect_gradients(
        again([&](Rng& draws) { return lessons::noise_levels_loss(levels, x, 0.1, 2, draws); }),
        levels.parameters(), "noise levels");
    // A bent network instead of one with kinks: the contractive loss is a derivative already.
    const nn::Sequential smooth{nn::Linear(2, 5, rng), nn::Sigmoid(), nn::Linear(5, 2, rng)};
    expect_gradients([&] { return lessons::plane_contractive_loss(smooth, x, 0.7); },
                     smooth.parameters(), "contractive");
}

TEST_F(Plane, ContractivePenaltyIsTheJacobiansNorm) {
    const nn::Sequential linear{nn::Linear(2, 2, rng)};
    const auto W = std::dynamic_pointer_cast<nn::Linear>(linear.layers[0])->weight;
    const double expected = sum(square(linear(x) - x)).item() / 9 / 0.49 + sum(square(W)).item();
    EXPECT_NEAR(lessons::plane_contractive_loss(linear, x, 0.7).item(), expected, 1e-12);
}

// The mean over data and noise, beside a mean over very many draws.
TEST(LinearDenoiser, ExpectedLossIsTheMeanOverTheNoise) {
    Rng rng(2);
    lessons::LinearAutoencoder model(3, 2, rng);
    model.W.mutable_data()[0] = 0.8, model.W_star.mutable_data()[1] = -0.6;
    const Tensor x = autograd::normal({400, 3}, 0, 1, rng);
    const Tensor S = matmul(transposed(x), x) / 400;
    const double trace = sum(square(x)).item() / 400;
    double mean = 0;
    for (int i = 0; i < 500; ++i)
        mean +=
            sum(square(model(x + autograd::normal(x.shape(), 0, 0.5, rng)) - x)).item() / 400 / 500;
    EXPECT_NEAR(lessons::expected_denoising_loss(model, S, trace, 0.5).item(), mean, 0.003);
}

// One data point: the noised density is a Gaussian, and its score is known.
TEST(ExactScore, OfOnePointIsAGaussians) {
    const Tensor point = autograd::tensor({{0.5, -1}}), at = autograd::tensor({{1, 1}, {0.5, -1}});
    const Tensor s = lessons::exact_score(point, 0.5)(at);
    EXPECT_NEAR(s.at({0, 0}), -0.5 / 0.25, 1e-12);
    EXPECT_NEAR(s.at({0, 1}), -2 / 0.25, 1e-12);
    EXPECT_NEAR(s.at({1, 0}), 0, 1e-12);
}

// The gradient of log p for several points, by differences of log p itself.
TEST(ExactScore, IsTheGradientOfTheLogDensity) {
    Rng rng(3);
    const Tensor data = autograd::normal({20, 2}, 0, 1, rng);
    const auto log_p = [&](double a, double b) {
        double p = 0;
        for (int i = 0; i < 20; ++i)
            p += std::exp(-(std::pow(a - data.at({i, 0}), 2) + std::pow(b - data.at({i, 1}), 2)) /
                          (2 * 0.16));
        return std::log(p);
    };
    const Tensor s = lessons::exact_score(data, 0.4)(autograd::tensor({{0.3, -0.2}}));
    EXPECT_NEAR(s.at({0, 0}), (log_p(0.3001, -0.2) - log_p(0.2999, -0.2)) / 2e-4, 1e-6);
    EXPECT_NEAR(s.at({0, 1}), (log_p(0.3, -0.1999) - log_p(0.3, -0.2001)) / 2e-4, 1e-6);
}

TEST(ScoreOf, ThePerfectDenoiserIsTheExactScore) {
    Rng rng(4);
    const Tensor data = autograd::normal({30, 2}, 0, 1, rng),
                 at = autograd::normal({5, 2}, 0, 1, rng);
    const auto exact = lessons::exact_score(data, 0.4);
    // E[x | x~] = x~ + sigma^2 score
    const auto restore = [&](const Tensor& x) { return x + 0.16 * exact(x); };
    const Tensor difference = lessons::score_of(restore, 0.4)(at) - exact(at);
    EXPECT_LT(sum(square(difference)).item(), 1e-20);
}

TEST(FieldCosine, IsOneForTheSameDirectionAtAnyLength) {
    Rng rng(5);
    const Tensor g = autograd::normal({50, 2}, 0, 1, rng);
    EXPECT_NEAR(lessons::field_cosine(g, 3 * g), 1, 1e-12);
    EXPECT_NEAR(lessons::field_cosine(g, -g), -1, 1e-12);
    const Tensor turned = matmul(g, autograd::tensor({{0, 1}, {-1, 0}}));
    EXPECT_NEAR(lessons::field_cosine(g, turned), 0, 1e-12);
}

TEST(EnergyDistance, TellsDistributionsApart) {
    Rng rng(6);
    const Tensor a = autograd::normal({300, 2}, 0, 1, rng),
                 b = autograd::normal({300, 2}, 0, 1, rng);
    EXPECT_NEAR(lessons::energy_distance(a, a), 0, 1e-12);
    EXPECT_LT(lessons::energy_distance(a, b), 0.03);
    EXPECT_GT(lessons::energy_distance(a, b + 1), 0.3);
    // Two points at a distance of 2: 2 * 2
    EXPECT_NEAR(lessons::energy_distance(autograd::tensor({{0, 0}}), autograd::tensor({{2, 0}})), 4,
                1e-12);
}

TEST(Moons, ThreeQuartersLieOnTheUpperOne) {
    Rng rng(7);
    EXPECT_NEAR(lessons::upper_share(lessons::moons(4000, rng)), 0.75, 0.03);
}

// With the score of N(0, 1) the walk keeps N(0, 1), and brings others there.
TEST(Langevin, WalkersEndDistributedAsTheDensity) {
    Rng rng(8);
    const lessons::Score normal = [](const Tensor& x) { return -x; };
    const Tensor x = lessons::langevin(normal, autograd::zeros({4000, 2}) + 5, 0.3, 400, rng);
    EXPECT_NEAR(mean(x).item(), 0, 0.05);
    EXPECT_NEAR(mean(square(x)).item(), 1, 0.08);
}
