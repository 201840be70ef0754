#pragma once

#include <cstdint>
#include <utility>

#include "autograd/autograd.h"
#include "nn/nn.h"

// An autoencoder whose code is a distribution: the encoder says where the code of x lies and how
// sure it is of that, and the decoder gets a draw. (Kingma & Welling 2014)
//
// This lesson computes in float, and in double what is exact: the namespace carries the precision,
// as autograd's and nn's do.
namespace lessons::inline HOURGLASS_PRECISION {

using autograd::Rng;
using autograd::Tensor;

// q(z|x) = N(mean, diag(variance)), one for each row.   both: [m, k]
struct Gaussian {
    Tensor mean, log_variance;
};

// z = mean + e stddev, e ~ N(0, I). The draw, e, depends on nothing that is trained, and z is a
// smooth function of what is. (section 2.4)   e, result: [m, k]
inline Tensor shifted(const Gaussian& q, const Tensor& e) {
    return q.mean + e * exp(0.5 * q.log_variance);
}

// KL(q || N(0, I)) = 1/2 sum over l of (mean^2 + variance - 1 - log variance), here by unit.
// (appendix B)   Result: [m, k]
inline Tensor kl_by_unit(const Gaussian& q) {
    return 0.5 * (square(q.mean) + exp(q.log_variance) - 1 - q.log_variance);
}

// n -> hidden -> two times k; k -> hidden -> n, ReLU between.
struct Variational : nn::Module {
    nn::Linear hidden, mean, log_variance, hidden_star, pixels;

    Variational(std::int64_t n, std::int64_t width, std::int64_t k, Rng& rng)
        : hidden(n, width, rng),
          mean(width, k, rng),
          log_variance(width, k, rng),
          hidden_star(k, width, rng),
          pixels(width, n, rng) {}

    std::int64_t k() const { return mean.bias.size(); }  // numbers in the code

    Gaussian encode(const Tensor& x) const {  // [m, n]
        const Tensor h = relu(hidden(x));
        return {mean(h), log_variance(h)};
    }
    // The logits of the pixels.   z: [m, k], result: [m, n]
    Tensor decode(const Tensor& z) const { return pixels(relu(hidden_star(z))); }

    Tensor forward(const Tensor& x) const override { return sigmoid(decode(encode(x).mean)); }
    nn::NamedParameters named_parameters() const override {
        return nn::join({{"hidden", &hidden},
                         {"mean", &mean},
                         {"log_variance", &log_variance},
                         {"hidden_star", &hidden_star},
                         {"pixels", &pixels}});
    }
};

// log p(x|z) of each row, the pixels being drawn with the probabilities sigmoid(logits); for grey x
// the negative cross-entropy.   Result: [m]
inline Tensor log_likelihood(const Tensor& logits, const Tensor& x) {
    return -sum(nn::binary_cross_entropy_with_logits(logits, x, nn::Reduction::none), 1);
}

// The loss: cross-entropy summed over the pixels, plus beta KL, mean over the batch. With beta = 1
// it is the bound, with its sign changed; other values: Higgins et al. 2017.   e: [m, k]
inline Tensor variational_loss(const Variational& model, const Tensor& x, const Tensor& e,
                               double beta = 1) {
    const Gaussian q = model.encode(x);
    const Tensor cross_entropy =
        nn::binary_cross_entropy_with_logits(model.decode(shifted(q, e)), x, nn::Reduction::sum);
    return (cross_entropy + beta * sum(kl_by_unit(q))) / double(x.size(0));
}

// e for a batch.
inline Tensor noise_like(const Tensor& mean, Rng& rng) {
    return autograd::normal(mean.shape(), 0, 1, rng);
}

// ---- Two ways to differentiate E_q[f(z)] with respect to q's mean, a draw in each row ----

// Through the draw: df/dz at z = mean + e stddev.   Result: [m, k]
template <class F>
Tensor reparameterised_gradient(const Gaussian& q, const Tensor& e, F f) {
    const Tensor mean = q.mean.detach().requires_grad_();
    return grad(sum(f(shifted({mean, q.log_variance.detach()}, e))), mean);
}

// Without a derivative of f: f(z) d log q(z) / d mean = f(z) (z - mean) / variance. The baseline is
// a number that f is compared with: E[z - mean] = 0, so it changes no mean. (Williams 1992)
template <class F>
Tensor score_function_gradient(const Gaussian& q, const Tensor& e, F f, double baseline = 0) {
    autograd::NoGrad no_grad;
    const Tensor value = f(shifted(q, e)) - baseline;  // [m]
    return reshape(value, {e.size(0), 1}) * e * exp(-0.5 * q.log_variance);
}

}  // namespace lessons::inline HOURGLASS_PRECISION
