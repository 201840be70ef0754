#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "lessons/16_variational/variational.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/pca.h"

// What is measured of a trained network. Bounds are in nats per image, and negative: log p(x) is.
namespace lessons::inline HOURGLASS_PRECISION {

// The mean over images of log p(x|z) - KL, with a draw of z for each.
struct Bound {
    double elbo = 0;
    std::vector<double> kl;  // [k], what each number of the code says of an image, in nats
};
// `pair` makes of images what the encoder is given, and what the decoder has to say.
using Pair = std::function<std::pair<Tensor, Tensor>(const Tensor& x)>;
inline Bound bound(
    const Variational& model, const support::Images& images, Rng& rng,
    const Pair& pair = [](const Tensor& x) { return std::pair(x, x); }) {
    Bound b;
    b.kl.resize(std::size_t(model.k()));
    support::for_each_chunk(images, [&](const Tensor& x, int) {
        const auto [seen, target] = pair(x);
        const Gaussian q = model.encode(seen);
        const Tensor z = shifted(q, noise_like(q.mean, rng));
        b.elbo += sum(log_likelihood(model.decode(z), target)).item() / images.count;
        const std::vector<autograd::real> kl = sum(kl_by_unit(q), 0).to_vector();
        for (std::size_t l = 0; l < kl.size(); ++l) b.kl[l] += kl[l] / images.count;
    });
    for (const double kl : b.kl) b.elbo -= kl;
    return b;
}

// log of p(x, z) / q(z|x) of each row, z = mean + e stddev. Both densities have (2 pi)^(-k/2), and
// log q(z|x) is -1/2 (e^2 + log variance) summed.   Result: [m]
inline Tensor log_weight(const Variational& model, const Gaussian& q, const Tensor& x,
                         const Tensor& e) {
    const Tensor z = shifted(q, e);
    return log_likelihood(model.decode(z), x) +
           0.5 * sum(square(e) + q.log_variance - square(z), 1);
}

// The importance-weighted bound for K = 1, 2, ... draws, mean over the images (Burda et al. 2016,
// equation 8):
//     L_K = E log 1/K sum over i of p(x, z_i) / q(z_i|x)
// L_1 is the ELBO, L_K rises with K, and its limit is log p(x).   Result: [draws]
inline std::vector<double> importance_weighted(const Variational& model,
                                               const support::Images& images, int draws, Rng& rng) {
    std::vector<double> bounds(static_cast<std::size_t>(draws));
    support::for_each_chunk(images, [&](const Tensor& x, int) {
        const Gaussian q = model.encode(x);
        std::vector<double> total;  // log of the sum of the weights so far, for each image
        for (int i = 0; i < draws; ++i) {
            const auto w = log_weight(model, q, x, noise_like(q.mean, rng)).to_vector();
            if (i == 0) total.assign(w.begin(), w.end());
            for (std::size_t row = 0; row < w.size(); ++row) {
                double& t = total[row];
                const double more = w[row];
                if (i > 0) t = std::max(t, more) + std::log1p(std::exp(-std::abs(t - more)));
                bounds[std::size_t(i)] += (t - std::log(i + 1.0)) / images.count;
            }
        }
    });
    return bounds;
}

// The codes that the decoder is trained on, a draw for each image: their variance along the
// principal components, largest first. All would be 1 if they were distributed as N(0, I).
inline std::vector<double> code_variances(const Variational& model, const support::Images& images,
                                          Rng& rng) {
    const auto z = support::codes(images, [&](const Tensor& x) {
                       const Gaussian q = model.encode(x);
                       return shifted(q, noise_like(q.mean, rng));
                   }).to_vector();
    return support::principal_components({z.begin(), z.end()}, int(model.k())).eigenvalues;
}

// How far the mean of log q(z) - log p(z) over draws is from the closed form, in standard errors.
// q: of one image
inline double kl_monte_carlo_z(const Gaussian& q, int draws, Rng& rng) {
    autograd::NoGrad no_grad;
    const Tensor e = autograd::normal({draws, q.mean.size(1)}, 0, 1, rng), z = shifted(q, e);
    const Tensor log_ratio = 0.5 * sum(square(z) - square(e) - q.log_variance, 1);  // [draws]
    const double average = mean(log_ratio).item(),
                 variance = mean(square(log_ratio - average)).item();
    return (average - sum(kl_by_unit(q)).item()) / std::sqrt(variance / draws);
}

// Black and white: each pixel is ink with its grey level as the probability.
inline Tensor drawn(const Tensor& x, Rng& rng) {
    const Tensor u = autograd::uniform(x.shape(), 0, 1, rng);
    return autograd::zip("drawn", x, u,
                         [](auto level, auto chance) { return decltype(level)(chance < level); });
}

// What p^x (1 - p)^(1 - x) adds up to over all grey levels x from 0 to 1: with a = log p/(1 - p),
//     the integral is (2 p - 1) / a = tanh(a/2) / a      (1/2 for a = 0)
// A density would give 1. (Loaiza-Ganem & Cunningham 2019)   Result: its logarithm summed over the
// pixels, mean over the images
inline double log_mass(const Tensor& logits) {
    autograd::NoGrad no_grad;
    const Tensor a = abs(logits) + 1e-3;
    return sum(log(tanh(0.5 * a) / a)).item() / double(logits.size(0));
}

// Estimates of d E_q[log p(x|z)] / d mean for one image, a row for each draw.
struct Estimates {
    Tensor reparameterised, score_function, with_baseline;  // [draws, k]
};
inline Estimates estimate_gradients(const Variational& model, const Tensor& x, int draws,
                                    Rng& rng) {
    const Gaussian one = model.encode(x);
    const autograd::Shape many = {draws, one.mean.size(1)};
    const Gaussian q = {broadcast_to(one.mean, many).detach(),
                        broadcast_to(one.log_variance, many).detach()};
    const auto f = [&](const Tensor& z) {
        return log_likelihood(model.decode(z), broadcast_to(x, {z.size(0), x.size(1)}));
    };
    const Tensor e = noise_like(q.mean, rng), others = noise_like(q.mean, rng);
    const double baseline = mean(f(shifted(q, others)).detach()).item();
    return {reparameterised_gradient(q, e, f), score_function_gradient(q, e, f),
            score_function_gradient(q, e, f, baseline)};
}

// The standard deviation of one estimate: root of the mean over the k numbers of the variance over
// the draws.   estimates: [draws, k]
inline double spread(const Tensor& estimates) {
    autograd::NoGrad no_grad;
    return std::sqrt(mean(square(estimates - mean(estimates, 0))).item());
}
// How far the means of two estimates are apart, in standard errors: the root of the mean over the k
// numbers of z^2, 1 if they estimate the same.
inline double disagreement(const Tensor& a, const Tensor& b) {
    autograd::NoGrad no_grad;
    const Tensor difference = a - b, average = mean(difference, 0);
    const Tensor variance = mean(square(difference - average), 0) / double(a.size(0));
    return std::sqrt(mean(square(average) / variance).item());
}

}  // namespace lessons::inline HOURGLASS_PRECISION
