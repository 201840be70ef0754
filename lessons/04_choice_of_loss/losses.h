#pragma once

#include "autograd/autograd.h"
#include "autograd/map.h"
#include "lessons/02_autoencoder/autoencoder.h"
#include "lessons/support/evaluate.h"
#include "nn/nn.h"

// One autoencoder, two losses, and their gradients once more by hand.
namespace lessons {

using autograd::real;
using autograd::Rng;
using autograd::Tensor;

// The network is lesson 02's, both of its layers drawn from N(0, 0.1^2).
inline Autoencoder initialised(std::int64_t n, std::int64_t k, Rng& rng) {
    Autoencoder model(n, k, rng);
    initialise(model.encoder, rng);
    initialise(model.decoder, rng);
    return model;
}

// a2 = h W* + c, what the logistic function makes x_hat of.   x, a2: [batch, n]
inline Tensor pre_activation(const Autoencoder& model, const Tensor& x) {
    return model.decoder(model.encode(x));
}

// Both are sums over an image's n values and means over the m images of the batch.
enum class Loss { squared_error, cross_entropy };

//     squared error   sum_j (x_hat_j - x_j)^2
//     cross-entropy   sum_j -x_j log x_hat_j - (1 - x_j) log(1 - x_hat_j)
inline Tensor reconstruction_loss(Loss loss, const Tensor& x_hat, const Tensor& x) {
    const double m = static_cast<double>(x.size(0));
    return loss == Loss::squared_error ? nn::mse_loss(x_hat, x, nn::Reduction::sum) / m
                                       : nn::binary_cross_entropy(x_hat, x, nn::Reduction::sum) / m;
}

// What the cross-entropy leaves of a perfect copy: sum_j H(x_j), H(x) = -x log x - (1 - x) log(1 -
// x). 0 for x = 0 and x = 1, log 2 for x = 1/2.
inline Tensor entropy(const Tensor& x) { return reconstruction_loss(Loss::cross_entropy, x, x); }

// ---- The lecture's chains ----
//
//     x -> a1 = x W + b -> h = g(a1) -> a2 = h W* + c -> x_hat = f(a2) -> L
//
//     dL/dW* = dL/dx_hat  dx_hat/da2  da2/dW*
//     dL/dW  = dL/dx_hat  dx_hat/da2  da2/dh  dh/da1  da1/dW
//
// For a batch of rows, da2/dW* brings h' from the left and da2/dh brings W*' from the right.
// Returned in the order of parameters(): W, b, W*, c.
inline std::vector<Tensor> hand_gradients(Loss loss, const Autoencoder& net, const Tensor& x) {
    autograd::NoGrad no_grad;
    const double m = static_cast<double>(x.size(0));
    const Tensor a1 = net.encoder(x), h = leaky_relu(a1, leak);  // [m, k]
    const Tensor x_hat = sigmoid(net.decoder(h));                // [m, n]

    const Tensor dx_hat = loss == Loss::squared_error
                              ? 2 * (x_hat - x) / m
                              : (-x / x_hat + (1 - x) / (1 - x_hat)) / m;  // [m, n]
    const Tensor da2 = dx_hat * x_hat * (1 - x_hat);                       // f' = f (1 - f)
    const Tensor dW_star = matmul(transposed(h), da2), dc = sum(da2, 0);   // [k, n], [n]
    const Tensor dh = matmul(da2, transposed(net.decoder.weight));         // [m, k]
    const Tensor da1 = dh * autograd::map(a1, [](real a) { return a > 0 ? real(1) : real(leak); });
    const Tensor dW = matmul(transposed(x), da1), db = sum(da1, 0);  // [n, k], [k]
    return {dW, db, dW_star, dc};
}

// dL/da2 of one image's pixel. In the cross-entropy's chain the x_hat (1 - x_hat) of the logistic
// function cancels against the denominator of the loss's own derivative:
//     squared error   2 (x_hat - x) x_hat (1 - x_hat)      -> 0 as x_hat -> 0 or 1, right or wrong
//     cross-entropy   x_hat - x                            -> 0 only where x_hat -> x
inline Tensor output_gradient(Loss loss, const Tensor& a2, const Tensor& x) {
    const Tensor x_hat = sigmoid(a2);
    const Tensor error = x_hat - x;
    return loss == Loss::squared_error ? 2 * error * x_hat * (1 - x_hat) : error;
}

// The largest difference between the engine's gradients of the loss and the chains above.
inline double hand_gradient_error(Loss loss, const Autoencoder& net, const Tensor& x) {
    const std::vector<Tensor> parameters = net.parameters(), hand = hand_gradients(loss, net, x);
    const Tensor value = reconstruction_loss(loss, net(x), x);
    return support::largest_difference(grad(std::span(&value, 1), parameters), hand);
}

}  // namespace lessons
