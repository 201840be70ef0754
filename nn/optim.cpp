#include "nn/optim.h"

#include <cmath>
#include <set>

#include "autograd/kernels/elementwise.h"
#include "autograd/kernels/reduce.h"

namespace nn::inline HOURGLASS_PRECISION {

namespace kernels = autograd::kernels;

using autograd::refuse;

Optimizer::Optimizer(std::vector<Tensor> parameters) : parameters_(std::move(parameters)) {
    if (parameters_.empty()) refuse("optimiser: there are no parameters: pass model.parameters()");
    std::set<const void*> seen;
    for (const Tensor& p : parameters_) {
        if (!p.requires_grad("optimiser"))
            refuse("optimiser: a parameter of shape ", p.shape(),
                   " has no requires_grad_(): it would never be trained");
        if (!seen.insert(p.node()).second)
            refuse("optimiser: a parameter of shape ", p.shape(),
                   " was passed twice: each step would move it twice");
    }
}

void Optimizer::zero_grad() {
    for (Tensor& p : parameters_) p.zero_grad();
}

void Optimizer::require_gradients() const {
    for (const Tensor& p : parameters_)
        if (p.grad().defined()) return;
    refuse("optimiser: no parameter has a gradient: call loss.backward() before step()");
}

double clip_grad_norm(const std::vector<Tensor>& parameters, double max_norm) {
    if (!(max_norm >= 0)) refuse("clip_grad_norm: max_norm ", max_norm, ": it is 0 or more");
    double squares = 0;
    for (const Tensor& p : parameters) {
        const Tensor gradient = p.grad();
        if (!gradient.defined()) continue;
        const real* g = gradient.data();
        squares += kernels::sum_of<double>(
            gradient.size(), [=](std::int64_t i) { return double(g[i]) * double(g[i]); });
    }
    const double norm = std::sqrt(squares);
    const auto scale = real(max_norm / (norm + 1e-6));
    for (const Tensor& p : parameters) {
        Tensor gradient = p.grad();
        if (!gradient.defined() || scale >= 1) continue;
        real* g = gradient.mutable_data();
        kernels::map(gradient.size(), g, g, [scale](real e) { return scale * e; });
    }
    return norm;
}

namespace {

void require(const char* name, double setting) {
    if (!(setting >= 0)) refuse("optimiser: ", name, " is ", setting, ": it must be 0 or more");
}

// A zero for every number of every parameter.
std::vector<std::vector<real>> zeros_like(const std::vector<Tensor>& parameters) {
    std::vector<std::vector<real>> result;
    result.reserve(parameters.size());
    for (const Tensor& p : parameters) result.emplace_back(p.size());
    return result;
}

// update(i) for every element i of a parameter, on all threads.
template <class F>
void for_each(std::int64_t size, F update) {
    kernels::parallel_for(size, kernels::elementwise_grain, [=](auto begin, auto end) {
        const F mine = update;  // see kernels/elementwise.h
        for (std::int64_t i = begin; i < end; ++i) mine(i);
    });
}

}  // namespace

Sgd::Sgd(std::vector<Tensor> parameters, Settings s)
    : Optimizer(std::move(parameters)), settings(s), velocity_(zeros_like(parameters_)) {
    require("lr", s.lr), require("momentum", s.momentum), require("weight_decay", s.weight_decay);
}

void Sgd::step() {
    require_gradients();
    const auto lr = real(settings.lr), momentum = real(settings.momentum),
               decay = real(settings.weight_decay);
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
        if (!parameters_[k].grad().defined()) continue;
        real *p = parameters_[k].mutable_data(), *v = velocity_[k].data();
        const Tensor gradient = parameters_[k].grad();
        const real* g = gradient.data();
        for_each(gradient.size(), [=](std::int64_t i) {
            v[i] = momentum * v[i] + (g[i] + decay * p[i]);
            p[i] -= lr * v[i];
        });
    }
}

Adam::Adam(std::vector<Tensor> parameters, Settings s, bool decoupled)
    : Optimizer(std::move(parameters)),
      settings(s),
      m_(zeros_like(parameters_)),
      v_(zeros_like(parameters_)),
      t_(parameters_.size()),
      decoupled_(decoupled) {
    require("lr", s.lr), require("eps", s.eps), require("weight_decay", s.weight_decay);
    for (const double beta : {s.beta1, s.beta2})
        if (!(beta >= 0 && beta < 1)) refuse("optimiser: a beta of ", beta, ": not in [0, 1)");
}

void Adam::step() {
    require_gradients();
    // Numbers near 1 have few digits left for their distance from 1: 1 - beta is rounded to float
    // after the subtraction, and 1 - lr weight_decay is not formed.
    const auto beta1 = real(settings.beta1), beta2 = real(settings.beta2),
               rest1 = real(1 - settings.beta1), rest2 = real(1 - settings.beta2),
               eps = real(settings.eps), decay = real(decoupled_ ? 0 : settings.weight_decay),
               shrinks_by = real(decoupled_ ? settings.lr * settings.weight_decay : 0);
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
        if (!parameters_[k].grad().defined()) continue;
        const int t = ++t_[k];
        const auto step = real(settings.lr / (1 - std::pow(settings.beta1, t))),
                   bias2 = real(1 / std::sqrt(1 - std::pow(settings.beta2, t)));
        real *p = parameters_[k].mutable_data(), *m = m_[k].data(), *v = v_[k].data();
        const Tensor gradient = parameters_[k].grad();
        const real* g = gradient.data();
        for_each(gradient.size(), [=](std::int64_t i) {
            const real d = g[i] + decay * p[i];
            m[i] = beta1 * m[i] + rest1 * d;
            v[i] = beta2 * v[i] + rest2 * d * d;
            p[i] -= shrinks_by * p[i] + step * m[i] / (std::sqrt(v[i]) * bias2 + eps);
        });
    }
}

}  // namespace nn::inline HOURGLASS_PRECISION
