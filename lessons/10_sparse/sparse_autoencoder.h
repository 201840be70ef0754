#pragma once

#include <cmath>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/support/evaluate.h"
#include "nn/nn.h"

// A code in which few units answer to any one image. Each unit's mean activation over the data is
// held close to a small target rho by a penalty.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;
using autograd::transposed;

struct SparseAutoencoder : nn::Module {
    nn::Linear encoder, decoder;  // weights W: [n, k] and W*: [k, n], biases b: [k] and c: [n]

    // Begins with weights uniform in +-sqrt(6 / (n + k + 1)) and biases at zero, as the UFLDL
    // exercise does.
    SparseAutoencoder(std::int64_t n, std::int64_t k, Rng& rng)
        : encoder(n, k, rng), decoder(k, n, rng) {
        const double a = std::sqrt(6.0 / static_cast<double>(n + k + 1));
        for (nn::Linear* layer : {&encoder, &decoder}) {
            layer->weight = autograd::uniform(layer->weight.shape(), -a, a, rng).requires_grad_();
            layer->bias = autograd::zeros(layer->bias.shape()).requires_grad_();
        }
    }

    // h = sigmoid(x W + b).   x: [m, n], h: [m, k], each activation between 0 (silent) and 1
    Tensor encode(const Tensor& x) const { return autograd::sigmoid(encoder(x)); }
    // x_hat = sigmoid(a), a = h W* + c
    Tensor logits(const Tensor& h) const { return decoder(h); }
    Tensor decode(const Tensor& h) const { return autograd::sigmoid(logits(h)); }
    Tensor forward(const Tensor& x) const override { return decode(encode(x)); }

    nn::NamedParameters named_parameters() const override {
        return nn::join({{"encoder", &encoder}, {"decoder", &decoder}});
    }
};

// rho_hat_l = 1/m sum_i h_il, the mean activation of each hidden unit.   h: [m, k], result [k]
inline Tensor mean_activation(const Tensor& h) { return mean(h, 0); }

// Omega = sum_l KL(rho || rho_hat_l)
//       = sum_l rho log(rho / rho_hat_l) + (1 - rho) log((1 - rho) / (1 - rho_hat_l))
inline Tensor kl_penalty(double rho, const Tensor& rho_hat) {
    return sum(rho * log(rho / rho_hat) + (1 - rho) * log((1 - rho) / (1 - rho_hat)));
}

// dOmega/drho_hat_l = -rho / rho_hat_l + (1 - rho) / (1 - rho_hat_l): negative for a unit that is
// too quiet, positive for one that is too loud.
inline Tensor kl_slope(double rho, const Tensor& rho_hat) {
    return (1 - rho) / (1 - rho_hat) - rho / rho_hat;
}

// The same slope taken at a running mean of rho_hat, which has seen more images than a mini-batch
// holds. Only the slope comes from the past; the derivative of rho_hat with respect to W and b is
// the batch's:
//     running <- decay running + (1 - decay) rho_hat,   penalty = sum_l slope(running_l) rho_hat_l
// The penalty's value means nothing, its gradient is that of Omega.
struct RunningPenalty {
    double decay;
    Tensor running = {};

    Tensor operator()(double rho, const Tensor& rho_hat) {
        const Tensor now = rho_hat.detach();
        running = running.defined() ? decay * running + (1 - decay) * now : now;
        return sum(kl_slope(rho, running) * rho_hat);
    }
};

struct Objective {
    double rho = 0.1;      // target for the mean activation
    double beta = 3;       // weight of the sparsity penalty
    double lambda = 3e-3;  // weight decay
    double gamma = 0;      // L1 on the codes
};

// 1/m sum_i 1/2 ||x_hat_i - x_i||^2
inline Tensor half_squared_error(const Tensor& x_hat, const Tensor& x) {
    return nn::mse_loss(x_hat, x, nn::Reduction::sum) / static_cast<double>(2 * x.size(0));
}

// lambda/2 (||W||^2 + ||W*||^2), biases left out
inline Tensor weight_decay(const SparseAutoencoder& model, double lambda) {
    return lambda / 2 * (sum(square(model.encoder.weight)) + sum(square(model.decoder.weight)));
}

// gamma * mean_i sum_l |h_il|. Activations of a sigmoid are positive: this is gamma sum_l
// rho_hat_l.
inline Tensor l1_penalty(const Tensor& rho_hat, double gamma) { return gamma * sum(rho_hat); }

// The whole cost. With `running`, its KL penalty takes the place of Omega.
inline Tensor cost(const SparseAutoencoder& model, const Tensor& x, const Objective& o,
                   RunningPenalty* running = nullptr) {
    const Tensor h = model.encode(x), rho_hat = mean_activation(h);
    Tensor total = half_squared_error(model.decode(h), x) + weight_decay(model, o.lambda);
    if (o.beta > 0)
        total =
            total + o.beta * (running ? (*running)(o.rho, rho_hat) : kl_penalty(o.rho, rho_hat));
    if (o.gamma > 0) total = total + l1_penalty(rho_hat, o.gamma);
    return total;
}

// The lecture's derivation. Omega depends on W through rho_hat, and that through every image:
//     dOmega/dW_jl = dOmega/drho_hat_l  drho_hat_l/dW_jl
//                  = (-rho / rho_hat_l + (1 - rho) / (1 - rho_hat_l))  1/m sum_i g'(z_il) x_ij
// with g'(z) = h (1 - h); for b_l the same without x_ij. Beside it, behind squared error and
// sigmoids,
//     delta_out = (x_hat - x) x_hat (1 - x_hat) / m                                [m, n]
//     delta_in  = (delta_out W*^T + beta slope / m) h (1 - h)                      [m, k]
// Returns the gradient of the cost (without L1) for W, b, W*, c, in the order of parameters().
inline std::vector<Tensor> hand_gradients(const SparseAutoencoder& model, const Tensor& x,
                                          const Objective& o) {
    autograd::NoGrad no_grad;
    const double m = static_cast<double>(x.size(0));
    const Tensor &W = model.encoder.weight, &W_star = model.decoder.weight;
    const Tensor h = model.encode(x), x_hat = model.decode(h);
    const Tensor slope = kl_slope(o.rho, mean_activation(h));
    const Tensor delta_out = (x_hat - x) * x_hat * (1 - x_hat) / m;
    const Tensor delta_in =
        (matmul(delta_out, transposed(W_star)) + o.beta * slope / m) * h * (1 - h);
    return {matmul(transposed(x), delta_in) + o.lambda * W, sum(delta_in, 0),
            matmul(transposed(h), delta_out) + o.lambda * W_star, sum(delta_out, 0)};
}

// The largest difference between that and the engine's gradient.
inline double hand_gradient_error(const SparseAutoencoder& model, const Tensor& x,
                                  const Objective& o) {
    const std::vector<Tensor> value = {cost(model, x, o)}, parameters = model.parameters();
    return support::largest_difference(autograd::grad(value, parameters),
                                       hand_gradients(model, x, o));
}

}  // namespace lessons
