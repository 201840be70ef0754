#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "lessons/16_variational/exact.h"
#include "lessons/16_variational/linear.h"
#include "lessons/16_variational/measures.h"
#include "lessons/16_variational/variational.h"
#include "lessons/support/pca.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Gaussian;
using lessons::LinearVariational;
using lessons::Variational;

namespace {

double log_normal(double x, double mean, double variance) {
    return -0.5 * (std::log(2 * std::numbers::pi * variance) + (x - mean) * (x - mean) / variance);
}

struct Small : testing::Test {
    Rng rng{1};
    Variational model{12, 7, 3, rng};
    Tensor x = autograd::uniform({6, 12}, 0, 1, rng), e = autograd::normal({6, 3}, 0, 1, rng);
    Gaussian q{autograd::tensor({{0.7, -1.2}}), autograd::tensor({{-0.5, 0.3}})};
};

// Grey images of 3 x 4 pixels, as many as x has rows.
support::Images images_like(const Tensor& x) {
    support::Images images{
        .count = int(x.size(0)), .height = 3, .width = 4, .pixels = {}, .labels = {}};
    for (const double v : x.to_vector()) images.pixels.push_back(std::uint8_t(255 * v));
    images.labels.assign(std::size_t(images.count), 0);
    return images;
}

// 300 centred points in 6 dimensions, and their components.
struct Linear : testing::Test {
    Rng rng{2};
    Tensor x, S;
    support::Pca pca;
    double trace = 0;

    Linear() {
        const Tensor sizes = autograd::tensor({3, 2, 1.5, 1, 0.6, 0.3});
        const Tensor mixed = matmul(autograd::normal({300, 6}, 0, 1, rng) * sizes,
                                    autograd::normal({6, 6}, 0, 0.5, rng));
        x = mixed - mean(mixed, 0);
        pca = support::principal_components(x.to_vector(), 6);
        S = autograd::tensor(pca.covariance, {6, 6});
        for (const double lambda : pca.eigenvalues) trace += lambda;
    }
    LinearVariational trained(int k, double sigma2) {
        LinearVariational model(6, k, rng);
        lessons::minimise("test", model, 2000, 1e-10,
                          [&] { return lessons::linear_loss(model, S, trace, sigma2); });
        return model;
    }
};

}  // namespace

TEST_F(Small, GradientsOfTheLossAgreeWithDifferences) {
    for (const double beta : {1.0, 4.0})
        expect_gradients([&] { return lessons::variational_loss(model, x, e, beta); },
                         model.parameters());
}

// Every parameter of the encoder is reached through the draw, with the KL out of the way.
TEST_F(Small, GradientPassesTheDraw) {
    lessons::variational_loss(model, x, e, 0).backward();
    for (const auto& [name, p] : model.named_parameters())
        EXPECT_GT(sum(square(p.grad())).item(), 1e-12) << name;
}

TEST_F(Small, DrawsHaveTheMeanAndTheVariance) {
    const Tensor z = lessons::shifted(q, autograd::normal({200000, 2}, 0, 1, rng));
    const Tensor m = mean(z, 0), variance = mean(square(z - m), 0);
    for (const int l : {0, 1}) {
        EXPECT_NEAR(m.at({l}), q.mean.at({0, l}), 0.01);
        EXPECT_NEAR(variance.at({l}), std::exp(q.log_variance.at({0, l})), 0.02);
    }
}

// By the trapezium rule over one dimension.
TEST_F(Small, KlIsTheIntegral) {
    const Tensor kl = lessons::kl_by_unit(q);
    for (const int l : {0, 1}) {
        const double m = q.mean.at({0, l}), v = std::exp(q.log_variance.at({0, l}));
        double integral = 0;
        for (double z = -12; z < 12; z += 0.001) {
            const double log_q = log_normal(z, m, v);
            integral += 0.001 * std::exp(log_q) * (log_q - log_normal(z, 0, 1));
        }
        EXPECT_NEAR(kl.at({0, l}), integral, 1e-8);
    }
    EXPECT_EQ(sum(lessons::kl_by_unit({autograd::zeros({1, 2}), autograd::zeros({1, 2})})).item(),
              0);
}

// Its mean over many repetitions is 0 and its variance 1, as a deviation in standard errors has to
// be.
TEST_F(Small, MonteCarloKlIsAsFarOffAsChanceMakesIt) {
    double total = 0, squares = 0;
    for (int i = 0; i < 400; ++i) {
        const double z = lessons::kl_monte_carlo_z(q, 500, rng);
        total += z / 400, squares += z * z / 400;
    }
    EXPECT_NEAR(total, 0, 0.2);
    EXPECT_NEAR(squares, 1, 0.25);
}

