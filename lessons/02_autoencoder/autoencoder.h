#pragma once

#include "autograd/autograd.h"
#include "nn/nn.h"

// The smallest useful autoencoder: n inputs are squeezed into k < n numbers, the code h, and
// unfolded again. Nothing tells it what the code should mean; it is trained on its input alone.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

constexpr double leak = 0.01;  // slope of the leaky ReLU below 0

struct Autoencoder : nn::Module {
    nn::Linear encoder, decoder;  // weights [n, k] and [k, n]

    Autoencoder(std::int64_t n, std::int64_t k, Rng& rng)
        : encoder(n, k, rng), decoder(k, n, rng) {}

    // h = g(x W + b) with g = leaky ReLU.   x: [batch, n], h: [batch, k]
    Tensor encode(const Tensor& x) const { return autograd::leaky_relu(encoder(x), leak); }

    // x_hat = f(h W* + c) with f = sigmoid: each pixel a number in (0, 1).
    Tensor decode(const Tensor& h) const { return autograd::sigmoid(decoder(h)); }

    Tensor forward(const Tensor& x) const override { return decode(encode(x)); }

    nn::NamedParameters named_parameters() const override {
        return nn::join({{"encoder", &encoder}, {"decoder", &decoder}});
    }
};

// A layer drawn from N(0, 0.1^2), with its bias at zero.
inline void initialise(nn::Linear& layer, Rng& rng) {
    layer.weight = nn::init::normal(layer.weight.shape(), 0.1, rng).requires_grad_();
    layer.bias = autograd::zeros(layer.bias.shape()).requires_grad_();
}

// How unlikely the image x is if each pixel is lit with probability x_hat: the binary
// cross-entropy, in nats, mean over the pixels and the batch.
inline Tensor reconstruction_loss(const Tensor& x_hat, const Tensor& x) {
    return nn::binary_cross_entropy(x_hat, x);
}

}  // namespace lessons
