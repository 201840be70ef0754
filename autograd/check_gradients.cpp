#include "autograd/check_gradients.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/arithmetic.h"
#include "autograd/backward.h"
#include "autograd/reductions.h"

namespace autograd {

namespace {

using Loss = std::function<Tensor()>;

// sum(v y) with v drawn from rng
Tensor projected(const Tensor& y, Rng& rng) { return sum(y * normal(y.shape(), 0, 1, rng)); }

// A number that gets its value back at the end, whatever happens before.
struct Restored {
    real& number;
    const real old = number;
    ~Restored() { number = old; }
};

// " [2, 3]": where the element stands. Nothing for a scalar, which has one alone.
std::string element_name(const Shape& shape, int64_t element) {
    if (shape.rank() == 0) return "";
    std::string text;
    for (int i = shape.rank() - 1; i >= 0; --i) {
        text = std::to_string(element % shape[i]) + (text.empty() ? "" : ", ") + text;
        element /= shape[i];
    }
    return ", element [" + text + "]";
}

// What may be behind a difference; empty if nothing suggests itself.
std::string likely_cause(int order, double engine, double left, double right) {
    std::ostringstream text;
    if (!(std::abs(right - left) <= 1e-3 * std::max(1.0, std::abs(engine))))
        text << " (the slopes to its left and right are " << left << " and " << right
             << ": perhaps a kink)";
    else if (order == 2 && engine == 0)
        text << " (perhaps a gradient function that is not recorded: made with map, loops over "
                "data() or detach)";
    return text.str();
}

GradientCheck compare(const Loss& loss, std::vector<Tensor>& parameters, int order,
                      double tolerance) {
    const Tensor value = loss();
    const std::vector<Tensor> gradients = grad({value}, parameters);
    const double here = value.item();
    GradientCheck result;
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        Tensor& x = parameters[k];
        for (int64_t i = 0; i < x.size(); ++i) {
            const double at = x.data()[i];
            const double h =
                std::cbrt(std::numeric_limits<double>::epsilon()) * std::max(1.0, std::abs(at));
            const auto loss_at = [&](double v) {
                const Restored element{x.mutable_data()[i]};
                element.number = real(v);
                return double(loss().item());
            };
            const double above = loss_at(at + h), below = loss_at(at - h);
            const double differences = (above - below) / (2 * h);
            const double engine = gradients[k].data()[i];
            const double error = std::abs(engine - differences) / std::max(1.0, std::abs(engine));
            if (error <= result.largest_error) continue;  // false for NaN, which is an error too
            result.largest_error = error;
            result.ok = error <= tolerance;
            std::ostringstream text;
            text.precision(12);
            text << (order == 2 ? "order 2, input " : "input ") << k << " of shape " << x.shape()
                 << element_name(x.shape(), i) << ": engine " << engine << ", differences "
                 << differences;
            if (!result.ok && !std::isnan(error))
                text << likely_cause(order, engine, (here - below) / h, (above - here) / h);
            result.message = text.str();
            if (std::isnan(error)) return result;
        }
    }
    return result;
}

}  // namespace

GradientCheck check_gradients(const Loss& loss, std::vector<Tensor> parameters, int order,
                              double tolerance) {
    if (!std::is_same_v<real, double>)
        throw std::logic_error("check_gradients: float is too coarse: link autograd_double");
    if (order != 1 && order != 2) refuse("check_gradients: order ", order, ": it is 1 or 2");
    for (std::size_t k = 0; k < parameters.size(); ++k)
        if (!parameters[k].requires_grad("check_gradients") || !parameters[k].is_leaf())
            refuse("check_gradients: parameter ", k, " is not a leaf that requires a gradient");
    // The terms 0 x^2 make L and its gradients depend on every parameter, so that where y doesn't,
    // the derivative is there to compare: zero.
    const Loss first = [&] {
        Rng rng(1);
        Tensor L = projected(loss(), rng);
        for (const Tensor& x : parameters) L = L + sum(0 * x * x);
        return L;
    };
    GradientCheck result = compare(first, parameters, 1, tolerance);
    if (order == 1 || !result.ok) return result;
    const Loss second = [&] {
        Rng rng(2);
        const Tensor L = first();
        Tensor L2 = 0;
        for (const Tensor& g : grad({L}, parameters, true)) L2 = L2 + projected(g, rng);
        return L2;
    };
    return compare(second, parameters, 2, tolerance);
}

GradientCheck check_gradients(const std::function<Tensor(const std::vector<Tensor>&)>& f,
                              const std::vector<Tensor>& inputs, int order, double tolerance) {
    std::vector<Tensor> x;  // fresh leaves with the same values
    for (const Tensor& input : inputs) x.push_back(input.detach().requires_grad_());
    return check_gradients([&] { return f(x); }, x, order, tolerance);
}

}  // namespace autograd