// f(z) = sum of z^2 has the mean of mean^2 + variance: its derivative is 2 mean.
TEST_F(Small, BothEstimatorsAreRightOnAverage) {
    const autograd::Shape many = {200000, 2};
    const Gaussian rows = {broadcast_to(q.mean, many), broadcast_to(q.log_variance, many)};
    const Tensor draws = autograd::normal(many, 0, 1, rng);
    const auto f = [](const Tensor& z) { return sum(square(z), 1); };
    const Tensor through = lessons::reparameterised_gradient(rows, draws, f),
                 score = lessons::score_function_gradient(rows, draws, f),
                 based = lessons::score_function_gradient(rows, draws, f, 3.5);
    for (const Tensor& estimates : {through, score, based})
        for (const int l : {0, 1})
            EXPECT_NEAR(mean(estimates, 0).at({l}), 2 * q.mean.at({0, l}), 0.05);
    EXPECT_GT(lessons::spread(score), 1.5 * lessons::spread(through));
    EXPECT_LT(lessons::spread(based), lessons::spread(score));
    EXPECT_LT(lessons::disagreement(through, score), 3);
    EXPECT_GT(lessons::disagreement(through, 1.1 * through), 10);
}

TEST_F(Small, LogLikelihoodIsBernoullis) {
    const Tensor logits = autograd::tensor({{2, -1}}), black_and_white = autograd::tensor({{1, 0}});
    const double p = 1 / (1 + std::exp(-2)), r = 1 / (1 + std::exp(1));
    EXPECT_NEAR(lessons::log_likelihood(logits, black_and_white).at({0}),
                std::log(p) + std::log(1 - r), 1e-12);
}

// In place of each grey level, ink or paper, and the grey level is how often it is ink.
TEST_F(Small, DrawnPixelsAreInkAsOftenAsTheyAreGrey) {
    Tensor total = autograd::zeros(x.shape());
    for (int i = 0; i < 4000; ++i) {
        const Tensor b = lessons::drawn(x, rng);
        EXPECT_EQ(sum(b * (1 - b)).item(), 0);
        total = total + b / 4000;
    }
    EXPECT_LT(support::largest_difference({total}, {x}), 0.04);
}

TEST(Halved, IsTheMeanOfFourPixels) {
    const support::Images small = lessons::halved({.count = 1,
                                                   .height = 3,
                                                   .width = 4,
                                                   .pixels = {0, 10, 255, 255,   //
                                                              20, 30, 255, 255,  //
                                                              9, 9, 9, 9},
                                                   .labels = {7}});
    EXPECT_EQ(small.pixels, (std::vector<std::uint8_t>{15, 255}));
    EXPECT_EQ(small.height, 1);
    EXPECT_EQ(small.width, 2);
}

// Rows that were given up have no direction, and don't count.
TEST(RowCosine, IsTheWorstOfTheRowsThatAreKept) {
    support::Pca pca;
    pca.n = 2;
    pca.components = {1, 0, 0, 1};
    lessons::LinearCase linear;
    linear.rows = {3, 0, 0.6, 0.8};
    EXPECT_NEAR(lessons::row_cosine(pca, linear, {1, 1}), 0.8, 1e-15);
    EXPECT_EQ(lessons::row_cosine(pca, linear, {1, 0}), 1);
}

// By quadrature over the grey levels.
TEST_F(Small, MassOfGreyLevels) {
    for (const double a : {-3.0, 0.4, 7.0}) {
        double integral = 0;
        for (double level = 0.0005; level < 1; level += 0.001)
            integral += 0.001 * std::exp(-std::log1p(std::exp(a)) + a * level);
        EXPECT_NEAR(lessons::log_mass(autograd::tensor({{a}})), std::log(integral), 1e-3);
    }
    EXPECT_NEAR(lessons::log_mass(autograd::zeros({2, 3})), 3 * std::log(0.5), 1e-5);
}

TEST_F(Small, BoundIsTheLosssNegative) {
    const support::Images images = images_like(x);
    const Tensor pixels = support::to_tensor(images);
    Rng draws(5), again(5);
    const lessons::Bound b = lessons::bound(model, images, draws);
    const Tensor noise = autograd::normal({6, 3}, 0, 1, again);
    EXPECT_NEAR(b.elbo, -lessons::variational_loss(model, pixels, noise).item(), 1e-10);
}

// One draw is the ELBO, on average; more draws never fall below on average; and where q is the
// posterior, every draw has the same weight, log p(x).
TEST_F(Small, ImportanceWeightedBoundRises) {
    support::Images images = images_like(x);
    double elbo = 0;
    std::vector<double> bounds(10);
    for (int i = 0; i < 400; ++i) {
        elbo += lessons::bound(model, images, rng).elbo / 400;
        const auto b = lessons::importance_weighted(model, images, 10, rng);
        for (std::size_t j = 0; j < 10; ++j) bounds[j] += b[j] / 400;
    }
    EXPECT_NEAR(bounds[0], elbo, 0.05);
    EXPECT_GT(bounds[1], bounds[0]);
    EXPECT_GT(bounds[9], bounds[1]);
}

