#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "autograd/map.h"
#include "lessons/02_autoencoder/autoencoder.h"
#include "lessons/support/evaluate.h"

// Weight decay: each weight is pulled towards 0, and stays large only where the data keep pushing
// it out. The penalty, its gradient by hand, and the two places where the pull can be put.
namespace lessons {

using autograd::real;

// The network is lesson 02's. Its weights decay, its biases don't: a bias multiplies no input, so
// its size makes the output no more sensitive to anything. It only says where 0 is.
inline std::vector<Tensor> weights(const Autoencoder& model) {
    return {model.encoder.weight, model.decoder.weight};
}
inline std::vector<Tensor> biases(const Autoencoder& model) {
    return {model.encoder.bias, model.decoder.bias};
}

// ||theta||^2: the sum of all squares.
inline Tensor norm2(const std::vector<Tensor>& theta) {
    Tensor total = 0;
    for (const Tensor& w : theta) total = total + sum(square(w));
    return total;
}

// AdamW, whose decay acts on the weights beside the step, and for the biases Adam, which never
// decays. With decay 0 both are Adam.
struct DecayingAdam {
    nn::AdamW weights;
    nn::Adam biases;

    DecayingAdam(const Autoencoder& model, double lr, double decay)
        : weights(lessons::weights(model), {.lr = lr, .weight_decay = decay}),
          biases(lessons::biases(model), {.lr = lr}) {}

    void set_lr(double lr) { weights.settings.lr = biases.settings.lr = lr; }
    void zero_grad() { weights.zero_grad(), biases.zero_grad(); }
    void step() { weights.step(), biases.step(); }
};

// L(theta) + lambda ||theta||^2
inline Tensor decayed_loss(const Autoencoder& model, const Tensor& x, double lambda) {
    return reconstruction_loss(model(x), x) + lambda * norm2(weights(model));
}

// By hand: d(lambda ||theta||^2)/dW = 2 lambda W. The lecture writes lambda W, which belongs to
// lambda/2 ||theta||^2. So the gradient of the whole is that of the reconstruction with `factor`
// lambda W added. Returned in the order of weights().
inline std::vector<Tensor> hand_gradients(const Autoencoder& model, const Tensor& x, double lambda,
                                          double factor = 2) {
    const std::vector<Tensor> W = weights(model);
    const Tensor loss = reconstruction_loss(model(x), x);
    std::vector<Tensor> gradients = grad(std::span(&loss, 1), W);
    for (std::size_t i = 0; i < W.size(); ++i)
        gradients[i] = gradients[i] + factor * lambda * W[i].detach();
    return gradients;
}

// The largest difference between those and the engine's gradients of decayed_loss, in units of the
// largest gradient.
inline double hand_gradient_error(const Autoencoder& model, const Tensor& x, double lambda,
                                  double factor = 2) {
    const Tensor loss = decayed_loss(model, x, lambda);
    const std::vector<Tensor> engine = grad(std::span(&loss, 1), weights(model));
    const std::vector<Tensor> hand = hand_gradients(model, x, lambda, factor);
    return support::largest_difference(engine, hand) / support::largest(engine);
}

// The root mean square of the weights W at the rim, the pixels without ink in any training image.
// No error ever reaches them: what moves them is the decay alone.   ink: [n]
inline double rim_size(const Autoencoder& model, const Tensor& ink) {
    autograd::NoGrad no_grad;
    const Tensor dark = autograd::map(ink, [](real v) { return real(v == 0); });  // [n]
    const Tensor of_pixel = mean(square(model.encoder.weight), 1);                // [n]
    return std::sqrt((sum(dark * of_pixel) / sum(dark)).item());
}

}  // namespace lessons
