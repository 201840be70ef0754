#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/pca.h"
#include "nn/nn.h"

// The score of a density p is the gradient of log p(x) with respect to x: an arrow at each place
// that points to where more of the data are. A denoising autoencoder knows it (Vincent 2011): for
// x~ = x + N(0, sigma^2 I) the best restoration is E[x | x~], and
//     E[x | x~] - x~ = sigma^2 grad log p_sigma(x~)          (Tweedie's formula)
// where p_sigma is the density of the noised x~.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;
using autograd::transposed;

// A field of arrows: a score for each row of x.   x, result: [m, n]
using Score = std::function<Tensor(const Tensor& x)>;

// What a denoiser says of the score: (x_hat - x~) / sigma^2.
inline Score score_of(const std::function<Tensor(const Tensor&)>& restore, double sigma) {
    return [=](const Tensor& x) { return (restore(x) - x) / (sigma * sigma); };
}

// ---- Where everything is known: Gaussian data, a linear network ----

// For data N(0, S) the noised density is N(0, S + sigma^2 I), and its score -(S + sigma^2 I)^-1 x.
// The mean over all data and all noise of ||x_hat - x||^2 with x_hat = x~ P, P = W W*:
//     ||X - X P||^2 + sigma^2 ||P||^2       lesson 05's loss, and what P makes of the noise
inline Tensor expected_denoising_loss(const LinearAutoencoder& model, const Tensor& S,
                                      double trace_S, double sigma) {
    const Tensor P = matmul(model.W, model.W_star);
    return squared_error(model, S, trace_S) + sigma * sigma * sum(square(P));
}

// P - I over sigma^2, which a perfect denoiser makes -(S + sigma^2 I)^-1, beside that matrix from
// the data's components: the largest difference over the largest element.
inline double linear_score_error(const LinearAutoencoder& model, const support::Pca& pca,
                                 double sigma) {
    autograd::NoGrad no_grad;
    std::vector<double> inverse;
    for (const double lambda : pca.eigenvalues) inverse.push_back(1 / (lambda + sigma * sigma));
    Tensor identity = autograd::zeros({pca.n, pca.n});
    for (int i = 0; i < pca.n; ++i) identity.mutable_data()[i * pca.n + i] = 1;
    const Tensor V = autograd::tensor(pca.components, {pca.n, pca.n});
    const Tensor exact = -matmul(transpose(V) * autograd::tensor(inverse, {pca.n}), V),
                 learned = (matmul(model.W, model.W_star) - identity) / (sigma * sigma);
    return support::largest_difference({learned}, {exact}) / support::largest({exact});
}

// ---- Two dimensions, any shape ----

// 2 -> 64 -> 64 -> 2, ReLU. It restores x from x~.
inline nn::Sequential plane_network(std::int64_t inputs, std::int64_t width, Rng& rng) {
    return nn::Sequential{nn::Linear(inputs, width, rng), nn::ReLU(), nn::Linear(width, width, rng),
                          nn::ReLU(), nn::Linear(width, 2, rng)};
}

// mean over the points of ||x_hat(x~) - x||^2 / sigma^2: 2 for a network that leaves x~ as it is.
inline Tensor plane_denoising_loss(const nn::Module& model, const Tensor& x, double sigma,
                                   Rng& rng) {
    const Tensor x_tilde = x + autograd::normal(x.shape(), 0, sigma, rng);
    return sum(square(model(x_tilde) - x)) / (sigma * sigma * double(x.size(0)));
}

// Its contractive sibling sees no noise. For small sigma,
//     E||r(x + noise) - x||^2 ~ ||r(x) - x||^2 + sigma^2 ||dr/dx||_F^2
// (Alain & Bengio 2014): the price is on the derivatives of the reconstruction r, here two backward
// sweeps, one for each output.
inline Tensor plane_contractive_loss(const nn::Module& model, const Tensor& points, double sigma) {
    const Tensor x = points.detach().requires_grad_(), r = model(x);
    Tensor norm2 = 0;
    for (int j = 0; j < 2; ++j) norm2 = norm2 + sum(square(grad(sum(narrow(r, 1, j, 1)), x, true)));
    const double m = double(x.size(0));
    return (sum(square(r - x)) + sigma * sigma * norm2) / (sigma * sigma * m);
}

// ---- The noise level as an input: one network for all sigmas ----

// x_hat = x~ - sigma e(x~, log sigma). What the network says, e, is the noise itself, of size 1
// whatever sigma is. x~ is brought to a size of about 1, too.
struct NoiseLevels : nn::Module {
    nn::Sequential network;

    NoiseLevels(std::int64_t width, Rng& rng) : network(plane_network(3, width, rng)) {}

    Tensor noise(const Tensor& x_tilde, const Tensor& sigma) const {  // [m, 2], [m, 1]
        return network(concat(x_tilde / sqrt(1 + square(sigma)), log(sigma), 1));
    }
    Tensor forward(const Tensor& x_and_sigma) const override {  // [m, 3]
        const Tensor x = narrow(x_and_sigma, 1, 0, 2), sigma = narrow(x_and_sigma, 1, 2, 1);
        return x - sigma * noise(x, sigma);
    }
    nn::NamedParameters named_parameters() const override { return network.named_parameters(); }
};

// mean ||x_hat - x||^2 / sigma^2 = mean ||e - noise / sigma||^2, sigma drawn for each point, evenly
// on the logarithm between the ends.
inline Tensor noise_levels_loss(const NoiseLevels& model, const Tensor& x, double least,
                                double most, Rng& rng) {
    const Tensor u = autograd::uniform({x.size(0), 1}, std::log(least), std::log(most), rng),
                 e = autograd::normal(x.shape(), 0, 1, rng);
    const Tensor sigma = exp(u);
    return sum(square(model.noise(x + sigma * e, sigma) - e)) / double(x.size(0));
}

}  // namespace lessons
