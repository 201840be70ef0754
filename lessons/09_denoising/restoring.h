#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "lessons/09_denoising/denoising_autoencoder.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/pca.h"
#include "lessons/support/plot.h"
#include "lessons/support/report.h"
#include "lessons/support/text.h"

// Kinds of damage, and how well something restores what was damaged.
namespace lessons {

using Damage = std::function<Tensor(const Tensor& x, Rng& rng)>;

inline Damage masking(double q) {
    return [q](const Tensor& x, Rng& rng) { return masked(x, q, rng); };
}
inline Damage gaussian(double sigma) {
    return [sigma](const Tensor& x, Rng& rng) { return noisy(x, sigma, rng); };
}

// What is lost of the held-out images x when their damaged selves are all there is: x against
// restore(x~). Every model is shown the same damage.
inline support::ReconstructionError error_after(const Damage& damage,
                                                const std::function<Tensor(const Tensor&)>& restore,
                                                const support::Images& held_out) {
    Rng rng(9);
    return support::reconstruction_error(held_out,
                                         [&](const Tensor& x) { return restore(damage(x, rng)); });
}

// Wiener's filter: no linear function of x~ = x + N(0, sigma^2) restores better. It shrinks
// component i of x~ - mean by lambda_i / (lambda_i + sigma^2).   x~ and result: [batch, n]
inline std::function<Tensor(const Tensor&)> wiener(const support::Pca& pca, double sigma) {
    std::vector<double> kept;
    for (const double lambda : pca.eigenvalues) kept.push_back(lambda / (lambda + sigma * sigma));
    const Tensor mean = autograd::tensor(pca.mean, {pca.n}),
                 shrink = autograd::tensor(kept, {pca.n}),
                 V = autograd::tensor(pca.components, {pca.n, pca.n});
    return [=](const Tensor& x_tilde) {
        return mean + matmul(shrink * matmul(x_tilde - mean, transposed(V)), V);
    };
}

// Peak signal-to-noise ratio in decibels, 10 log10(1 / mean squared error), for pixels from 0 to 1.
inline double psnr(double sse, int pixels) { return 10 * std::log10(pixels / sse); }

// Clean images, the same damaged, and what two networks make of these, below each other.
inline support::ImageGrid restored_grid(const std::string& title, const support::Images& images,
                                        const Tensor& x, const Tensor& x_tilde,
                                        const DenoisingAutoencoder& plain,
                                        const DenoisingAutoencoder& denoising) {
    support::ImageGrid grid{.title = title, .columns = int(x.size(0))};
    return grid.tiles_like(images)
        .add(x.to_vector(), "clean x")
        .add(x_tilde.to_vector(), "damaged x~")
        .add(plain(x_tilde).to_vector(), "plain")
        .add(denoising(x_tilde).to_vector(), "denoising");
}

// What the first units of a network respond to most, 16 in a row.
inline support::ImageGrid filter_grid(const support::Images& images) {
    support::ImageGrid grid{.title = "What a unit responds to most",
                            .columns = 16,
                            .scale = support::Scale::diverging,
                            .scale_label = "w / ||w||, cut off at 0.2"};
    return grid.tiles_like(images);
}
inline std::vector<autograd::real> first_filters(const DenoisingAutoencoder& model,
                                                 std::int64_t n) {
    const Tensor rows = support::filters(model.W);
    return clamp(narrow(rows, 0, 0, std::min(rows.size(0), n)), -0.2, 0.2).to_vector();
}

// The cross-entropy of networks trained at one q (a row each) and tested at another.
inline support::Heatmap draw_matrix(const std::vector<double>& qs, const support::Matrix& bce) {
    std::vector<std::string> names;
    for (const double q : qs) names.push_back(support::format("%g", q));
    return {.title = "Held-out cross-entropy (nats per pixel)",
            .x_label = "tested at q",
            .y_label = "trained at q",
            .row_labels = names,
            .column_labels = names,
            .values = bce,
            .format = "%.4f"};
}

}  // namespace lessons
