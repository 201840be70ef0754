#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "lessons/09_denoising/filters.h"
#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/plot.h"
#include "lessons/support/text.h"

// What is looked at once a network is trained.
namespace lessons {

// Every activation on some images, [m, k] row-major, and its mean by unit.
struct Codes {
    std::vector<double> h = {}, rho_hat = {};
    double mean = 0, min = 0, max = 0;
};

inline Codes codes(const SparseAutoencoder& model, const support::Images& images) {
    const Tensor h = support::codes(images, [&](const Tensor& x) { return model.encode(x); });
    const auto numbers = h.to_vector(), means = mean_activation(h).to_vector();
    return {.h = {numbers.begin(), numbers.end()},
            .rho_hat = {means.begin(), means.end()},
            .mean = mean(h).item(),
            .min = std::accumulate(means.begin(), means.end(), 1.0, support::smaller),
            .max = std::accumulate(means.begin(), means.end(), 0.0, support::larger)};
}

// How well a softmax regression reads the label off the codes: lesson 09's probe.
inline double probe(const SparseAutoencoder& model, const support::Dataset& data,
                    std::uint64_t seed) {
    const auto codes = [&](const support::Images& images) {
        return support::codes(images, [&](const Tensor& x) { return model.encode(x); });
    };
    const std::vector<int> labels(data.train.labels.begin(), data.train.labels.end()),
        test_labels(data.test.labels.begin(), data.test.labels.end());
    Rng rng(seed);
    return nn::probe_accuracy(codes(data.train), labels, codes(data.test), test_labels, rng);
}

// How large and how thick the marks in its filters are; see lesson 09.
inline FilterMeasure measure_filters(const SparseAutoencoder& model,
                                     const support::Images& images) {
    return measure(support::filters(model.encoder.weight), images.width);
}

inline double kl(double rho, const std::vector<double>& rho_hat) {
    return kl_penalty(rho, autograd::tensor(rho_hat, {std::int64_t(rho_hat.size())})).item();
}

inline double share_above(const std::vector<double>& h, double level) {
    return double(std::count_if(h.begin(), h.end(), [&](double v) { return v > level; })) /
           double(h.size());
}

// Omega from the rho_hat of mini-batches, mean over one epoch, and from the rho_hat of all the
// data. To second order the variance var_l of a unit's activation over the images makes the
// difference:
//     E[Omega of a batch of B] - Omega = 1/2 sum_l (rho / rho_hat_l^2 + (1 - rho) / (1 -
//     rho_hat_l)^2) var_l / B
struct BatchPenalty {
    double of_data = 0;
    std::vector<double> measured = {}, predicted = {};
};

inline BatchPenalty penalty_of_batches(const Codes& c, const std::vector<int>& sizes, double rho,
                                       Rng& rng) {
    const std::size_t k = c.rho_hat.size(), m = c.h.size() / k;
    double curvature = 0;
    for (std::size_t i = 0; i < c.h.size(); ++i) {
        const double r = c.rho_hat[i % k], d = c.h[i] - r;
        curvature += (rho / (r * r) + (1 - rho) / ((1 - r) * (1 - r))) * d * d / double(m);
    }
    BatchPenalty result{.of_data = kl(rho, c.rho_hat)};
    for (const int size : sizes) {
        double total = 0;
        for (const auto& rows : nn::shuffled_batches(int(m), size, rng)) {
            std::vector<double> rho_hat(k);
            for (const int row : rows)
                for (std::size_t l = 0; l < k; ++l)
                    rho_hat[l] += c.h[std::size_t(row) * k + l] / double(rows.size());
            total += kl(rho, rho_hat) * double(rows.size()) / double(m);
        }
        result.measured.push_back(total);
        result.predicted.push_back(result.of_data + curvature / 2 / size);
    }
    return result;
}

// The price of a mean activation, for the target 0.2.
inline support::Plot draw_kl() {
    std::vector<double> at, omega;
    for (double r = 0.005; r < 1; r += 0.005) at.push_back(r), omega.push_back(kl(0.2, {r}));
    support::Plot plot{.title = "No price at the target, rho = 0.2",
                       .x_label = "mean activation of a unit, rho_hat",
                       .y_label = "KL(rho || rho_hat), nats",
                       .x_range = support::Range{0, 1},
                       .y_range = support::Range{0, 2},
                       .legend = "off"};
    return plot.line(at, omega).vertical(0.2, "rho");
}

// How the penalty grows as batches shrink.
inline support::Plot draw_batches(const std::vector<int>& sizes, const BatchPenalty& batches) {
    support::Plot plot{.title = "Small batches overstate the penalty",
                       .x_label = "images in a batch",
                       .y_label = "sum of KL over the units (nats)",
                       .log_x = true,
                       .log_y = true};
    return plot.points(sizes, batches.measured, "mean over batches")
        .line(sizes, batches.predicted, "data's + variance term")
        .horizontal(batches.of_data, "all the data");
}

// All activations, and their means by unit.
inline std::vector<support::Panel> draw_histograms(const Codes& sparse, const Codes& plain) {
    support::Plot activations{.title = "Most units are silent for most images",
                              .x_label = "activation h of a unit for an image",
                              .y_label = "share of activations (bins 0.025 wide)",
                              .log_y = true,
                              .x_range = support::Range{0, 1},
                              .y_range = support::Range{0.001, 1}};
    support::Plot means{.title = "Each unit does its share",
                        .x_label = "mean activation of a unit, rho_hat",
                        .y_label = "share of units (bins 0.02 wide)",
                        .x_range = support::Range{0, 1},
                        .y_range = support::Range{0, 1}};
    return {
        activations.histogram(sparse.h, 40, "sparse").histogram(plain.h, 40, "no penalty"),
        means.histogram(sparse.rho_hat, 50, "sparse").histogram(plain.rho_hat, 50, "no penalty")};
}

// The first units' filters, 14 a row.
inline support::ImageGrid filter_grid(std::string title, const support::Images& images) {
    support::ImageGrid grid{.title = std::move(title),
                            .columns = 14,
                            .scale = support::Scale::diverging,
                            .scale_label = "w / ||w||, cut off at 0.2"};
    return grid.tiles_like(images);
}
inline support::Values first_filters(const SparseAutoencoder& model, int count) {
    const Tensor all = support::filters(model.encoder.weight);
    return clamp(narrow(all, 0, 0, std::min<std::int64_t>(count, all.size(0))), -0.2, 0.2)
        .to_vector();
}

}  // namespace lessons
