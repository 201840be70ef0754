#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/08_tied_weights/tied_autoencoder.h"
#include "lessons/support/evaluate.h"
#include "nn/nn.h"

// A code that hardly moves when the input does: the reconstruction error and, beside it, a price on
// the encoder's derivatives,
//     Omega = 1/m sum_i ||J(x_i)||_F^2,   J = dh/dx: [k, n],   ||J||_F^2 = sum_lj (dh_l/dx_j)^2
// Three exact ways to compute Omega follow the two models, and an estimate.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;
using autograd::transposed;

// Tied weights, as the contractive autoencoder was published (Rifai et al. 2011). With two matrices
// the penalty could be had for nothing: W smaller, W* larger by the same factor.
using ContractiveAutoencoder = TiedLogisticAutoencoder;

// Two layers to the code. dh/dx is now a product of matrices that differs for each x, and nothing
// is left of the closed form's convenience.
struct DeepAutoencoder : nn::Module {
    nn::Linear first, second, decoder;  // n -> middle -> k -> n

    DeepAutoencoder(std::int64_t n, std::int64_t middle, std::int64_t k, Rng& rng)
        : first(n, middle, rng), second(middle, k, rng), decoder(k, n, rng) {
        for (nn::Linear* layer : {&first, &second, &decoder}) {
            const std::int64_t in = layer->weight.size(0), out = layer->weight.size(1);
            // The slope of the logistic function is 1/4 at most; 4 makes up for it.
            layer->weight = (4 * nn::init::xavier_uniform(in, out, rng)).requires_grad_();
            layer->bias = autograd::zeros({out}).requires_grad_();
        }
    }

    Tensor encode(const Tensor& x) const { return sigmoid(second(sigmoid(first(x)))); }
    Tensor logits(const Tensor& h) const { return decoder(h); }
    Tensor forward(const Tensor& x) const override { return sigmoid(logits(encode(x))); }

    nn::NamedParameters named_parameters() const override {
        return nn::join({{"first", &first}, {"second", &second}, {"decoder", &decoder}});
    }
};

using Encoder = std::function<Tensor(const Tensor&)>;

// ---- Omega, four times ----

// For h = sigmoid(x W + b) the chain rule gives dh_l/dx_j = h_l (1 - h_l) W_jl, and so
//     Omega = 1/m sum_i sum_l (h_il (1 - h_il))^2 sum_j W_jl^2
// h: [m, k], W: [n, k]
inline Tensor closed_form(const Tensor& h, const Tensor& W) {
    return sum(square(h * (1 - h)) * sum(square(W), 0)) / double(h.size(0));
}

// The same from the engine, for any encoder: a backward sweep for each unit l gives dh_l/dx, and
// create_graph records the sweep, so that the result can be differentiated again. The sum over the
// images does not mix them: h_il depends on x_i alone.
inline Tensor by_engine(const Encoder& encode, const Tensor& images) {
    const Tensor x = images.detach().requires_grad_(), h = encode(x);
    Tensor total = 0;
    for (std::int64_t l = 0; l < h.size(1); ++l) {
        const Tensor row = grad(sum(narrow(h, 1, l, 1)), x, true);  // [m, n], dh_il/dx_ij
        total = total + sum(square(row));
    }
    return total / double(x.size(0));
}

// A sweep for each unit is dear. With v drawn from N(0, I) the mean of ||v J||^2 is ||J||_F^2, and
// v J, the gradient of v . h, takes one sweep: right on average, which is all that gradient descent
// asks for.
inline Tensor by_projection(const Encoder& encode, const Tensor& images, Rng& rng) {
    const Tensor x = images.detach().requires_grad_(), h = encode(x);
    const Tensor v = autograd::normal(h.shape(), 0, 1, rng);  // another for each image
    return sum(square(grad(sum(v * h), x, true))) / double(x.size(0));
}

// And without any derivative, by moving each pixel a little to both sides.
inline double by_differences(const Encoder& encode, const Tensor& images) {
    autograd::NoGrad no_grad;
    const std::int64_t m = images.size(0), n = images.size(1);
    const double step = std::cbrt(std::numeric_limits<autograd::real>::epsilon());
    double total = 0;
    for (std::int64_t j = 0; j < n; ++j) {
        Tensor e = autograd::zeros({n});
        e.mutable_data()[j] = step;
        total += sum(square((encode(images + e) - encode(images - e)) / (2 * step))).item();
    }
    return total / double(m);
}

