#pragma once

#include <cstdint>

#include "autograd/autograd.h"
#include "lessons/08_tied_weights/tied_autoencoder.h"
#include "nn/nn.h"

// An autoencoder that is shown a damaged x and asked for the whole one. What it cannot see it has
// to infer from what it can see: copying its input no longer pays.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

// Tied weights, as in lesson 08 and as the denoising autoencoder was published (Vincent et al.
// 2008).
using DenoisingAutoencoder = TiedLogisticAutoencoder;

// Masking: P(x~ = 0) = q, P(x~ = x) = 1 - q, for each pixel by itself.
inline Tensor masked(const Tensor& x, double q, Rng& rng) {
    return x * autograd::bernoulli(x.shape(), 1 - q, rng);
}

// Gaussian noise: x~ = x + N(0, sigma^2).
inline Tensor noisy(const Tensor& x, double sigma, Rng& rng) {
    return x + autograd::normal(x.shape(), 0, sigma, rng);
}

// The input is x~, the target is x: the cross-entropy between what the model makes of the damaged
// image and the image before the damage. No function of x~ does better than x_hat = E[x | x~].
inline Tensor denoising_loss(const DenoisingAutoencoder& model, const Tensor& x_tilde,
                             const Tensor& x) {
    return nn::binary_cross_entropy(model(x_tilde), x);
}

// Two numbers for what the eye sees in a filter v of length 1; both are means over the rows of
// `filters`, each an image of `width` pixels a row.
//     pixels     1 / sum_j v_j^4: m if v rests on m pixels equally, 1 if on a single one
//     coherence  the mean product of a pixel and its neighbour (right or below), over the mean
//     square of a
//                pixel: near 1 for blobs and strokes, 0 for noise
struct FilterMeasure {
    double pixels = 0, coherence = 0;
};
inline FilterMeasure measure(const Tensor& filters, int width) {
    FilterMeasure result;
    const auto k = filters.size(0), n = filters.size(1);
    for (std::int64_t l = 0; l < k; ++l) {
        const autograd::real* v = filters.data() + l * n;
        double fourth = 0, products = 0, pairs = 0;
        for (std::int64_t j = 0; j < n; ++j) {
            fourth += double(v[j]) * v[j] * v[j] * v[j];
            if ((j + 1) % width) products += double(v[j]) * v[j + 1], ++pairs;
            if (j + width < n) products += double(v[j]) * v[j + width], ++pairs;
        }
        result.pixels += 1 / fourth / double(k);
        result.coherence += products / pairs * double(n) / double(k);  // the mean square is 1 / n
    }
    return result;
}

}  // namespace lessons
