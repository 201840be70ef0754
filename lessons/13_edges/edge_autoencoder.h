#pragma once

#include "autograd/autograd.h"
#include "lessons/10_sparse/sparse_autoencoder.h"
#include "nn/nn.h"

// A denoising autoencoder for numbers that are no shades of grey: logistic units, a linear output,
// tied weights. (Vincent et al. 2010, section 5.1)
namespace lessons {

struct EdgeAutoencoder : nn::Module {
    Tensor W, b, c;  // [n, k], [k], [n]

    // Each unit begins nearly silent, sigmoid(-3) = 0.05: it has to find something to speak for.
    EdgeAutoencoder(std::int64_t n, std::int64_t k, Rng& rng)
        : W(nn::init::xavier_uniform(n, k, rng).requires_grad_()),
          b((autograd::zeros({k}) - 3).requires_grad_()),
          c(autograd::zeros({n}).requires_grad_()) {}

    // h = sigmoid(x W + b)   x: [batch, n], h: [batch, k]
    Tensor encode(const Tensor& x) const { return sigmoid(linear(x, W, b)); }
    // x_hat = h W^T + c
    Tensor decode(const Tensor& h) const { return linear(h, transposed(W), c); }
    Tensor forward(const Tensor& x) const override { return decode(encode(x)); }

    nn::NamedParameters named_parameters() const override { return {{"W", W}, {"b", b}, {"c", c}}; }
};

// 1/m sum_i 1/2 ||x_hat(x~_i) - x_i||^2 + lambda ||W||^2: the input is x~, the target is x.
inline Tensor edge_loss(const EdgeAutoencoder& model, const Tensor& x_tilde, const Tensor& x,
                        double lambda = 0) {
    const Tensor loss = half_squared_error(model(x_tilde), x);
    return lambda > 0 ? loss + lambda * sum(square(model.W)) : loss;
}

}  // namespace lessons
