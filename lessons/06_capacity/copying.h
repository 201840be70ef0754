#pragma once

#include <cstdint>
#include <vector>

#include "lessons/02_autoencoder/autoencoder.h"

// The network is lesson 02's, at any width k. With k < n its code must leave something out
// (undercomplete); with k >= n nothing forces it to (overcomplete): it may as well pass its input
// on. Here is what tells whether it does: images that are no digits, and a measure of how much of
// them comes back.
namespace lessons {

// The same pixels in another order, the same for all images: neighbours are torn apart, and the
// network, which was never told what is next to what, meets each image in places where it doesn't
// belong. x, result: [batch, n]
inline Tensor permuted(const Tensor& x, Rng& rng) {
    const std::int64_t n = x.size(1);
    const std::vector<int> from = rng.permutation(static_cast<int>(n));
    Tensor y = autograd::empty(x.shape());
    for (std::int64_t i = 0; i < x.size(0); ++i)
        for (std::int64_t j = 0; j < n; ++j)
            y.mutable_data()[i * n + j] = x.data()[i * n + from[static_cast<std::size_t>(j)]];
    return y;
}

// Noise: each pixel takes its value from an image of its own. It keeps every pixel's mean and
// variance (the border stays empty), and nothing that one pixel tells of another.   x, result:
// [batch, n]
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

// The squared error of x_hat over the variance of x: 0 for a copy, 1 for answering everything with
// the mean of x, more for drawing something else.
inline double copy_ratio(const Tensor& x_hat, const Tensor& x) {
    return sum(square(x_hat - x)).item() / sum(square(x - mean(x, 0))).item();
}

}  // namespace lessons
