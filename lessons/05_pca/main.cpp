// Lesson 05: a linear autoencoder is PCA. See README.md in this folder. Computes in double: how exactly
// the two agree is the point.

#include <cstdio>
#include <numeric>

#include "lessons/05_pca/directions.h"
#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/pca.h"

using autograd::Tensor;
using lessons::BentAutoencoder;
using lessons::LinearAutoencoder;

int main(int argc, char** argv) {
    support::Lesson lesson("05_pca", "A linear autoencoder is PCA, and where that ends");
    lesson.defaults({.epochs = 4, .batch_size = 256, .lr = 0.002, .seed = 1});
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
        support::Dataset data = support::load_dataset(options.data);
        if (options.limit) data.train = support::first(data.train, options.limit);
        if (options.quick) iterations = std::min(iterations, 10);
        const int n = data.train.size();
        const std::size_t k = static_cast<std::size_t>(hidden), size = k * std::size_t(n);
        const support::Pca pca = support::principal_components(data.train);
        const double variance =
            std::accumulate(pca.eigenvalues.begin(), pca.eigenvalues.end(), 0.0);
        const double tail =
            std::accumulate(pca.eigenvalues.begin() + hidden, pca.eigenvalues.end(), 0.0);
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
        support::Progress progress(options.epochs * static_cast<int>(runs.size()));
        for (Run& run : runs) {
            BentAutoencoder model(n, hidden, run.bent_encoder, run.bent_decoder, rng);
            nn::Adam adam(model.parameters(), {.lr = options.lr});
            // A logistic output stays in (0, 1), so there the target is the image itself.
            const Tensor offset = run.bent_decoder ? autograd::zeros({n}) : mean;
            for (int epoch = 0, step = 0; epoch < options.epochs; ++epoch) {
                double total = 0;
                const auto batches =
                    nn::shuffled_batches(data.train.count, options.batch_size, rng);
                const double steps = double(options.epochs) * double(batches.size());
                for (std::size_t b = 0; b < batches.size(); ++b) {
                    const Tensor x = to_tensor(data.train, batches[b]), target = x - offset;
                    const Tensor x_hat = model(x - mean);
                    const Tensor loss = run.absolute ? sum(abs(x_hat - target)) / x.size(0)
                                                     : lessons::squared_error(x_hat, target);
                    adam.settings.lr = options.lr * (1 - step++ / steps);  // to rest at the end
                    adam.zero_grad();
                    loss.backward();
                    adam.step();
                    total += loss.item() * static_cast<double>(batches[b].size());
                    progress.update(double(b + 1) / double(batches.size()), loss.item());
                }
                progress.finish_epoch(total / data.train.count, "without " + run.name);
            }
            const auto error = support::reconstruction_error(
                data.train, [&](const Tensor& x) { return model(x - mean) + offset; });
            run.excess = error.sse / tail - 1;
            run.cosine = support::principal_cosines(model.decoder.weight.to_vector(), V, n).back();
        }

        // ---- The proof, step by step ----
        const auto excess = [&](double loss) { return loss / tail - 1; };
        const auto subspace_cosine = [&](const LinearAutoencoder& model) {
            return support::principal_cosines(model.W_star.to_vector(), V, n).back();
        };
        const auto direction_cosine = [&](const std::vector<double>& rows, int count) {
            const std::vector<double> first(V.begin(), V.begin() + std::min(count, hidden) * n);
            return smallest_cosine(lessons::closest(rows, first, std::size_t(n)));
        };
        const double plain_loss = squared_error(plain, S, variance).item();
        const auto sse = [&](const support::Images& images) {
            return support::reconstruction_error(
                       images, [&](const Tensor& x) { return plain(x - mean) + mean; })
                .sse;
        };
        // H = X V_k A, where X V_k = U_k S_k: what of H is not of that form, relative to H.
        const Tensor Vk = autograd::tensor(V, {hidden, n});
        const Tensor outside = plain.W - matmul(transposed(Vk), matmul(Vk, plain.W));
        const double code_residual = std::sqrt(sum(outside * matmul(S, outside)).item() /
                                               sum(plain.W * matmul(S, plain.W)).item());
        // The decoder's singular values s give the eigenvalues: lambda / (1 - s^2).
        const auto svd = support::singular_value_decomposition(l2.W_star.to_vector(), n);
        std::vector<double> eigenvalues;
        double eigenvalue_error = 0;
        for (std::size_t i = 0; i < k; ++i) {
            eigenvalues.push_back(lambda / (1 - svd.values[i] * svd.values[i]));
            eigenvalue_error =
                std::max(eigenvalue_error, std::abs(eigenvalues[i] / pca.eigenvalues[i] - 1));
        }
        double transpose_error = 0;
        for (int j = 0; j < n; ++j)
            for (int l = 0; l < hidden; ++l)
                transpose_error = std::max(
                    transpose_error, std::abs(double(l2.W.at({j, l}) - l2.W_star.at({l, j}))));
        // The ranges hold 5 runs, seeds 1 to 5.
        report.metric("pca_test_sse", test_sse[k], {13.866, 13.867});
        report.metric("ae_test_sse", sse(data.test), {13.86, 13.872});
        report.metric("covariance_form_error", std::abs(sse(data.train) / plain_loss - 1),
                      {.max = 1e-10});
        report.metric("ae_excess", excess(plain_loss), {-1e-12, 1e-5});
        report.metric("subspace_cosine_min", subspace_cosine(plain), {0.9995, 1 + 1e-12});
        report.metric("code_residual", code_residual, {.max = 0.01});
        report.metric("plain_direction_cosine_min",
                      direction_cosine(plain.W_star.to_vector(), hidden), {.max = 0.5});
        report.metric("l2_direction_cosine_min", direction_cosine(svd.vectors, hidden),
                      {0.9999, 1 + 1e-12});
        report.metric("l2_column_cosine_min", direction_cosine(l2.W_star.to_vector(), hidden),
                      {.max = 0.5});
        report.metric("l2_transpose_error", transpose_error, {.max = 1e-4});
        report.metric("l2_eigenvalue_error", eigenvalue_error, {.max = 1e-3});
        report.metric("own_column_cosine_min", direction_cosine(columns.W_star.to_vector(), own),
                      {0.999, 1 + 1e-12});
        report.metric("uncentred_excess", excess(squared_error(uncentred, moments, power).item()),
                      {0.001, 0.005});
        report.metric("uncentred_cosine", subspace_cosine(uncentred), {.max = 0.99});
        const support::Expected expected[] = {{0, 0.06}, {0, 0.09}, {-0.3, -0.08}, {0.8, 1.7}};
        for (std::size_t i = 0; i < runs.size(); ++i) {
            report.metric("without_" + runs[i].name + "_excess", runs[i].excess, expected[i]);
            report.metric("without_" + runs[i].name + "_cosine", runs[i].cosine);
        }

        // ---- Figures ----
        report.figure("cloud.png", lessons::draw_cloud(rng), 3);

        std::vector<double> index(k);
        std::iota(index.begin(), index.end(), 1.0);
        support::Plot spectrum{.title = "The penalised decoder knows the eigenvalues",
                               .x_label = "component",
                               .y_label = "variance along it",
                               .log_y = true};
        spectrum
            .line(index,
                  std::vector<double>(pca.eigenvalues.begin(), pca.eigenvalues.begin() + hidden),
                  "PCA's eigenvalues")
            .points(index, eigenvalues, "lambda / (1 - s^2)")
            .horizontal(lambda, "lambda");
        report.figure("spectrum.png", spectrum);

        support::ImageGrid grid{.title = "What the decoder adds up, and the first eight components",
                                .columns = 8,
                                .scale = support::Scale::diverging,
                                .scale_label = "weight, each tile of length 1"};
        const auto add = [&](const std::vector<double>& rows, const char* label) {
            grid.add(lessons::closest_as_images(rows, V, std::size_t(n)), label);
        };
        add(V, "PCA"), add(plain.W_star.to_vector(), "no penalty"),
            add(l2.W_star.to_vector(), "one lambda");
        add(svd.vectors, "its SVD"), add(columns.W_star.to_vector(), "own lambdas");
        report.figure("directions.png", grid);

        support::Plot dropped{
            .title = "One condition dropped at a time",
            .y_label = "squared error / PCA's - 1",
            .x_names = {"none", "encoder bent", "decoder bent", "absolute error"}};
        support::Values bars;
        for (const Run& run : runs) bars.push_back(run.excess);
        dropped.bars({0, 1, 2, 3}, bars).horizontal(0);
        report.figure("dropped.png", dropped);
    });
}
