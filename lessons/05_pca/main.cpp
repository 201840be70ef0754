// Lesson 05: a linear autoencoder is PCA. See README.md in this folder. Computes in double: how
// exactly the two agree is the point.

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/05_pca/directions.h"
#include "lessons/05_pca/dropped.h"
#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/05_pca/measures.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/pca.h"

using autograd::Tensor;
using namespace lessons;

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

    lesson.weights("the linear network without a penalty");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        // ---- Data, and its principal components by Eigen's solver ----
        const support::Dataset data = support::load_dataset(options);
        const int n = data.train.size();
        const support::Pca pca = support::principal_components(data.train);
        require_components(pca, hidden, own, lambda);
        const double variance = sum_from(pca.eigenvalues, 0),
                     tail = sum_from(pca.eigenvalues, hidden);
        const std::vector<double> V = components(pca, hidden);
        std::printf(
            "%d images of %d pixels: variance %.4f, %.4f of it outside the first %d components\n\n",
            data.train.count, n, variance, tail, hidden);

        // ---- The linear autoencoder ----
        // Its squared error depends on the images through their covariance only: train on that.
        const Tensor S = autograd::tensor(pca.covariance, {n, n}),
                     mean = autograd::tensor(pca.mean, {n});
        autograd::Rng rng(options.seed);
        autograd::Rng any(options.seed);
        const lessons::Weights weights(options, LinearAutoencoder(n, hidden, any));
        const auto train = [&](const std::string& name, int k, const Tensor& penalties) {
            LinearAutoencoder model(n, k, rng);
            if (name == "no penalty") weights.load_into(model);
            minimise(name, model, iterations, tolerance,
                     [&] { return squared_error(model, S, variance) + penalty(model, penalties); });
            return model;
        };
        const auto plain = train("no penalty", hidden, autograd::zeros({hidden}));
        weights.save(plain, [&] { return squared_error(plain, S, variance); });

        // ---- With an L2 penalty: one lambda, then one for each hidden unit ----
        const auto l2 = train("one lambda", hidden, autograd::full({hidden}, lambda));
        const double largest = 0.7 * pca.eigenvalues[static_cast<std::size_t>(own) - 1];
        const auto graded = train("a lambda for each hidden unit", own,
                                  lessons::graded(0.1 * largest, largest, own));
        const Cloud cloud(rng);

        // ---- Inputs that are not centred: the same theorem, for the second moments ----
        const support::Pca raw = support::uncentred(pca);
        const double uncentred_excess = sum_from(raw.eigenvalues, hidden) / tail - 1;

        // ---- The other conditions dropped: the covariance no longer suffices, so mini-batches
        // ----
        std::vector<Dropped> runs = dropped_conditions();
        std::printf("\n");
        for (Dropped& run : runs) {
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
            run.cosine = subspace_cosine(model.decoder.weight.to_vector(), V, n);
        }

        // ---- The proof, step by step ----
        const auto sse = [&](const support::Images& images) {
            const auto restore = [&](const Tensor& x) { return plain(x - mean) + mean; };
            return support::reconstruction_error(images, restore).sse;
        };
        const double plain_loss = squared_error(plain, S, variance).item();
        const auto plain_rows = plain.W_star.to_vector(), l2_rows = l2.W_star.to_vector(),
                   graded_rows = graded.W_star.to_vector();
        const auto svd = support::singular_value_decomposition(l2_rows, n);
        const std::vector<double> eigenvalues = eigenvalues_from(svd, lambda);
        // The ranges hold for seeds 1 to 5.
        report.metric("pca_test_sse",
                      support::reconstruction_sse(pca, data.test)[std::size_t(hidden)],
                      {13.866, 13.867});
        report.metric("ae_test_sse", sse(data.test), {13.86, 13.872});
        report.metric("covariance_form_error", std::abs(sse(data.train) / plain_loss - 1),
                      {.max = 1e-10});
        report.metric("ae_excess", plain_loss / tail - 1, {-1e-12, 1e-5});
        report.metric("subspace_cosine_min", subspace_cosine(plain_rows, V, n),
                      {0.9999, 1 + 1e-12});
        report.metric("code_residual", code_residual(plain, autograd::tensor(V, {hidden, n}), S),
                      {.max = 0.002});
        report.metric("plain_direction_cosine_min", direction_cosine(plain_rows, V, n));
        report.metric("l2_direction_cosine_min", direction_cosine(svd.vectors, V, n),
                      {0.9999, 1 + 1e-12});
        report.metric("l2_row_cosine_min", direction_cosine(l2_rows, V, n));
        // What the penalty does for single rows: nothing, until each has a lambda of its own.
        const double plain_cosine = direction_cosine(plain_rows, V, n),
                     graded_cosine = direction_cosine(graded_rows, components(pca, own), n);
        report.metric("l2_row_gain", direction_cosine(l2_rows, V, n) - plain_cosine, {-0.05, 0.05});
        report.metric("graded_row_gain", graded_cosine - plain_cosine, {0.6, 0.8});
        report.metric("l2_transpose_error",
                      support::largest_difference({l2.W}, {transpose(l2.W_star)}), {.max = 1e-4});
        report.metric("l2_eigenvalue_error", relative_error(eigenvalues, pca.eigenvalues),
                      {.max = 1e-3});
        report.metric("l2_smallest_singular_value", svd.values.back());
        report.metric("graded_row_cosine_min",
                      direction_cosine(graded_rows, components(pca, own), n), {0.999, 1 + 1e-12});
        report.metric("uncentred_excess", uncentred_excess, {0.00103, 0.00105});
        report.metric("uncentred_cosine", subspace_cosine(components(raw, hidden), V, n),
                      {0.994, 0.995});
        for (const Dropped& run : runs) {
            report.metric(run.metric + "_excess", run.excess, run.expected);
            report.metric(run.metric + "_cosine", run.cosine);
        }

        // ---- Figures ----
        report.figure("cloud.png", cloud.draw(), 3);
        report.figure("spectrum.png", draw_spectrum(pca.eigenvalues, eigenvalues, lambda));
        report.figure("directions.png", draw_directions({{"PCA", V},
                                                         {"no penalty", plain_rows},
                                                         {"one lambda", l2_rows},
                                                         {"its SVD", svd.vectors},
                                                         {"own lambdas", graded_rows}},
                                                        V, data.train));
        report.figure("dropped.png", draw_dropped(runs, uncentred_excess));
    });
}