// A decoder that does not look at its code: p(x) is p(x|z), and the posterior is the prior.
TEST_F(Small, ImportanceWeightsAreExactWhereThePosteriorIsKnown) {
    Variational deaf(12, 7, 3, rng);
    for (const Tensor& t : {deaf.hidden_star.weight, deaf.mean.weight, deaf.mean.bias,
                            deaf.log_variance.weight, deaf.log_variance.bias})
        std::fill_n(Tensor(t).mutable_data(), t.size(), 0.0);
    const support::Images images = images_like(x);
    const Tensor pixels = support::to_tensor(images);
    const double exact =
        mean(lessons::log_likelihood(deaf.decode(autograd::zeros({6, 3})), pixels)).item();
    for (const double b : lessons::importance_weighted(deaf, images, 4, rng))
        EXPECT_NEAR(b, exact, 1e-10);
}

TEST_F(Linear, GradientsOfItsLossAgreeWithDifferences) {
    LinearVariational model(6, 3, rng);
    model.W = autograd::normal({6, 3}, 0, 0.3, rng).requires_grad_();
    model.W_star = autograd::normal({3, 6}, 0, 0.3, rng).requires_grad_();
    model.log_d = autograd::normal({3}, -1, 0.3, rng).requires_grad_();
    expect_gradients([&] { return lessons::linear_loss(model, S, trace, 0.5); },
                     model.parameters());
}

// The mean over the data and over very many draws of -log p(x|z) + KL, density by density.
TEST_F(Linear, LossIsTheMeanOverTheNoise) {
    LinearVariational model(6, 2, rng);
    model.W = autograd::normal({6, 2}, 0, 0.3, rng);
    model.W_star = autograd::normal({2, 6}, 0, 0.8, rng);
    model.log_d = autograd::tensor({-0.7, 0.4});
    const double sigma2 = 0.5;
    const Gaussian q = {matmul(x, model.W), broadcast_to(model.log_d, {300, 2})};
    double loss = sum(lessons::kl_by_unit(q)).item() / 300;
    for (int i = 0; i < 2000; ++i) {
        const Tensor z = lessons::shifted(q, autograd::normal({300, 2}, 0, 1, rng));
        loss += sum(square(x - matmul(z, model.W_star))).item() / (2 * sigma2) / 300 / 2000;
    }
    loss += 3 * std::log(2 * std::numbers::pi * sigma2);
    EXPECT_NEAR(lessons::linear_loss(model, S, trace, sigma2).item(), loss, 0.02);
}

// With the threshold between the second eigenvalue and the third, two of three directions are kept.
TEST_F(Linear, SingularValuesAndTheBoundAreTheExactOnes) {
    const double sigma2 = (pca.eigenvalues[1] + pca.eigenvalues[2]) / 2;
    const LinearVariational model = trained(3, sigma2);
    const auto values = support::singular_value_decomposition(model.W_star.to_vector(), 6).values;
    const auto best = lessons::best_squares(pca.eigenvalues, 3, sigma2);
    EXPECT_GT(best[1], 0.01);
    EXPECT_EQ(best[2], 0);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(values[i] * values[i], best[i], 1e-5);
    EXPECT_NEAR(-lessons::linear_loss(model, S, trace, sigma2).item(),
                lessons::best_log_likelihood(pca.eigenvalues, 3, sigma2), 1e-10);
    // Rows are components, one each: W* W*' is diagonal.
    const Tensor gram = matmul(model.W_star, transposed(model.W_star));
    for (std::int64_t i = 0; i < 3; ++i)
        for (std::int64_t j = 0; j < i; ++j) EXPECT_NEAR(gram.at({i, j}), 0, 1e-5);
}

// The likelihood, density by density: C = W*' W* + sigma^2 I in the components' coordinates.
TEST_F(Linear, BestLikelihoodIsTheGaussians) {
    const double sigma2 = pca.eigenvalues[3];
    const Tensor V = autograd::tensor(pca.components, {6, 6}), y = matmul(x, transposed(V));
    double expected = 0;
    for (std::int64_t i = 0; i < 300; ++i)
        for (std::int64_t j = 0; j < 6; ++j)
            expected +=
                log_normal(y.at({i, j}), 0, j < 2 ? pca.eigenvalues[std::size_t(j)] : sigma2) / 300;
    EXPECT_NEAR(lessons::best_log_likelihood(pca.eigenvalues, 2, sigma2), expected, 1e-9);
}
