#pragma once

#include "autograd/autograd.h"
#include "nn/nn.h"

// Lesson 02's autoencoder with a code of any width k. With k < n it must leave something out
// (undercomplete); with k >= n nothing forces it to (overcomplete): it may as well pass its input on.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

// h = g(x W + b) with g = leaky ReLU, x_hat = f(h W* + c) with f = sigmoid.  x: [batch, n], h: [batch, k]
struct Autoencoder : nn::Module {
    nn::Linear encoder, decoder;  // weights [n, k] and [k, n]

    Autoencoder(std::int64_t n, std::int64_t k, Rng& rng)
        : encoder(n, k, rng), decoder(k, n, rng) {}

    Tensor forward(const Tensor& x) const override {
        return autograd::sigmoid(decoder(autograd::leaky_relu(encoder(x), 0.01)));
    }

    nn::NamedParameters named_parameters() const override {
        return nn::join({{"encoder", &encoder}, {"decoder", &decoder}});
    }
};

// How unlikely the image is under the reconstruction, as in lesson 02: the mean over the pixels and the batch.
inline Tensor reconstruction_loss(const Tensor& x_hat, const Tensor& x) {
    return nn::binary_cross_entropy(x_hat, x);
}

// Images that are no digits. x, the result: [batch, n]

// The same pixels in another order, the same for all images: neighbours are torn apart, and the network,
// which was never told what is next to what, meets each image in places where it doesn't belong.
inline Tensor permuted(const Tensor& x, Rng& rng) {
    const std::int64_t n = x.size(1);
    const std::vector<int> from = rng.permutation(static_cast<int>(n));
    Tensor y = autograd::empty(x.shape());
    for (std::int64_t i = 0; i < x.size(0); ++i)
        for (std::int64_t j = 0; j < n; ++j)
            y.mutable_data()[i * n + j] = x.data()[i * n + from[static_cast<std::size_t>(j)]];
    return y;
}

// Noise: each pixel takes its value from an image of its own. It keeps every pixel's mean and variance
// (the border stays empty), and nothing that one pixel tells of another.
inline Tensor scrambled(const Tensor& x, Rng& rng) {
    const std::int64_t n = x.size(1);
    Tensor y = autograd::empty(x.shape());
    for (std::int64_t j = 0; j < n; ++j) {
        const std::vector<int> from = rng.permutation(static_cast<int>(x.size(0)));
        for (std::int64_t i = 0; i < x.size(0); ++i)
            y.mutable_data()[i * n + j] = x.data()[from[static_cast<std::size_t>(i)] * n + j];
    }
    return y;
}

// The squared error of x_hat over the variance of x: 0 for a copy, 1 for answering everything with the mean
// of x, more for drawing something else.
inline double copy_ratio(const Tensor& x_hat, const Tensor& x) {
    return sum(square(x_hat - x)).item() / sum(square(x - mean(x, 0))).item();
}

}  // namespace lessons
