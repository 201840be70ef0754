#include "autograd/check_gradients.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "autograd/arithmetic.h"
#include "autograd/backward.h"
#include "autograd/reductions.h"

namespace autograd {

namespace {

using Function = std::function<Tensor(const std::vector<Tensor>&)>;

// Fresh leaves with the same values.
std::vector<Tensor> leaves(const std::vector<Tensor>& inputs) {
    std::vector<Tensor> result;
    for (const Tensor& x : inputs) result.push_back(x.detach().requires_grad_());
    return result;
}

// L(x) = sum(v f(x)) with v drawn from `seed`. The terms 0 x^2 make L and its gradients depend on
// every input, so that where f's don't, the derivative is there to compare: zero.
Function projected(Function f, std::uint64_t seed) {
    return [f = std::move(f), seed](const std::vector<Tensor>& x) {
        const Tensor y = f(x);
        Rng rng(seed);
        Tensor loss = sum(y * normal(y.shape(), 0, 1, rng));
        for (const Tensor& input : x) loss = loss + sum(0 * input * input);
        return loss;
    };
}

// L2(x) = sum over inputs of sum(u dL/dx)
Function projected_gradient(Function loss, std::uint64_t seed) {
    return [loss = std::move(loss), seed](const std::vector<Tensor>& x) {
        const Tensor value = loss(x);
        Rng rng(seed);
        Tensor total = 0;
        for (const Tensor& g : grad(std::span(&value, 1), x, true))
            total = total + sum(g * normal(g.shape(), 0, 1, rng));
        return total;
    };
}

// Where in the tensor; a scalar needs no telling.
std::string element_name(const Shape& shape, std::int64_t element) {
    if (shape.rank() == 0) return "";
    std::string text;
    for (int i = shape.rank() - 1; i >= 0; --i) {
        text = std::to_string(element % shape[i]) + (text.empty() ? "" : ", ") + text;
        element /= shape[i];
    }
    return ", element [" + text + "]";
}

GradientCheck compare(const Function& loss, const std::vector<Tensor>& inputs, double tolerance) {
    std::vector<Tensor> x = leaves(inputs);
    const Tensor value = loss(x);
    const std::vector<Tensor> gradients = grad(std::span(&value, 1), x);
    GradientCheck result;
    for (std::size_t k = 0; k < x.size(); ++k)
        for (std::int64_t i = 0; i < x[k].size(); ++i) {
            const double at = x[k].data()[i];
            const double h =
                std::cbrt(std::numeric_limits<double>::epsilon()) * std::max(1.0, std::abs(at));
            const auto loss_at = [&](double v) {
                std::vector<Tensor> moved = leaves(inputs);
                moved[k].mutable_data()[i] = static_cast<real>(v);
                return static_cast<double>(loss(moved).item());
            };
            const double differences = (loss_at(at + h) - loss_at(at - h)) / (2 * h);
            const double engine = gradients[k].data()[i];
            const double error = std::abs(engine - differences) / std::max(1.0, std::abs(engine));
            if (error <= result.largest_error) continue;  // false for NaN, which is an error too
            result.largest_error = error;
            std::ostringstream text;
            text.precision(12);
            text << "input " << k << " of shape " << to_string(x[k].shape())
                 << element_name(x[k].shape(), i) << ": engine " << engine << ", differences "
                 << differences;
            result.message = text.str();
            if (!(error <= tolerance)) result.ok = false;
            if (std::isnan(error)) return result;
        }
    return result;
}

}  // namespace

GradientCheck check_gradients(const Function& f, const std::vector<Tensor>& inputs, int order,
                              double tolerance) {
    if (!std::is_same_v<real, double>)
        throw std::logic_error("check_gradients: float is too coarse: link autograd_double");
    if (order != 1 && order != 2)
        throw std::invalid_argument("check_gradients: order " + std::to_string(order) +
                                    ": it is 1 or 2");
    const Function loss = projected(f, 1);
    GradientCheck first = compare(loss, inputs, tolerance);
    if (order == 1 || !first.ok) return first;
    GradientCheck second = compare(projected_gradient(loss, 2), inputs, tolerance);
    second.message = "order 2, " + second.message;
    return second;
}

}  // namespace autograd
