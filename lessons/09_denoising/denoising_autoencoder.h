#pragma once

#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"

// An autoencoder that is shown a damaged x and asked for the whole one. What it cannot see it has to
// infer from what it can see: copying its input no longer pays.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

// Tied weights, as in lesson 08 and as the denoising autoencoder was published (Vincent et al. 2008).
struct DenoisingAutoencoder : nn::Module {
    Tensor W, b, c;  // [n, k], [k], [n]

    DenoisingAutoencoder(std::int64_t n, std::int64_t k, Rng& rng)
        : W(nn::init::xavier_uniform(n, k, rng).requires_grad_()),
          b(autograd::zeros({k}).requires_grad_()),
          c(autograd::zeros({n}).requires_grad_()) {}

    // h = sigmoid(x W + b)   x: [batch, n], h: [batch, k]
    Tensor encode(const Tensor& x) const { return sigmoid(linear(x, W, b)); }

    // x_hat = sigmoid(h W^T + c)
    Tensor decode(const Tensor& h) const { return sigmoid(linear(h, autograd::transposed(W), c)); }

    Tensor forward(const Tensor& x) const override { return decode(encode(x)); }

    nn::NamedParameters named_parameters() const override { return {{"W", W}, {"b", b}, {"c", c}}; }
};

// Masking: P(x~ = 0) = q, P(x~ = x) = 1 - q, for each pixel by itself.
inline Tensor masked(const Tensor& x, double q, Rng& rng) {
    return x * autograd::bernoulli(x.shape(), 1 - q, rng);
}

// Gaussian noise: x~ = x + N(0, sigma^2).
inline Tensor noisy(const Tensor& x, double sigma, Rng& rng) {
    return x + autograd::normal(x.shape(), 0, sigma, rng);
}

// The input is x~, the target is x: the cross-entropy between what the model makes of the damaged image
// and the image before the damage. No function of x~ does better than x_hat = E[x | x~].
inline Tensor denoising_loss(const DenoisingAutoencoder& model, const Tensor& x_tilde,
                             const Tensor& x) {
    return nn::binary_cross_entropy(model(x_tilde), x);
}

// What unit l responds to most. Among all inputs of length 1, w_l . x is largest for x = w_l / ||w_l||, where
// w_l is column l of W.   W: [n, k], result: [k, n], a row for each unit
inline Tensor preferred_inputs(const Tensor& W) {
    const std::int64_t n = W.size(0), k = W.size(1);
    const Tensor length = sqrt(sum(square(W), 0));
    Tensor rows = autograd::empty({k, n});
    for (std::int64_t l = 0; l < k; ++l)
        for (std::int64_t j = 0; j < n; ++j)
            rows.mutable_data()[l * n + j] = W.data()[j * k + l] / length.data()[l];
    return rows;
}

// Two numbers for what the eye sees in a filter v of length 1, side x side pixels; both are means over
// the rows of `filters`.
//     pixels     1 / sum_j v_j^4: m if v rests on m pixels equally, 1 if on a single one
//     coherence  the mean product of a pixel and its neighbours (right and below), over the mean
//                square of a pixel: near 1 for blobs and strokes, 0 for noise
struct FilterMeasure {
    double pixels = 0, coherence = 0;
};
inline FilterMeasure measure(const Tensor& filters, int side) {
    FilterMeasure result;
    const std::int64_t k = filters.size(0);
    for (std::int64_t l = 0; l < k; ++l) {
        const autograd::real* v = filters.data() + l * side * side;
        double fourth = 0, products = 0;
        for (int j = 0; j < side * side; ++j) {
            fourth += double(v[j]) * v[j] * v[j] * v[j];
            if ((j + 1) % side) products += double(v[j]) * v[j + 1];
            if (j + side < side * side) products += double(v[j]) * v[j + side];
        }
        result.pixels += 1 / fourth / double(k);
        result.coherence += products / 2 * side / (side - 1) / double(k);
    }
    return result;
}

}  // namespace lessons
