#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/12_summary/remedies.h"  // top_k_mask
#include "nn/nn.h"

// A sparse autoencoder as it is used today, to take the activations of a large network apart: more
// units than inputs, few of them on at a time, and what each draws is a row of the decoder.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

// z = (x - c) W + b, h = max(z, 0) for the k largest z of an input and 0 for the others,
// x_hat = h W* + c: a sum of the rows of W* that are switched on. (Makhzani & Frey 2013; in this
// form Gao et al. 2024, section 2.3.) With k = 0 all units may speak, and a penalty must keep them
// silent.
struct SparseDictionary : nn::Module {
    Tensor W, b, W_star, c;  // [n, units], [units], [units, n], [n]
    int k;                   // units that may be on

    // The rows of W* begin as random directions of length 1. W begins as their transpose, so that
    // each unit looks for what it draws (Gao et al. 2024, appendix A.1), or with directions of its
    // own.
    SparseDictionary(std::int64_t n, std::int64_t units, int active, bool transpose_start, Rng& rng)
        : b(autograd::zeros({units}).requires_grad_()),
          c(autograd::zeros({n}).requires_grad_()),
          k(active) {
        const Tensor rows = support::unit_rows(autograd::normal({units, n}, 0, 1, rng)),
                     others = support::unit_rows(autograd::normal({units, n}, 0, 1, rng));
        W_star = rows.detach().requires_grad_();
        W = transpose(transpose_start ? rows : others).detach().requires_grad_();
    }

    // c begins at the mean of the data, so that the units are spared drawing it.   mean: [n]
    void begin_at(const std::vector<double>& mean) {
        c = autograd::tensor(mean, c.shape()).requires_grad_();
    }

    Tensor scores(const Tensor& x) const { return linear(x - c, W, b); }  // z: [m, units]
    Tensor switch_on(const Tensor& z) const { return k > 0 ? relu(z) * top_k_mask(z, k) : relu(z); }
    Tensor encode(const Tensor& x) const { return switch_on(scores(x)); }   // h
    Tensor decode(const Tensor& h) const { return matmul(h, W_star) + c; }  // x_hat
    Tensor forward(const Tensor& x) const override { return decode(encode(x)); }

    nn::NamedParameters named_parameters() const override {
        return {{"W", W}, {"b", b}, {"W_star", W_star}, {"c", c}};
    }
};

// Brings each row of W* back to length 1, in place, after an optimiser's step. A coefficient then
// means the same for every unit, and L1 can't be cheated by small h and long rows.
inline void normalise_rows(Tensor& W_star) {
    const std::int64_t units = W_star.size(0), n = W_star.size(1);
    autograd::real* row = W_star.mutable_data();
    for (std::int64_t l = 0; l < units; ++l, row += n) {
        double squares = 0;
        for (std::int64_t j = 0; j < n; ++j) squares += double(row[j]) * row[j];
        const double scale = 1 / std::sqrt(squares);
        for (std::int64_t j = 0; j < n; ++j) row[j] = autograd::real(row[j] * scale);
    }
}

// Adam, and after each step the rows of W* have length 1 again.
struct DictionaryAdam : nn::Adam {
    Tensor W_star;
    DictionaryAdam(const SparseDictionary& model, double lr)
        : nn::Adam(model.parameters(), {.lr = lr}), W_star(model.W_star) {}
    void step() {
        nn::Adam::step();
        normalise_rows(W_star);
    }
};

// ---- The losses: mean over the inputs, summed over an input's numbers ----

inline Tensor mean_square_length(const Tensor& e) { return sum(square(e)) / double(e.size(0)); }

// mean ||x_hat - x||^2
inline Tensor top_k_loss(const SparseDictionary& model, const Tensor& x) {
    return mean_square_length(model(x) - x);
}

// mean ||x_hat - x||^2 + lambda sum_l h_l
inline Tensor l1_loss(const SparseDictionary& model, const Tensor& x, double lambda) {
    const Tensor h = model.encode(x);
    return mean_square_length(model.decode(h) - x) + lambda / double(x.size(0)) * sum(h);
}

// ---- Dead units, and the loss that wakes them ----

// For how many inputs each unit has been off. A unit that was off for `patience` of them is taken
// for dead.
struct Silence {
    int patience;
    std::vector<int> inputs;  // [units], since it was last on

    Silence(std::int64_t units, int patience_) : patience(patience_), inputs(std::size_t(units)) {}

    void see(const Tensor& h) {  // [m, units]
        const std::int64_t m = h.size(0), units = h.size(1);
        std::vector<char> on(static_cast<std::size_t>(units));
        for (std::int64_t i = 0; i < m; ++i)
            for (std::int64_t l = 0; l < units; ++l)
                on[std::size_t(l)] |= h.data()[i * units + l] > 0;
        for (std::size_t l = 0; l < on.size(); ++l) inputs[l] = on[l] ? 0 : inputs[l] + int(m);
    }
    bool is_dead(std::size_t l) const { return inputs[l] >= patience; }
    int dead() const {
        return int(std::ranges::count_if(inputs, [&](int n) { return n >= patience; }));
    }
};

// What is left unexplained, e = x - x_hat, is shown to the dead units: the best k_aux of them are
// to draw it. e counts as data here, a constant: only dead units get a gradient.
//     e_hat = h_dead W*,   loss = mean ||e||^2 + alpha mean ||e - e_hat||^2
// (Gao et al. 2024, appendix A.2, with alpha = 1/32)
inline Tensor auxiliary_loss(const SparseDictionary& model, const Tensor& x, Silence& silence,
                             double alpha, int k_aux) {
    const Tensor z = model.scores(x), h = model.switch_on(z), e = x - model.decode(h);
    silence.see(h);
    const Tensor loss = mean_square_length(e);
    const int dead = silence.dead();
    if (alpha == 0 || dead == 0) return loss;
    Tensor alive = autograd::empty({z.size(1)});
    for (std::int64_t l = 0; l < z.size(1); ++l)
        alive.mutable_data()[l] = silence.is_dead(std::size_t(l)) ? 0 : 1;
    const Tensor on = top_k_mask(z.detach() - 1e6 * alive, std::min(k_aux, dead));
    const Tensor e_hat = matmul(relu(z) * on, model.W_star);
    return loss + alpha * mean_square_length(e.detach() - e_hat);
}

// The share of the units that no input of these switches on.   h: [m, units]
inline double dead_share(const Tensor& h) {
    Silence silence(h.size(1), 1);
    silence.see(h);
    return double(silence.dead()) / double(h.size(1));
}

// How many units an input switches on, on average.   h: [m, units]
inline double active_units(const Tensor& h) {
    return double(std::ranges::count_if(h.to_vector(), [](double v) { return v > 0; })) /
           double(h.size(0));
}

// ---- What an input switches on ----

struct Feature {
    int unit;
    double coefficient;  // h_l; the unit adds h_l times row l of W* to x_hat
};

// Those of one input, the largest first.   h: [1, units], or row i of [m, units]
inline std::vector<Feature> features(const Tensor& h, std::int64_t i = 0) {
    std::vector<Feature> on;
    for (std::int64_t l = 0; l < h.size(1); ++l)
        if (const double v = h.data()[i * h.size(1) + l]; v > 0) on.push_back({int(l), v});
    std::ranges::sort(on, std::greater(), &Feature::coefficient);
    return on;
}

}  // namespace lessons
