// Lesson 10: few units speak at a time. See README.md in this folder. Computes in double: the hand
// derivation agrees with the engine to round-off, and L-BFGS runs to convergence.

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "lessons/10_sparse/measures.h"
#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/10_sparse/ufldl.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Codes;
using lessons::Objective;
using lessons::SparseAutoencoder;

// Adam on mini-batches. With a `decay`, the penalty's slope comes from a running mean of rho_hat.
SparseAutoencoder train(const support::Images& images, int hidden, const Objective& objective,
                        const support::Options& options, int epochs, bool show = false,
                        double decay = 0) {
    Rng rng(options.seed);
    SparseAutoencoder model(images.size(), hidden, rng);
    nn::Adam adam(model.parameters(), {.lr = options.lr});
    lessons::RunningPenalty running{.decay = decay};
    support::Progress progress(epochs);
    for (int epoch = 0; epoch < epochs; ++epoch) {
        double total = 0, done = 0;
        for (const auto& rows : nn::shuffled_batches(images.count, options.batch_size, rng)) {
            const Tensor x = to_tensor(images, rows);  // [256, 784]
            const Tensor loss = lessons::cost(model, x, objective, decay > 0 ? &running : nullptr);
            adam.zero_grad();
            loss.backward();
            adam.step();
            total += loss.item() * static_cast<double>(rows.size());
            done += static_cast<double>(rows.size());
            if (show) progress.update(done / images.count, loss.item());
        }
        if (show) progress.finish_epoch(total / images.count);
    }
    return model;
}

