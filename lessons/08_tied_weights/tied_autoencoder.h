#pragma once

#include "autograd/autograd.h"
#include "autograd/map.h"
#include "lessons/02_autoencoder/autoencoder.h"  // reconstruction_loss
#include "lessons/support/evaluate.h"
#include "nn/nn.h"

// One matrix that encodes and decodes: W* = W^T. There is no copy to be kept equal; the same tensor
// is simply used twice, and the backward sweep adds what comes back along the two paths.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;
using autograd::transposed;

struct TiedAutoencoder : nn::Module {
    Tensor W, b, c;  // [n, k], [k], [n]

    TiedAutoencoder(std::int64_t n, std::int64_t k, Rng& rng)
        : W(nn::init::xavier_uniform(n, k, rng).requires_grad_()),
          b(autograd::zeros({k}).requires_grad_()),
          c(autograd::zeros({n}).requires_grad_()) {}

    // h = g(x W + b), g leaky ReLU    x: [batch, n], h: [batch, k]
    Tensor encode(const Tensor& x) const { return leaky_relu(linear(x, W, b), leak); }

    // x_hat = sigmoid(h W^T + c)
    Tensor decode(const Tensor& h) const { return sigmoid(linear(h, transposed(W), c)); }

    Tensor forward(const Tensor& x) const override { return decode(encode(x)); }

    nn::NamedParameters named_parameters() const override { return {{"W", W}, {"b", b}, {"c", c}}; }
};

// The same with logistic units in the code: the network of lessons 09 and 11.
struct TiedLogisticAutoencoder : nn::Module {
    Tensor W, b, c;  // [n, k], [k], [n]

    TiedLogisticAutoencoder(std::int64_t n, std::int64_t k, Rng& rng)
        : W(nn::init::xavier_uniform(n, k, rng).requires_grad_()),
          b(autograd::zeros({k}).requires_grad_()),
          c(autograd::zeros({n}).requires_grad_()) {}

    // h = sigmoid(x W + b)   x: [batch, n], h: [batch, k]
    Tensor encode(const Tensor& x) const { return sigmoid(linear(x, W, b)); }

    // x_hat = sigmoid(a), a = h W^T + c   a, x_hat: [batch, n]
    Tensor logits(const Tensor& h) const { return linear(h, transposed(W), c); }
    Tensor decode(const Tensor& h) const { return sigmoid(logits(h)); }

    Tensor forward(const Tensor& x) const override { return decode(encode(x)); }

    nn::NamedParameters named_parameters() const override { return {{"W", W}, {"b", b}, {"c", c}}; }
};

// The same as TiedAutoencoder with two matrices, W: [n, k] and W_star: [k, n], to compare with.
struct UntiedAutoencoder : nn::Module {
    Tensor W, b, W_star, c;

    UntiedAutoencoder(std::int64_t n, std::int64_t k, Rng& rng)
        : W(nn::init::xavier_uniform(n, k, rng).requires_grad_()),
          b(autograd::zeros({k}).requires_grad_()),
          W_star(nn::init::xavier_uniform(k, n, rng).requires_grad_()),
          c(autograd::zeros({n}).requires_grad_()) {}

    Tensor encode(const Tensor& x) const { return leaky_relu(linear(x, W, b), leak); }
    Tensor decode(const Tensor& h) const { return sigmoid(linear(h, W_star, c)); }
    Tensor forward(const Tensor& x) const override { return decode(encode(x)); }

    nn::NamedParameters named_parameters() const override {
        return {{"W", W}, {"b", b}, {"W_star", W_star}, {"c", c}};
    }
};

// The chain rule for a matrix on two paths, L(W, W* = W^T):
//     dL/dW (tied) = dL/dW (untied, as encoder) + (dL/dW* (untied, as decoder))^T
// The right-hand side, from an untied network put at the same point.   Result [n, k]
inline Tensor sum_of_both_paths(const TiedAutoencoder& tied, const Tensor& x) {
    Rng unused(0);
    UntiedAutoencoder untied(tied.W.size(0), tied.W.size(1), unused);
    untied.W = tied.W.detach().requires_grad_();
    untied.W_star = transpose(tied.W.detach()).requires_grad_();
    untied.b = tied.b.detach();
    untied.c = tied.c.detach();
    reconstruction_loss(untied(x), x).backward();
    return untied.W.grad() + transpose(untied.W_star.grad());
}

// The lecture's chain, by hand. With z = x W + b, a = h W^T + c and N numbers in x:
//     delta_out = dL/da = (x_hat - x) / N               (cross-entropy behind a logistic output)
//     delta_in  = dL/dz = (delta_out W) * g'(z),   g'(z) = 1 for z > 0, else leak
//     dL/dW = x^T delta_in  +  delta_out^T h            the encoder's path, the decoder's path
inline Tensor hand_gradient(const TiedAutoencoder& tied, const Tensor& x) {
    autograd::NoGrad no_grad;
    const Tensor h = tied.encode(x), x_hat = tied.decode(h);
    const Tensor delta_out = (x_hat - x) / static_cast<double>(x.size());
    const auto derivative = [](double h_l) {
        return h_l > 0 ? 1 : leak;
    };  // h and z share their sign
    const Tensor delta_in = matmul(delta_out, tied.W) * autograd::map(h, derivative);
    return matmul(transposed(x), delta_in) + matmul(transposed(delta_out), h);
}

}  // namespace lessons
