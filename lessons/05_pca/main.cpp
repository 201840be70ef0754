// Lesson 05: a linear autoencoder is PCA. See README.md in this folder. Computes in double: how
// exactly the two agree is the point.

#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/05_pca/directions.h"
#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/05_pca/measures.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/pca.h"
#include "lessons/support/text.h"

using autograd::Tensor;
using lessons::ChosenAutoencoder;
using lessons::LinearAutoencoder;

int main(int argc, char** argv) {
    support::Lesson lesson("05_pca", "A linear autoencoder is PCA, and where that ends");
    lesson.defaults({.epochs = 4, .batch_size = 256, .lr = 0.002, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 2000, .flags = {{"--iterations", "10"}}});
    int hidden = 30, own = 8, iterations = 2000;
    double lambda = 0.2, tolerance = 1e-5;
    lesson.flag("--hidden", hidden, {1, 300}, "numbers in the code");
    lesson.flag("--lambda", lambda, {1e-6, 1},
                "L2 penalty; below the eigenvalue of the last component");
    lesson.flag("--own", own, {1, 300}, "hidden units of the network with a lambda for each");
    lesson.flag("--iterations", iterations, {1, 100000},
                "of L-BFGS, at most, for each linear model");
    lesson.flag("--tolerance", tolerance, {1e-12, 1},
                "L-BFGS stops when no element of the gradient is larger");

    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        // ---- Data, and its principal components by Eigen's solver ----
        const support::Dataset data = support::load_dataset(options);
        const int n = data.train.size();
        if (hidden >= n || own >= n)
            throw std::invalid_argument(
                support::format("these images have %d pixels: choose fewer --hidden and --own", n));
        const support::Pca pca = support::principal_components(data.train);
        const double variance = lessons::sum_from(pca.eigenvalues, 0),
                     tail = lessons::sum_from(pca.eigenvalues, hidden);
        const double last = pca.eigenvalues[static_cast<std::size_t>(hidden) - 1];
        if (tail < 1e-9 * variance || last <= lambda)
            throw std::invalid_argument(support::format(
                "component %d of these images has the eigenvalue %g: choose fewer --hidden or a "
                "smaller --lambda, which must stay below it",
                hidden, last));
        const std::vector<double> V = lessons::components(pca, hidden);
        std::printf(
            "%d images of %d pixels: variance %.4f, %.4f of it outside the first %d components\n\n",
            data.train.count, n, variance, tail, hidden);

        // ---- The linear autoencoder ----
        // Its squared error depends on the images through their covariance only: train on that.
        const Tensor S = autograd::tensor(pca.covariance, {n, n}),
                     mean = autograd::tensor(pca.mean, {n});
        autograd::Rng rng(options.seed);
        const auto train = [&](const std::string& name, int k, const Tensor& penalties) {
            LinearAutoencoder model(n, k, rng);
            minimise(name, model, iterations, tolerance,
                     [&] { return squared_error(model, S, variance) + penalty(model, penalties); });
            return model;
        };
        const auto plain = train("no penalty", hidden, autograd::zeros({hidden}));

        // ---- With an L2 penalty: one lambda, then one for each hidden unit ----
        const auto l2 = train("one lambda", hidden, autograd::full({hidden}, lambda));
        const double largest = 0.7 * pca.eigenvalues[static_cast<std::size_t>(own) - 1];
        const auto graded = train("a lambda for each hidden unit", own,
                                  lessons::graded(0.1 * largest, largest, own));
        const lessons::Cloud cloud(rng);

        // ---- Inputs that are not centred: the same theorem, for the second moments ----
        const support::Pca raw = support::uncentred(pca);
        const double uncentred_excess = lessons::sum_from(raw.eigenvalues, hidden) / tail - 1;

        // ---- The other conditions dropped: mini-batches, since the covariance no longer suffices
        // ----
        struct Run {
            std::string name, metric;
            lessons::Activation g, f;
            lessons::LossFunction loss;
            double excess = 0, cosine = 0;
        };
        const lessons::Activation &linear = lessons::activation::linear,
                                  &relu = lessons::activation::relu,
                                  &logistic = lessons::activation::logistic;
        std::vector<Run> runs = {
            {"all kept", "all_kept", linear, linear, lessons::squared_error},
            {"bent encoder", "bent_encoder", relu, linear, lessons::squared_error},
            {"bent decoder", "bent_decoder", linear, logistic, lessons::squared_error},
            {"absolute error", "absolute_error", linear, linear, lessons::absolute_error}};
        std::printf("\n");
        for (Run& run : runs) {
            ChosenAutoencoder model(n, hidden, run.g, run.f, rng);
            nn::Adam adam(model.parameters(), {.lr = options.lr});
            // A logistic output stays in (0, 1), so there the target is the image itself.
            const Tensor offset = run.f.low < 0 ? mean : autograd::zeros({n});
            support::Progress progress(options.epochs, data.train.count, run.name);
            lessons::train(adam, data.train, options, rng, progress, [&](const Tensor& x) {
                adam.settings.lr = options.lr * (1 - progress.done());  // to rest at the end
                return run.loss(model(x - mean), x - offset);
            });
            const auto error = support::reconstruction_error(
                data.train, [&](const Tensor& x) { return model(x - mean) + offset; });
            run.excess = error.sse / tail - 1;
            run.cosine = support::principal_cosines(model.decoder.weight.to_vector(), V, n).back();
        }

        // ---- The proof, step by step ----
        const auto subspace_cosine = [&](const std::vector<double>& rows) {
            return support::principal_cosines(rows, V, n).back();
        };
        const auto direction_cosine = [&](const std::vector<double>& rows, int count) {
            return smallest_cosine(
                lessons::closest(rows, lessons::components(pca, count), std::size_t(n)));
        };
        const auto sse = [&](const support::Images& images) {
            const auto restore = [&](const Tensor& x) { return plain(x - mean) + mean; };
            return support::reconstruction_error(images, restore).sse;
        };
        const double plain_loss = squared_error(plain, S, variance).item();
        const auto plain_rows = plain.W_star.to_vector(), l2_rows = l2.W_star.to_vector(),
                   graded_rows = graded.W_star.to_vector();
        const auto svd = support::singular_value_decomposition(l2_rows, n);
        const std::vector<double> eigenvalues = lessons::eigenvalues_from(svd, lambda);
        double eigenvalue_error = 0;
        for (std::size_t i = 0; i < eigenvalues.size(); ++i)
            eigenvalue_error =
                std::max(eigenvalue_error, std::abs(eigenvalues[i] / pca.eigenvalues[i] - 1));
        // The ranges hold for seeds 1 to 5.
        report.metric("pca_test_sse",
                      support::reconstruction_sse(pca, data.test)[std::size_t(hidden)],
                      {13.866, 13.867});
        report.metric("ae_test_sse", sse(data.test), {13.86, 13.872});
        report.metric("covariance_form_error", std::abs(sse(data.train) / plain_loss - 1),
                      {.max = 1e-10});
        report.metric("ae_excess", plain_loss / tail - 1, {-1e-12, 1e-5});
        report.metric("subspace_cosine_min", subspace_cosine(plain_rows), {0.9999, 1 + 1e-12});
        report.metric("code_residual", code_residual(plain, autograd::tensor(V, {hidden, n}), S),
                      {.max = 0.002});
        report.metric("plain_direction_cosine_min", direction_cosine(plain_rows, hidden),
                      {.max = 0.5});
        report.metric("l2_direction_cosine_min", direction_cosine(svd.vectors, hidden),
                      {0.9999, 1 + 1e-12});
        report.metric("l2_row_cosine_min", direction_cosine(l2_rows, hidden), {.max = 0.5});
        report.metric("l2_transpose_error",
                      support::largest_difference({l2.W}, {transpose(l2.W_star)}), {.max = 1e-4});
        report.metric("l2_eigenvalue_error", eigenvalue_error, {.max = 1e-3});
        report.metric("l2_smallest_singular_value", svd.values.back());
        report.metric("graded_row_cosine_min", direction_cosine(graded_rows, own),
                      {0.999, 1 + 1e-12});
        report.metric("uncentred_excess", uncentred_excess, {0.00103, 0.00105});
        report.metric("uncentred_cosine", subspace_cosine(lessons::components(raw, hidden)),
                      {0.994, 0.995});
        const support::Expected expected[] = {
            {0.01, 0.035}, {0.028, 0.05}, {-0.2, -0.145}, {1.1, 1.35}};
        for (std::size_t i = 0; i < runs.size(); ++i) {
            report.metric(runs[i].metric + "_excess", runs[i].excess, expected[i]);
            report.metric(runs[i].metric + "_cosine", runs[i].cosine);
        }

        // ---- Figures ----
        report.figure("cloud.png", cloud.draw(), 3);
        report.figure("spectrum.png", lessons::draw_spectrum(pca.eigenvalues, eigenvalues, lambda));
        report.figure("directions.png", lessons::draw_directions({{"PCA", V},
                                                                  {"no penalty", plain_rows},
                                                                  {"one lambda", l2_rows},
                                                                  {"its SVD", svd.vectors},
                                                                  {"own lambdas", graded_rows}},
                                                                 V, data.train));
        support::Plot dropped{.title = "One condition dropped at a time",
                              .y_label = "squared error / PCA's - 1"};
        support::Values at, bars;
        const auto bar = [&](const std::string& name, double excess) {
            at.push_back(double(at.size())), bars.push_back(excess);
            dropped.x_names.push_back(support::format("%s\n%+.3f", name.c_str(), excess));
        };
        for (const Run& run : runs) bar(run.name, run.excess);
        bar("not centred", uncentred_excess);
        report.figure("dropped.png", dropped.bars(at, bars).horizontal(0));
    });
}