int main(int argc, char** argv) {
    support::Lesson lesson("10_sparse", "Few units speak at a time");
    lesson.defaults({.epochs = 5, .batch_size = 256, .lr = 0.003, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 1000});
    int hidden = 196, iterations = 1000;
    Objective objective;
    bool classic = false;
    lesson.flag("--hidden", hidden, {1, 4096}, "units in the code");
    lesson.flag("--rho", objective.rho, {1e-6, 0.999}, "target for the mean activation of a unit");
    lesson.flag("--beta", objective.beta, {0, 1000}, "weight of the sparsity penalty");
    lesson.flag("--lambda", objective.lambda, {0, 10}, "weight decay");
    lesson.flag("--ufldl", classic,
                "only the classic exercise: 10,000 images at once, to convergence");
    lesson.flag("--iterations", iterations, {1, 100000}, "of L-BFGS, at most, with --ufldl");

    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        support::Dataset data = support::load_dataset(options.data);
        if (classic) return lessons::ufldl(options, data, options.quick ? 3 : iterations, report);
        if (options.limit) data.train = support::first(data.train, options.limit);
        if (options.quick) data.test = support::first(data.test, 1000);
        const support::Images& images = data.train;

        // ---- The chain by hand, beside the engine's ----
        Rng rng(options.seed);
        const SparseAutoencoder fresh(images.size(), hidden, rng);
        const double hand =
            lessons::hand_gradient_error(fresh, to_tensor(support::first(images, 1000)), objective);
        std::printf("hand derivation and engine differ by %.1e\n\n", hand);

        // ---- With the penalty and without ----
        Objective plain = objective;
        plain.beta = 0;
        const SparseAutoencoder sparse_net =
            train(images, hidden, objective, options, options.epochs, true);
        const SparseAutoencoder plain_net =
            train(images, hidden, plain, options, options.epochs, true);
        const Codes sparse_codes = lessons::codes(sparse_net, images),
                    plain_codes = lessons::codes(plain_net, images);
        // The ranges hold 5 runs, seeds 1 to 5.
        report.metric("hand_gradient_error", hand, {.max = 1e-12});
        report.metric("rho_hat_mean", sparse_codes.mean, {0.105, 0.118});
        report.metric("rho_hat_min", sparse_codes.min, {0.085, 0.108});
        report.metric("rho_hat_max", sparse_codes.max, {0.115, 0.16});
        report.metric("test_sse", lessons::test_sse(sparse_net, data), {19.5, 22.5});
        report.metric("plain_test_sse", lessons::test_sse(plain_net, data), {9.7, 10.9});
        report.metric("plain_rho_hat_mean", plain_codes.mean, {0.5, 0.56});
        report.metric("active_share", lessons::share_above(sparse_codes.h, 0.5), {0.057, 0.07});
        report.metric("plain_active_share", lessons::share_above(plain_codes.h, 0.5), {0.51, 0.58});

        // ---- A mini-batch's rho_hat is not the data's ----
        const std::vector<int> sizes = {16, 32, 64, 128, 256, 512, 1024};
        const lessons::BatchPenalty batches =
            lessons::penalty_of_batches(sparse_codes, sizes, objective.rho, rng);
        report.metric("kl_of_data", batches.of_data, {0.1, 0.25});
        report.metric("kl_of_batches_of_256", batches.measured[4], {0.22, 0.4});
        report.metric("batch_sizes", sizes);
        report.metric("kl_of_batches", batches.measured);
        report.metric("kl_of_batches_predicted", batches.predicted);
        // Trained in batches of 16: with the batch's own rho_hat, and with a mean that remembers 64 images, or
        // 2000.
        support::Options small = options;
        small.batch_size = 16;
        const support::Images few = support::first(images, std::min(10000, images.count));
        const auto report_small = [&](const std::string& name, double decay,
                                      support::Expected spread, support::Expected sse) {
            const SparseAutoencoder net = train(few, hidden, objective, small, 1, false, decay);
            const Codes c = lessons::codes(net, few);
            report.metric(name + "_rho_hat_spread", c.max - c.min, spread);
            report.metric(name + "_test_sse", lessons::test_sse(net, data), sse);
        };
        report_small("batch16", 0, {0.04, 0.13}, {29.7, 33});
        report_small("batch16_memory64", 1 - 16 / 64.0, {0.08, 0.3}, {26.5, 31.5});
        report_small("batch16_memory2000", 1 - 16 / 2000.0, {0.9, 1}, {35, 50});

        // ---- What sparsity costs: one epoch for each rho and beta, and for L1 ----
        const std::vector<double> rhos =
            options.quick ? std::vector{0.1} : std::vector{0.05, 0.1, 0.2};
        const std::vector<double> betas = {0.3, 3};
        const std::vector<double> gammas =
            options.quick ? std::vector{0.1} : std::vector{0.03, 0.1, 0.3};
        support::Plot trade{.title = "A quieter code costs reconstruction",
                            .x_label = "mean activation of the code, held-out digits",
                            .y_label = "held-out squared error per image",
                            .x_range = support::Range{0, 0.6},
                            .y_range = support::Range{15, 50}};
        support::Matrix sweep;  // rho, beta, gamma, mean activation, test_sse
        const auto add_point = [&](const Objective& o, std::vector<double>& x,
                                   std::vector<double>& y) {
            const SparseAutoencoder net = train(images, hidden, o, options, 1);
            x.push_back(lessons::codes(net, data.test).mean);
            y.push_back(lessons::test_sse(net, data));
            sweep.push_back({o.rho, o.beta, o.gamma, x.back(), y.back()});
            std::printf("rho %-5g beta %-4g gamma %-5g  mean activation %.4f  error %.2f\n", o.rho,
                        o.beta, o.gamma, x.back(), y.back());
            std::fflush(stdout);
        };
        for (const double beta : betas) {
            std::vector<double> x, y;
            for (const double rho : rhos)
                add_point({.rho = rho, .beta = beta, .lambda = objective.lambda}, x, y);
            trade.line_points(x, y, beta < 1 ? "KL, beta 0.3" : "KL, beta 3");
        }
        std::vector<double> x, y, free_x, free_y;
        for (const double gamma : gammas)
            add_point({.beta = 0, .lambda = objective.lambda, .gamma = gamma}, x, y);
        add_point(plain, free_x, free_y);
        trade.line_points(x, y, "L1").points(free_x, free_y, "no penalty");
        report.metric("sweep", sweep);

        // ---- Figures ----
        std::vector<double> at, omega;
        for (double r = 0.005; r < 1; r += 0.005)
            at.push_back(r), omega.push_back(lessons::kl(0.2, {r}));
        support::Plot curve{.title = "No price at the target, rho = 0.2",
                            .x_label = "mean activation of a unit, rho_hat",
                            .y_label = "KL(rho || rho_hat), nats",
                            .x_range = support::Range{0, 1},
                            .y_range = support::Range{0, 2},
                            .legend = "off"};
        const auto lowest = std::min_element(omega.begin(), omega.end());
        report.metric("kl_minimum_at", at[std::size_t(lowest - omega.begin())], {0.199, 0.201});
        report.figure("kl.png", curve.line(at, omega).vertical(0.2, "rho"));

        support::Plot noise{.title = "Small batches overstate the penalty",
                            .x_label = "images in a batch",
                            .y_label = "sum of KL over the units (nats)",
                            .log_x = true,
                            .log_y = true};
        noise.points(sizes, batches.measured, "mean over batches")
            .line(sizes, batches.predicted, "data's + variance term")
            .horizontal(batches.of_data, "all the data");
        report.figure("batches.png", noise);

        // Drawn as outlines: the share of `values` in each of `bins` equal bins of [0, 1], at its middle.
        const auto outline = [](const std::vector<double>& values, std::size_t bins) {
            std::pair<std::vector<double>, std::vector<double>> xy;
            xy.second.resize(bins);
            for (std::size_t b = 0; b < bins; ++b)
                xy.first.push_back((double(b) + 0.5) / double(bins));
            for (const double v : values)
                xy.second[std::min(bins - 1, std::size_t(v * double(bins)))] +=
                    1 / double(values.size());
            return xy;
        };
        support::Plot activations{.title = "Most units are silent for most images",
                                  .x_label = "activation h of a unit for an image",
                                  .y_label = "share of all",
                                  .log_y = true,
                                  .x_range = support::Range{0, 1},
                                  .y_range = support::Range{0.001, 1}};
        support::Plot means{.title = "Each unit does its share",
                            .x_label = "mean activation of a unit, rho_hat",
                            .y_label = "share of the units",
                            .x_range = support::Range{0, 1},
                            .y_range = support::Range{0, 1}};
        for (const auto& [c, name] :
             {std::pair(&sparse_codes, "sparse"), std::pair(&plain_codes, "no penalty")}) {
            const auto [h, share] = outline(c->h, 40);
            activations.line(h, share, name);
            const auto [r, units] = outline(c->rho_hat, 25);
            means.line(r, units, name);
        }
        report.figure("histograms.png", {activations, means}, 2);
        report.figure("tradeoff.png", trade);
        report.figure(
            "filters.png",
            {lessons::filter_grid(sparse_net, "With the penalty: strokes, bits of digits", 56),
             lessons::filter_grid(plain_net, "Without: patterns all over", 56)},
            1);
    });
}
