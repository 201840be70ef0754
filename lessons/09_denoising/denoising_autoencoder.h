#pragma once

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

}  // namespace lessons
