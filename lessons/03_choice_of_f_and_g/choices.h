#pragma once

#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "autograd/autograd.h"
#include "autograd/map.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "nn/nn.h"

// An autoencoder whose two functions are chosen, h = g(x W + b) and x_hat = f(h W* + c), the two
// kinds of data that ask for different f, and the best that an f with a bounded range can do.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

// A function of each element, and the range that it can't leave.
struct Activation {
    std::string name;
    Tensor (*apply)(const Tensor&);
    double low, high;
};

constexpr double infinity = std::numeric_limits<double>::infinity();

namespace activation {
inline Tensor identity(const Tensor& z) { return z; }
inline const Activation linear = {"linear", identity, -infinity, infinity};
inline const Activation tanh = {"tanh", autograd::tanh, -1, 1};
inline const Activation logistic = {"logistic", autograd::sigmoid, 0, 1};
inline const Activation relu = {"ReLU", autograd::relu, 0, infinity};
}  // namespace activation

struct ChosenAutoencoder : nn::Module {
    nn::Linear encoder, decoder;  // weights [n, k] and [k, n]
    Activation g, f;              // of the code, of the output

    ChosenAutoencoder(std::int64_t n, std::int64_t k, Activation code, Activation output, Rng& rng)
        : encoder(n, k, rng), decoder(k, n, rng), g(std::move(code)), f(std::move(output)) {}

    // x, x_hat: [batch, n], the code h: [batch, k]
    Tensor forward(const Tensor& x) const override {
        const Tensor h = g.apply(encoder(x));
        return f.apply(decoder(h));
    }

    nn::NamedParameters named_parameters() const override {
        return nn::join({{"encoder", &encoder}, {"decoder", &decoder}});
    }
};

// Squared error summed over an image's pixels, mean over the batch. Any x_hat may be compared with
// any x.
inline Tensor squared_error(const Tensor& x_hat, const Tensor& x) {
    return nn::mse_loss(x_hat, x, nn::Reduction::sum) / static_cast<double>(x.size(0));
}

// Binary cross-entropy, mean over pixels and batch. x_hat must be probabilities, and x between 0
// and 1: for x = 2 it would fall without end as x_hat approaches 1.
inline Tensor cross_entropy(const Tensor& x_hat, const Tensor& x) {
    return nn::binary_cross_entropy(x_hat, x);
}

// ---- Two kinds of data, made from the same digits ----

// Binary: ink or paper.
inline Tensor binarised(const Tensor& x) {
    return autograd::map(x, [](autograd::real v) { return autograd::real(v >= 0.5); });
}

// Real-valued: each pixel with its mean over the training images taken off, in units of its
// standard deviation. A pixel that is hardly ever lit has a deviation near 0, and the one image
// that lights it would come out at 100 or more and outweigh all others; so no deviation below
// `smallest` is used, and such pixels stay small. The mean and the deviation are the training
// images' for held-out ones, too.
struct Standardiser {
    Tensor mean, deviation;  // [n]

    Tensor operator()(const Tensor& x) const { return (x - mean) / deviation; }
};

inline Standardiser standardiser(const support::Images& images, double smallest) {
    const double m = images.count;
    Tensor mean = autograd::zeros({images.size()}), variance = autograd::zeros({images.size()});
    support::for_each_chunk(images, [&](const Tensor& x, int) { mean = mean + sum(x, 0) / m; });
    support::for_each_chunk(
        images, [&](const Tensor& x, int) { variance = variance + sum(square(x - mean), 0) / m; });
    return {mean, clamp(sqrt(variance), smallest, infinity)};
}

using TensorFunction = std::function<Tensor(const Tensor&)>;
using LossFunction = Tensor (*)(const Tensor& x_hat, const Tensor& x);

// A loss, the mean over all the images after `prepare`.
inline double test_loss(LossFunction loss, const support::Images& images,
                        const TensorFunction& prepare, const TensorFunction& reconstruct) {
    double total = 0;
    support::for_each_chunk(images, [&](const Tensor& pixels, int) {
        const Tensor x = prepare(pixels);
        total += loss(reconstruct(x), x).item() * double(x.size(0));
    });
    return total / images.count;
}

// How many units of the code are 0 for every image. Such a ReLU unit passes no gradient to its
// weights. If it is 0 for the training images, too, it can't change any more: it has died.
inline int dead_units(const support::Images& images, const TensorFunction& prepare,
                      const ChosenAutoencoder& model) {
    Tensor size = autograd::zeros({model.encoder.bias.size()});
    support::for_each_chunk(images, [&](const Tensor& pixels, int) {
        size = size + sum(abs(model.g.apply(model.encoder(prepare(pixels)))), 0);
    });
    int dead = 0;
    for (const double total : size.to_vector()) dead += total == 0;
    return dead;
}

// ---- The floor ----

// The best x_hat that f can give is x itself where x is in f's range, and the nearest end of the
// range where it isn't. So no autoencoder with this f has a smaller squared error than
//     sum_j (x_j - clamp(x_j, low, high))^2,
// however large its code, however long it trains.
inline Tensor best_output(const Tensor& x, const Activation& f) { return clamp(x, f.low, f.high); }

}  // namespace lessons
