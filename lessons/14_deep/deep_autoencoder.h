#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"

// Several layers on each side of the code (Hinton & Salakhutdinov 2006, figure 1). With no hidden
// layer at all it is logistic PCA: a linear code, a logistic output.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

using Unit = std::function<Tensor(const Tensor&)>;  // element by element

// x where x > 0, else exp(x) - 1: a smooth bend at 0, slope 1 on the right, and never silent.
// (Clevert et al. 2016, equation 15, alpha = 1). What is right of 0 adds exp(0) - 1 = 0.
inline Tensor elu(const Tensor& x) { return relu(x) + exp(clamp(x, -100, 0)) - 1; }

// h_0 = x,  h_i = g(h_(i-1) W_i + b_i),  and the code h = h_(L-1) W_L + b_L is linear;
// the decoder is the mirror image, and ends in the pre-activations of logistic pixels.
struct StackedAutoencoder : nn::Module {
    std::vector<nn::Linear> encoder, decoder;  // L each
    Unit g;

    // sizes: {n, hidden ..., k}. Weights are Glorot's, biases 0.
    StackedAutoencoder(const std::vector<int>& sizes, Unit unit, Rng& rng) : g(std::move(unit)) {
        const auto layer = [&](int in, int out) {
            nn::Linear linear(in, out, rng);
            linear.weight = nn::init::xavier_uniform(in, out, rng).requires_grad_();
            linear.bias = autograd::zeros({out}).requires_grad_();
            return linear;
        };
        for (std::size_t i = 1; i < sizes.size(); ++i)
            encoder.push_back(layer(sizes[i - 1], sizes[i]));
        for (std::size_t i = sizes.size() - 1; i > 0; --i)
            decoder.push_back(layer(sizes[i], sizes[i - 1]));
    }

    // What the first l layers make of x: all of them the code, [m, n] -> [m, k].
    Tensor hidden(const Tensor& x, std::size_t l) const { return through(encoder, x, l); }
    Tensor encode(const Tensor& x) const { return hidden(x, encoder.size()); }
    Tensor logits(const Tensor& h) const { return through(decoder, h, decoder.size()); }
    Tensor decode(const Tensor& h) const { return sigmoid(logits(h)); }  // [m, k] -> [m, n]
    Tensor forward(const Tensor& x) const override { return decode(encode(x)); }

    nn::NamedParameters named_parameters() const override {
        std::vector<std::pair<std::string, const nn::Module*>> named;
        for (std::size_t i = 0; i < encoder.size(); ++i)
            named.emplace_back("encoder." + std::to_string(i), &encoder[i]);
        for (std::size_t i = 0; i < decoder.size(); ++i)
            named.emplace_back("decoder." + std::to_string(i), &decoder[i]);
        return nn::join(named);
    }

  private:
    // The first `count` layers one after the other, g behind each but the last of all.
    Tensor through(const std::vector<nn::Linear>& layers, const Tensor& x,
                   std::size_t count) const {
        Tensor h = x;
        for (std::size_t i = 0; i < count; ++i)
            h = i + 1 < layers.size() ? g(layers[i](h)) : layers[i](h);
        return h;
    }
};

// Cross-entropy of pixels that are lit with probability sigmoid(logits): nats, the mean over the
// pixels and the images.   x: [m, n]
inline Tensor deep_loss(const StackedAutoencoder& model, const Tensor& x) {
    return nn::binary_cross_entropy_with_logits(model.logits(model.encode(x)), x);
}

}  // namespace lessons
