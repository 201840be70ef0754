// Lesson 16: the code as a distribution. See README.md in this folder.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/16_variational/drawings.h"
#include "lessons/16_variational/exact.h"
#include "lessons/16_variational/measures.h"
#include "lessons/16_variational/variational.h"
#include "lessons/support/lesson.h"
#include "lessons/support/pca.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Variational;

int main(int argc, char** argv) {
    support::Lesson lesson("16_variational", "A code to draw from");
    lesson.defaults({.epochs = 7, .batch_size = 128, .lr = 0.001, .seed = 1});
    lesson.quick(
        {.epochs = 1, .limit = 500, .flags = {{"--iterations", "10"}, {"--hidden", "64"}}});
    int hidden = 400, code = 20, iterations = 20000;
    double beta = 1, sigma2 = 0.042;
    lesson.flag("--hidden", hidden, {1, 2000}, "hidden units on either side");
    lesson.flag("--code", code, {2, 300}, "numbers in the code");
    lesson.flag("--beta", beta, {0, 1000}, "weight of the KL; 1 makes the loss a bound");
    lesson.flag("--sigma2", sigma2, {1e-4, 100}, "variance of the linear model's noise");
    lesson.flag("--iterations", iterations, {1, 100000}, "of L-BFGS, at most, linear model");
    lesson.weights("the network with --code numbers in the code");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        const support::Dataset data = support::load_dataset(options);
        const int n = data.train.size();
        Rng rng(options.seed);
        const Variational model(n, hidden, code, rng);
        const lessons::Weights weights(options, model);

        // ---- Where all is known: the linear case, in double ----
        const support::Images small = lessons::halved(lessons::halved(data.train));  // 7 x 7
        const support::Pca pca = support::principal_components(small);
        const int k = std::min(20, pca.n);
        const lessons::LinearCase linear =
            lessons::train_linear(pca, k, sigma2, iterations, options.seed);
        const std::vector<double> squares = lessons::best_squares(pca.eigenvalues, k, sigma2);
        double worst = 0;
        for (std::size_t i = 0; i < squares.size(); ++i)
            worst = support::larger(worst, std::abs(linear.squares[i] - squares[i]));
        // All ranges hold for seeds 1 to 5.
        report.metric("linear_singular_value_error", worst, {.max = 1e-6});
        report.metric("linear_elbo_gap",
                      lessons::best_log_likelihood(pca.eigenvalues, k, sigma2) - linear.bound,
                      {-1e-9, 1e-8});
        report.metric("linear_eigenvalues", pca.eigenvalues);
        report.metric(
            "linear_kept",
            double(std::ranges::count_if(linear.squares, [](double s) { return s > 1e-3; })),
            {10, 10});
        report.metric("linear_row_cosine_min", lessons::row_cosine(pca, linear, squares),
                      {.min = 0.99999});
        report.metric("reparameterised_gradient_error", lessons::frozen_noise_error(options.seed),
                      {.max = 1e-8});

        // ---- Training: cross-entropy + KL ----
        const auto train = [&](const std::string& name, const Variational& network) {
            Rng draws(options.seed);
            nn::Adam adam(network.parameters(), {.lr = options.lr});
            support::Progress progress(options.epochs, data.train.count, name);
            lessons::train(adam, data.train, options, draws, progress, [&](const Tensor& x) {
                const Tensor e = autograd::normal({x.size(0), network.k()}, 0, 1, draws);
                return lessons::variational_loss(network, x, e, beta);
            });
        };
        train("digits", model);
        weights.save(model, [&] {
            const Tensor x = to_tensor(support::first(data.train, options.batch_size));
            return lessons::variational_loss(model, x,
                                             autograd::normal({x.size(0), code}, 0, 1, rng), beta);
        });
        const Variational plane(n, hidden, 2, rng);
        train("a code of two numbers", plane);

        // ---- Bounds on log p(x), and what the code says ----
        const lessons::Bound bound = lessons::bound(model, data.test, rng);
        const double kl = std::accumulate(bound.kl.begin(), bound.kl.end(), 0.0);
        report.metric("test_elbo", bound.elbo, {-108, -106});
        report.metric("test_kl", kl, {24, 27});
        report.metric("kl_by_unit", bound.kl);
        report.metric(
            "active_units",
            double(std::ranges::count_if(bound.kl, [](double unit) { return unit > 0.1; })),
            {20, 20});
        const std::vector<double> bounds =
            lessons::importance_weighted(model, data.test, options.quick ? 2 : 50, rng);
        report.metric("importance_weighted_bound", bounds.back(), {-104, -102});
        report.metric("importance_weighted_gain", bounds.back() - bound.elbo, {3.4, 4.7});
        report.metric("bound_by_draws", bounds);
        const double plane_elbo = lessons::bound(plane, data.test, rng).elbo;
        report.metric("plane_test_elbo", plane_elbo, {-160, -154});
        report.metric("plane_elbo_gap", bound.elbo - plane_elbo, {47, 53});
        report.metric("code_variances", lessons::code_variances(model, data.test, rng));

        // ---- Grey pixels: no likelihood of theirs, but one of what is drawn from them ----
        const Tensor grey = to_tensor(support::first(data.test, 1000));
        report.metric("grey_log_mass", lessons::log_mass(model.decode(model.encode(grey).mean)),
                      {-1600, -1500});
        const auto black_and_white = [&](const Tensor& x) { return lessons::drawn(x, rng); };
        const auto unseen = lessons::bound(model, data.test, rng, [&](const Tensor& x) {
            return std::pair(x, black_and_white(x));
        });
        const auto seen = lessons::bound(model, data.test, rng, [&](const Tensor& x) {
            const Tensor b = black_and_white(x);
            return std::pair(b, b);
        });
        report.metric("binary_elbo_difference", unseen.elbo - bound.elbo, {-0.4, 0.4});
        report.metric("binary_seen_elbo", seen.elbo, {-105, -102});
        report.metric("binary_seen_gain", seen.elbo - unseen.elbo, {2.8, 3.8});

        // ---- The KL by draws; two ways to differentiate through a draw ----
        const Tensor first = narrow(grey, 0, 0, 1);
        const int draws = options.quick ? 100 : 2000;
        report.metric("kl_monte_carlo_z",
                      lessons::kl_monte_carlo_z(model.encode(first), 10 * draws, rng), {-4, 4});
        const lessons::Estimates estimates = lessons::estimate_gradients(model, first, draws, rng);
        const double spread = lessons::spread(estimates.reparameterised);
        report.metric("reparameterised_spread", spread);
        report.metric("score_function_spread_ratio",
                      lessons::spread(estimates.score_function) / spread, {40, 75});
        report.metric("baseline_spread_ratio", lessons::spread(estimates.with_baseline) / spread,
                      {3, 5.5});
        report.metric("estimators_disagree_z",
                      lessons::disagreement(estimates.reparameterised, estimates.with_baseline),
                      {0.4, 1.8});

        // ---- Figures ----
        report.figure("spectrum.png", lessons::draw_spectrum(pca, linear, sigma2));
        report.figure("rows.png", lessons::draw_rows(pca, linear, std::min(k, 14), small));
        report.figure("estimates.png", lessons::draw_estimates(estimates, bound.kl));
        report.figure("bounds.png", lessons::draw_bounds(bound.kl, bounds));
        report.figure("samples.png", lessons::draw_samples(model, data.test, rng));
        report.figure("walk.png", lessons::draw_walks(model, data.test, {{0, 2}, {3, 1}}));
        report.figure("codes.png", lessons::draw_codes(plane, data.test));
        report.figure("plane.png", lessons::draw_plane(plane, data.test));
    });
}
