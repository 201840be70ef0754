#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "lessons/06_capacity/copying.h"
#include "lessons/09_denoising/denoising_autoencoder.h"
#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/11_contractive/contractive_autoencoder.h"

// One wide network, with room to copy its input, and six remedies. The models and losses are those
// of the lessons before (but `denoising` has two matrices here); new is only the last remedy, which
// lets few units speak by force.
namespace lessons {

// ---- Top-k: keep the k largest pre-activations of an image (Makhzani & Frey 2013) ----

// 1 where z is among the k largest of its row, else 0; of equal ones those that come first. It is a
// constant: no gradient passes through the choice.   z, result: [m, units], 1 <= k <= units
inline Tensor top_k_mask(const Tensor& z, int k) {
    const std::int64_t m = z.size(0), units = z.size(1);
    Tensor mask = autograd::zeros(z.shape());
    std::vector<std::int64_t> order(static_cast<std::size_t>(units));
    for (std::int64_t i = 0; i < m; ++i) {
        const autograd::real* row = z.data() + i * units;
        std::iota(order.begin(), order.end(), 0);
        std::nth_element(order.begin(), order.begin() + (k - 1), order.end(),
                         [row](std::int64_t a, std::int64_t b) {
                             return row[a] != row[b] ? row[a] > row[b] : a < b;
                         });
        for (int l = 0; l < k; ++l) mask.mutable_data()[i * units + order[std::size_t(l)]] = 1;
    }
    return mask;
}

// h = z where z = x W + b is among its k largest, else 0; x_hat = sigmoid(h W^T + c). Where it
// switches no unit on or off, the code is a linear function of x.
struct TopKAutoencoder : TiedLogisticAutoencoder {
    int k = 1;  // active units

    using TiedLogisticAutoencoder::TiedLogisticAutoencoder;
    Tensor encode(const Tensor& x) const {
        const Tensor z = linear(x, W, b);
        return z * top_k_mask(z, k);
    }
    Tensor forward(const Tensor& x) const override { return decode(encode(x)); }
};

// ||dh/dx||_F^2, mean over the images: sum_l ||w_l||^2 over the units that are switched on.
inline Tensor top_k_jacobian_norm2(const Tensor& h, const Tensor& W) {
    const Tensor on = autograd::map(h, [](double v) { return v != 0 ? 1.0 : 0.0; });
    return sum(on * sum(square(W), 0)) / double(h.size(0));
}

// ---- The seven networks ----

struct Remedies {
    int hidden = 1024;
    double decay = 1e-5;       // lambda of lambda ||W||^2 + lambda ||W*||^2
    double corruption = 0.3;   // share of the pixels that are masked
    double rho = 0.05;         // target of a unit's mean activation
    double sparsity = 0.3;     // weight of the KL penalty, beside a loss summed over the pixels
    double contraction = 0.1;  // weight of ||dh/dx||^2, likewise
    int active = 25,
        wide = 100;  // top-k: units that speak at the end of the training, at its start
};

// A network and what is minimised; `done`, from 0 to 1, is how much of the training is behind.
struct Variant {
    std::string name;
    std::shared_ptr<nn::Module> model;
    std::function<Tensor(const Tensor& x, double done, Rng& rng)> loss;
    std::function<Tensor(const Tensor& x)> encode;
    std::function<Tensor(const Tensor& h, const Tensor& W)> jacobian_norm2 =
        closed_form;  // of logistic units, lesson 11's
    Tensor W, b;      // the encoder's, [n, k] and [k]

    Tensor restore(const Tensor& x) const { return (*model)(x); }
};

// Masking with what is left made brighter, x~ = x * mask / (1 - q): E[x~] = x. Without the division
// a masked image is a darker one, too, and two kinds of damage are mixed.
inline Tensor masked_and_scaled(const Tensor& x, double q, Rng& rng) {
    return masked(x, q, rng) / (1 - q);
}

// Every network starts from weights of Glorot's size and is trained on the cross-entropy. Each
// changes one thing of `plain`, but for two: `contractive` is tied, too, because with two matrices
// its penalty could be had for nothing, and `top_k` has tied weights and linear units, as
// published.
inline std::vector<Variant> variants(std::int64_t n, const Remedies& r, Rng& rng) {
    std::vector<Variant> all;
    // Logistic units, two matrices: lesson 10's network.
    const auto untied = [&](const std::string& name, auto loss) {
        const auto model = std::make_shared<SparseAutoencoder>(n, r.hidden, rng);
        all.push_back(
            {.name = name,
             .model = model,
             .loss = [=](const Tensor& x, double, Rng& draws) { return loss(*model, x, draws); },
             .encode = [=](const Tensor& x) { return model->encode(x); },
             .W = model->encoder.weight,
             .b = model->encoder.bias});
    };
    const auto reconstruction = [](const auto& model, const Tensor& x) {
        return reconstruction_loss(model, model.encode(x), x);
    };
    const double pixels = double(n);

    untied("plain", [=](auto& model, auto& x, Rng&) { return reconstruction(model, x); });
    untied("weight_decay", [=](auto& model, auto& x, Rng&) {
        return reconstruction(model, x) + weight_decay(model, 2 * r.decay);  // it has lambda / 2
    });
    const auto tied = [&](const std::string& name, double lambda) {
        const auto model = std::make_shared<TiedLogisticAutoencoder>(n, r.hidden, rng);
        all.push_back({.name = name,
                       .model = model,
                       .loss = [=](const Tensor& x, double,
                                   Rng&) { return contractive_loss(*model, x, lambda); },
                       .encode = [=](const Tensor& x) { return model->encode(x); },
                       .W = model->W,
                       .b = model->b});
    };
    tied("tied", 0);
    untied("denoising", [=](auto& model, auto& x, Rng& draws) {
        return reconstruction_loss(model, model.encode(masked_and_scaled(x, r.corruption, draws)),
                                   x);
    });
    untied("sparse", [=](auto& model, auto& x, Rng&) {
        const Tensor h = model.encode(x);
        return reconstruction_loss(model, h, x) +
               r.sparsity / pixels * kl_penalty(r.rho, mean_activation(h));
    });
    tied("contractive", r.contraction / pixels);

    const auto model = std::make_shared<TopKAutoencoder>(n, r.hidden, rng);
    all.push_back({.name = "top_k",
                   .model = model,
                   .loss =
                       [=](const Tensor& x, double done, Rng&) {
                           // Many at the start, as the paper advises, so that every unit is chosen
                           // at times.
                           model->k = int(std::lround(r.wide + done * (r.active - r.wide)));
                           return reconstruction(*model, x);
                       },
                   .encode = [=](const Tensor& x) { return model->encode(x); },
                   .jacobian_norm2 = top_k_jacobian_norm2,
                   .W = model->W,
                   .b = model->b});
    return all;
}

}  // namespace lessons