// Omega over many images, by the closed form.
inline double jacobian_norm2(const ContractiveAutoencoder& model, const support::Images& images) {
    double total = 0;
    support::for_each_chunk(images, [&](const Tensor& x, int) {
        total += closed_form(model.encode(x), model.W).item() * double(x.size(0));
    });
    return total / images.count;
}

// A slip of a well-known tutorial: divided by the batch as integers are, `//` in Python, the
// penalty is rounded down. Below 1 nothing is left of it; above, it is a staircase, whose
// derivative is 0.
inline Tensor floored(const Tensor& penalty) { return std::floor(double(penalty.item())); }

// ---- The loss: what reconstruction wants, and what Omega wants ----

template <class Model>
Tensor reconstruction_loss(const Model& model, const Tensor& h, const Tensor& x) {
    return nn::binary_cross_entropy_with_logits(model.logits(h), x);
}

inline Tensor contractive_loss(const ContractiveAutoencoder& model, const Tensor& x,
                               double lambda) {
    const Tensor h = model.encode(x);
    const Tensor loss = reconstruction_loss(model, h, x);
    return lambda > 0 ? loss + lambda * closed_form(h, model.W) : loss;
}

inline Tensor contractive_loss(const DeepAutoencoder& model, const Tensor& x, double lambda,
                               Rng& rng) {
    const Tensor loss = reconstruction_loss(model, model.encode(x), x);
    if (lambda == 0) return loss;
    return loss + lambda * by_projection([&](const Tensor& t) { return model.encode(t); }, x, rng);
}

// What two matrices could do: W and b divided by `factor`, and a decoder of its own, W* = factor
// W^T, that multiplies what is left of the code by it. Near z = 0 the logistic function is linear,
// h(z) - 1/2 = z / 4, and nothing changes; where units are bent, something does.   x, result: [m,
// n]
inline Tensor shrunk_code(const ContractiveAutoencoder& model, const Tensor& x, double factor) {
    return sigmoid(linear(x, model.W / factor, model.b / factor));
}
inline Tensor shrunk_reconstruction(const ContractiveAutoencoder& model, const Tensor& x,
                                    double factor) {
    return model.decode(0.5 + factor * (shrunk_code(model, x, factor) - 0.5));
}

// ---- dOmega/dW by hand ----

// W occurs twice in the closed form. Openly, in s_l = sum_j W_jl^2, and inside h; with d = h (1 -
// h), and dd/dz = d (1 - 2h) for z = x W + b,
//     dOmega/dW_jl = 2/m sum_i (d_il^2 W_jl + s_l d_il^2 (1 - 2 h_il) x_ij)
//     dOmega/db_l  = 2/m sum_i s_l d_il^2 (1 - 2 h_il)
struct HandGradient {
    Tensor W, b;
};
inline HandGradient hand_gradient(const Tensor& x, const Tensor& h, const Tensor& W) {
    const double m = double(x.size(0));
    const Tensor d2 = square(h * (1 - h));                      // [m, k]
    const Tensor delta = d2 * (1 - 2 * h) * sum(square(W), 0);  // [m, k]
    return {2 / m * (sum(d2, 0) * W + matmul(transposed(x), delta)), 2 / m * sum(delta, 0)};
}

// The largest difference between that and the engine's gradient of the engine's own Jacobian.
inline double hand_gradient_error(const ContractiveAutoencoder& model, const Tensor& x) {
    const Tensor omega = by_engine([&](const Tensor& t) { return model.encode(t); }, x);
    const HandGradient hand = hand_gradient(x, model.encode(x), model.W);
    return support::largest_difference(grad(std::vector{omega}, std::vector{model.W, model.b}),
                                       {hand.W, hand.b});
}

// How far the code moves for a step of length 1 in the direction u, ||J u||: mean over the points.
// ||J u||^2 = sum_l (h_l (1 - h_l))^2 (w_l . u)^2.   x: [m, n], u: [1, n]
inline double sensitivity(const ContractiveAutoencoder& model, const Tensor& x, const Tensor& u) {
    autograd::NoGrad no_grad;
    const Tensor h = model.encode(x);
    return mean(sqrt(sum(square(h * (1 - h) * matmul(u, model.W)), 1))).item();
}

}  // namespace lessons
