#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/map.h"
#include "nn/nn.h"

// Weight decay: each weight is pulled towards 0, and stays large only where the data keep pushing it out.
// The penalty, its gradient by hand, and the two places where the pull can be put.
namespace lessons {

using autograd::real;
using autograd::Rng;
using autograd::Tensor;

struct Autoencoder : nn::Module {
    nn::Linear encoder, decoder;  // W [n, k], b [k] and W* [k, n], c [n]

    Autoencoder(std::int64_t n, std::int64_t k, Rng& rng)
        : encoder(n, k, rng), decoder(k, n, rng) {}

    // x_hat = f(g(x W + b) W* + c), g leaky ReLU, f logistic    x, x_hat: [batch, n]
    Tensor forward(const Tensor& x) const override {
        return sigmoid(decoder(autograd::leaky_relu(encoder(x), 0.01)));
    }

    nn::NamedParameters named_parameters() const override {
        return nn::join({{"encoder", &encoder}, {"decoder", &decoder}});
    }

    // The weights decay, the biases don't: a bias multiplies no input, so its size makes the output no
    // more sensitive to anything. It only says where 0 is.
    std::vector<Tensor> weights() const { return {encoder.weight, decoder.weight}; }
    std::vector<Tensor> biases() const { return {encoder.bias, decoder.bias}; }
};

inline Tensor reconstruction_loss(const Tensor& x_hat, const Tensor& x) {
    return nn::binary_cross_entropy(x_hat, x);
}

// ||theta||^2: the sum of all squares.
inline Tensor norm2(const std::vector<Tensor>& theta) {
    Tensor total = 0;
    for (const Tensor& w : theta) total = total + sum(square(w));
    return total;
}

// L(theta) + lambda ||theta||^2
inline Tensor decayed_loss(const Autoencoder& model, const Tensor& x, double lambda) {
    return reconstruction_loss(model(x), x) + lambda * norm2(model.weights());
}

// By hand: d(lambda ||theta||^2)/dW = 2 lambda W. The lecture writes lambda W, as one may who calls 2 lambda
// lambda. So the gradient of the whole is that of the reconstruction with `factor` lambda W added.
// Returned in the order of weights().
inline std::vector<Tensor> hand_gradients(const Autoencoder& model, const Tensor& x, double lambda,
                                          double factor = 2) {
    const std::vector<Tensor> weights = model.weights();
    const Tensor loss = reconstruction_loss(model(x), x);
    std::vector<Tensor> gradients = grad(std::span(&loss, 1), weights);
    for (std::size_t i = 0; i < weights.size(); ++i)
        gradients[i] = gradients[i] + factor * lambda * weights[i].detach();
    return gradients;
}

// The largest difference between those and the engine's gradients of decayed_loss, in units of the largest
// gradient.
inline double hand_gradient_error(const Autoencoder& model, const Tensor& x, double lambda,
                                  double factor = 2) {
    const std::vector<Tensor> weights = model.weights();
    const Tensor loss = decayed_loss(model, x, lambda);
    const std::vector<Tensor> engine = grad(std::span(&loss, 1), weights),
                              hand = hand_gradients(model, x, lambda, factor);
    double error = 0, size = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        for (const double d : abs(engine[i] - hand[i]).to_vector())
            error = d <= error ? error : d;  // NaN counts as largest
        for (const double g : abs(engine[i]).to_vector()) size = std::max(size, g);
    }
    return error / size;
}

// The root mean square of the weights W at the rim, the pixels without ink in any training image. No error
// ever reaches them: what moves them is the decay alone.   ink: [n]
inline double rim_size(const Autoencoder& model, const Tensor& ink) {
    autograd::NoGrad no_grad;
    const Tensor dark = autograd::map(ink, [](real v) { return real(v == 0); });  // [n]
    const Tensor of_pixel = mean(square(model.encoder.weight), 1);                // [n]
    return std::sqrt((sum(dark * of_pixel) / sum(dark)).item());
}

}  // namespace lessons
