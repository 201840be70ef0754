#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/05_pca/linear_autoencoder.h"
#include "nn/nn.h"

// The variational autoencoder without a bend: lesson 05's, W and W*, with a variance for each
// number of the code.
//     q(z|x) = N(x W, diag(d)),   p(x|z) = N(z W*, sigma^2 I),   p(z) = N(0, I)
// Then x ~ N(0, C) with C = W*' W* + sigma^2 I, which is probabilistic principal component analysis
// (Tipping & Bishop 1999). The best q is of that form, so that nothing is lost by it (Lucas et al.
// 2019).
namespace lessons {

struct LinearVariational : LinearAutoencoder {
    Tensor log_d;  // [k]

    LinearVariational(std::int64_t n, std::int64_t k, Rng& rng)
        : LinearAutoencoder(n, k, rng), log_d(autograd::zeros({k}).requires_grad_()) {}

    nn::NamedParameters named_parameters() const override {
        return {{"W", W}, {"W_star", W_star}, {"log_d", log_d}};
    }
};

// The bound's negative, mean over the data and over all noise, from the covariance S alone:
//     ||X - X W W*||^2 / 2 sigma^2                    lesson 05's loss
//   + sum over l of d_l ||row l of W*||^2 / 2 sigma^2  what the noise of the code costs
//   + n/2 log 2 pi sigma^2
//   + 1/2 sum over l of (W'SW)_ll + d_l - 1 - log d_l  KL
inline Tensor linear_loss(const LinearVariational& model, const Tensor& S, double trace_S,
                          double sigma2) {
    const Tensor d = exp(model.log_d);
    const Tensor error = squared_error(model, S, trace_S) + sum(d * sum(square(model.W_star), 1));
    const Tensor variance = sum(model.W * matmul(S, model.W), 0);  // [k], of the codes' means
    return error / (2 * sigma2) + double(S.size(0)) / 2 * std::log(2 * std::numbers::pi * sigma2) +
           0.5 * sum(variance + d - 1 - model.log_d);
}

}  // namespace lessons
