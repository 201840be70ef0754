// Lesson 05: a linear autoencoder is PCA. See README.md in this folder. Computes in double: how exactly
// the two agree is the point.

#include <cstdio>
#include <numeric>

#include "lessons/05_pca/directions.h"
#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/05_pca/measures.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/pca.h"

using autograd::Tensor;
using lessons::BentAutoencoder;
using lessons::LinearAutoencoder;

int main(int argc, char** argv) {
    support::Lesson lesson("05_pca", "A linear autoencoder is PCA, and where that ends");
    lesson.defaults({.epochs = 4, .batch_size = 256, .lr = 0.002, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 2000, .flags = {{"--iterations", "10"}}});
    int hidden = 30, own = 8, iterations = 2000;
    double lambda = 0.2;
    lesson.flag("--hidden", hidden, {1, 300}, "numbers in the code");
    lesson.flag("--lambda", lambda, {1e-6, 1},
                "L2 penalty; below the eigenvalue of the last component");
    lesson.flag("--own", own, {1, 300}, "hidden units of the model with a penalty for each");
    lesson.flag("--iterations", iterations, {1, 100000},
                "of L-BFGS, at most, for each linear model");

    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        // ---- Data, and its principal components by Eigen's solver ----
        const support::Dataset data = support::load_dataset(options);
        const int n = data.train.size();
        const std::size_t k = static_cast<std::size_t>(hidden), size = k * std::size_t(n);
        const support::Pca pca = support::principal_components(data.train);
        const auto variance_from = [&](int component) {
            return std::accumulate(pca.eigenvalues.begin() + component, pca.eigenvalues.end(), 0.0);
        };
        const double variance = variance_from(0), tail = variance_from(hidden);
        if (tail < 1e-9 * variance || pca.eigenvalues[k - 1] <= lambda)
            throw std::invalid_argument(
                "component " + std::to_string(hidden) + " of these images has the eigenvalue " +
                std::to_string(pca.eigenvalues[k - 1]) +
                ": choose fewer --hidden or a smaller --lambda, which must stay below it");
        const std::vector<double> V(pca.components.begin(), pca.components.begin() + size);
        const auto test_sse = support::reconstruction_sse(pca, data.test);
        std::printf(
            "%d images of %d pixels: variance %.4f, %.4f of it outside the first %d components\n\n",
            data.train.count, n, variance, tail, hidden);

        // ---- The linear autoencoder ----
        // Its squared error depends on the images through their covariance only: train on that.
        const Tensor S = autograd::tensor(pca.covariance, {n, n}),
                     mean = autograd::tensor(pca.mean, {n});
        autograd::Rng rng(options.seed);
        LinearAutoencoder plain(n, hidden, rng);
        minimise("no penalty", plain, iterations,
                 [&] { return squared_error(plain, S, variance); });

        // ---- With an L2 penalty: one lambda, then one for each hidden unit ----
        const Tensor same = lessons::graded(lambda, lambda, hidden);
        LinearAutoencoder l2(n, hidden, rng), columns(n, own, rng);
        minimise("one lambda", l2, iterations,
                 [&] { return squared_error(l2, S, variance) + penalty(l2, same); });
        const double largest = 0.7 * pca.eigenvalues[static_cast<std::size_t>(own) - 1];
        const Tensor different = lessons::graded(0.1 * largest, largest, own);
        minimise("a lambda for each hidden unit", columns, iterations,
                 [&] { return squared_error(columns, S, variance) + penalty(columns, different); });

        // ---- Inputs that are not centred: the same with the second moments, S + mean mean' ----
        const Tensor moments = S + reshape(mean, {n, 1}) * mean;
        const double power = variance + sum(square(mean)).item();
        LinearAutoencoder uncentred(n, hidden, rng);
        minimise("not centred", uncentred, iterations,
                 [&] { return squared_error(uncentred, moments, power); });

        // ---- The other conditions dropped: mini-batches, since the covariance no longer suffices ----
        struct Run {
            std::string name;
            bool bent_encoder, bent_decoder, absolute;
            double excess, cosine;
        };
        std::vector<Run> runs = {{"nothing", false, false, false, 0, 0},
                                 {"linear_encoder", true, false, false, 0, 0},
                                 {"linear_decoder", false, true, false, 0, 0},
                                 {"squared_error", false, false, true, 0, 0}};
        std::printf("\n");
        for (Run& run : runs) {
            BentAutoencoder model(n, hidden, run.bent_encoder, run.bent_decoder, rng);
            nn::Adam adam(model.parameters(), {.lr = options.lr});
            // A logistic output stays in (0, 1), so there the target is the image itself.
            const Tensor offset = run.bent_decoder ? autograd::zeros({n}) : mean;
            support::Progress progress(options.epochs, data.train.count, "without " + run.name);
            for (int epoch = 0; epoch < options.epochs; ++epoch) {
                for (const auto& rows :
                     nn::shuffled_batches(data.train.count, options.batch_size, rng)) {
                    const Tensor x = to_tensor(data.train, rows), target = x - offset;
                    const Tensor x_hat = model(x - mean);
                    const Tensor loss = run.absolute ? lessons::absolute_error(x_hat, target)
                                                     : lessons::squared_error(x_hat, target);
                    adam.zero_grad();
                    loss.backward();
                    adam.settings.lr = options.lr * (1 - progress.done());  // to rest at the end
                    adam.step();
                    progress.batch(loss.item(), rows.size());
                }
                progress.finish_epoch();
            }
            const auto error = support::reconstruction_error(
                data.train, [&](const Tensor& x) { return model(x - mean) + offset; });
            run.excess = error.sse / tail - 1;
            run.cosine = support::principal_cosines(model.decoder.weight.to_vector(), V, n).back();
        }

        // ---- The proof, step by step ----
        const auto subspace_cosine = [&](const Tensor& rows) {
            return support::principal_cosines(rows.to_vector(), V, n).back();
        };
        const auto direction_cosine = [&](const std::vector<double>& rows, int count) {
            const std::vector<double> first(V.begin(), V.begin() + std::min(count, hidden) * n);
            return smallest_cosine(lessons::closest(rows, first, std::size_t(n)));
        };
        const auto sse = [&](const support::Images& images) {
            const auto restore = [&](const Tensor& x) { return plain(x - mean) + mean; };
            return support::reconstruction_error(images, restore).sse;
        };
        const double plain_loss = squared_error(plain, S, variance).item(),
                     uncentred_excess = squared_error(uncentred, moments, power).item() / tail - 1;
        const auto svd = support::singular_value_decomposition(l2.W_star.to_vector(), n);
        const std::vector<double> eigenvalues = lessons::eigenvalues_from(svd, lambda);
        double eigenvalue_error = 0;
        for (std::size_t i = 0; i < k; ++i)
            eigenvalue_error =
                std::max(eigenvalue_error, std::abs(eigenvalues[i] / pca.eigenvalues[i] - 1));
        // The ranges hold for seeds 1 to 5.
        report.metric("pca_test_sse", test_sse[k], {13.866, 13.867});
        report.metric("ae_test_sse", sse(data.test), {13.86, 13.872});
        report.metric("covariance_form_error", std::abs(sse(data.train) / plain_loss - 1),
                      {.max = 1e-10});
        report.metric("ae_excess", plain_loss / tail - 1, {-1e-12, 1e-5});
        report.metric("subspace_cosine_min", subspace_cosine(plain.W_star), {0.9995, 1 + 1e-12});
        report.metric("code_residual", code_residual(plain, autograd::tensor(V, {hidden, n}), S),
                      {.max = 0.01});
        report.metric("plain_direction_cosine_min",
                      direction_cosine(plain.W_star.to_vector(), hidden), {.max = 0.5});
        report.metric("l2_direction_cosine_min", direction_cosine(svd.vectors, hidden),
                      {0.9999, 1 + 1e-12});
        report.metric("l2_column_cosine_min", direction_cosine(l2.W_star.to_vector(), hidden),
                      {.max = 0.5});
        report.metric("l2_transpose_error", transpose_error(l2), {.max = 1e-4});
        report.metric("l2_eigenvalue_error", eigenvalue_error, {.max = 1e-3});
        report.metric("own_column_cosine_min", direction_cosine(columns.W_star.to_vector(), own),
                      {0.999, 1 + 1e-12});
        report.metric("uncentred_excess", uncentred_excess, {0.001, 0.005});
        report.metric("uncentred_cosine", subspace_cosine(uncentred.W_star), {.max = 0.99});
        const support::Expected expected[] = {{0, 0.06}, {0, 0.09}, {-0.3, -0.08}, {0.8, 1.7}};
        for (std::size_t i = 0; i < runs.size(); ++i) {
            report.metric("without_" + runs[i].name + "_excess", runs[i].excess, expected[i]);
            report.metric("without_" + runs[i].name + "_cosine", runs[i].cosine);
        }

        // ---- Figures ----
        report.figure("cloud.png", lessons::draw_cloud(rng), 3);

        report.figure("spectrum.png", lessons::draw_spectrum(pca.eigenvalues, eigenvalues, lambda));

        report.figure("directions.png",
                      lessons::draw_directions({{"PCA", V},
                                                {"no penalty", plain.W_star.to_vector()},
                                                {"one lambda", l2.W_star.to_vector()},
                                                {"its SVD", svd.vectors},
                                                {"own lambdas", columns.W_star.to_vector()}},
                                               V, data.train.width, data.train.height));

        support::Plot dropped{
            .title = "One condition dropped at a time",
            .y_label = "squared error / PCA's - 1",
            .x_names = {"none", "encoder bent", "decoder bent", "absolute error", "not centred"}};
        support::Values bars;
        for (const Run& run : runs) bars.push_back(run.excess);
        bars.push_back(uncentred_excess);
        dropped.bars({0, 1, 2, 3, 4}, bars).horizontal(0);
        report.figure("dropped.png", dropped);
    });
}
