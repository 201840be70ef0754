#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/plot.h"

// What is looked at once a network is trained.
namespace lessons {

// Every activation on some images, [m, k] row-major, and its mean by unit.
struct Codes {
    std::vector<double> h = {}, rho_hat = {};
    double mean = 0, min = 0, max = 0;
};

inline Codes codes(const SparseAutoencoder& model, const support::Images& images) {
    Codes c;
    support::for_each_chunk(images, [&](const Tensor& x, int) {
        const auto h = model.encode(x).to_vector();
        c.h.insert(c.h.end(), h.begin(), h.end());
    });
    const std::size_t k = c.h.size() / static_cast<std::size_t>(images.count);
    c.rho_hat.resize(k);
    for (std::size_t i = 0; i < c.h.size(); ++i) c.rho_hat[i % k] += c.h[i] / images.count;
    for (const double rho_hat : c.rho_hat) c.mean += rho_hat / double(k);
    c.min = *std::min_element(c.rho_hat.begin(), c.rho_hat.end());
    c.max = *std::max_element(c.rho_hat.begin(), c.rho_hat.end());
    return c;
}

inline double kl(double rho, const std::vector<double>& rho_hat) {
    return kl_penalty(rho, autograd::tensor(rho_hat, {std::int64_t(rho_hat.size())})).item();
}

inline double share_above(const std::vector<double>& h, double level) {
    return double(std::count_if(h.begin(), h.end(), [&](double v) { return v > level; })) /
           double(h.size());
}

inline double test_sse(const SparseAutoencoder& model, const support::Dataset& data) {
    return support::reconstruction_error(data.test, model).sse;
}

// Omega from the rho_hat of mini-batches, mean over one epoch, and from the rho_hat of all the data. To
// second order the variance var_l of a unit's activation over the images makes the difference:
//     E[Omega of a batch of B] - Omega = 1/2 sum_l (rho / rho_hat_l^2 + (1 - rho) / (1 - rho_hat_l)^2) var_l / B
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

// The first `shown` units' filters.
inline support::ImageGrid filter_grid(const SparseAutoencoder& model, std::string title,
                                      int shown) {
    support::ImageGrid grid{.title = std::move(title),
                            .columns = 14,
                            .scale = support::Scale::diverging,
                            .scale_label = "weight, w / ||w||"};
    const Tensor all = filters(model);
    grid.add(narrow(all, 0, 0, std::min<std::int64_t>(shown, all.size(0))).to_vector());
    return grid;
}

}  // namespace lessons
