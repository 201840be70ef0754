#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/map.h"

// Four small functions, and three ways to their gradients: by hand, by the engine, and by central
// differences, which know nothing of calculus and so can judge the other two.
namespace lessons {

using autograd::Tensor;

using Inputs = std::vector<Tensor>;
using Function = std::function<Tensor(const Inputs&)>;
using Tanh = Tensor (*)(const Tensor&);  // the right one, or a mistaken one

// ---- The functions, each with its value and its gradients by hand ----

struct ByHand {
    double value;
    std::vector<double> gradients;  // one number for each element of each input, in order
};

// L = tanh(a b + c),   dL/da = (1 - L^2) b,   dL/db = (1 - L^2) a,   dL/dc = 1 - L^2
inline Tensor chain(const Inputs& x, Tanh tanh = autograd::tanh) {
    const Tensor &a = x[0], &b = x[1], &c = x[2];
    return tanh(a * b + c);
}

inline ByHand chain_by_hand(const Inputs& x) {
    const double a = x[0].item(), b = x[1].item(), c = x[2].item();
    const double L = std::tanh(a * b + c);
    return {L, {(1 - L * L) * b, (1 - L * L) * a, 1 - L * L}};
}

// L = u tanh(u) with u = a b. Two paths lead from u to L, and their gradients add:
// dL/du = tanh(u) + u (1 - tanh(u)^2),   dL/da = b dL/du,   dL/db = a dL/du
inline Tensor used_twice(const Inputs& x, Tanh tanh = autograd::tanh) {
    const Tensor u = x[0] * x[1];
    return u * tanh(u);
}

inline ByHand used_twice_by_hand(const Inputs& x) {
    const double a = x[0].item(), b = x[1].item(), u = a * b, t = std::tanh(u);
    const double du = t + u * (1 - t * t);
    return {u * t, {b * du, a * du}};
}

// One neuron, y = tanh(w x + b), and its mean squared error over m samples with targets t. With
// e = y - t:   L = mean(e e),   dL/dw = 2/m sum e (1 - y^2) x,   dL/db = 2/m sum e (1 - y^2)
// parameters: w and b, single numbers;   x, t: [m]
inline Tensor neuron_loss(const Inputs& parameters, const Tensor& x, const Tensor& t,
                          Tanh tanh = autograd::tanh) {
    const Tensor &w = parameters[0], &b = parameters[1];
    const Tensor e = tanh(w * x + b) - t;
    return mean(e * e);
}

inline ByHand neuron_by_hand(const Inputs& parameters, const Tensor& x, const Tensor& t) {
    const double w = parameters[0].item(), b = parameters[1].item();
    const auto m = static_cast<double>(x.size());
    double L = 0, dw = 0, db = 0;
    for (std::int64_t i = 0; i < x.size(); ++i) {
        const double y = std::tanh(w * x.at({i}) + b), e = y - t.at({i});
        L += e * e / m;
        dw += 2 / m * e * (1 - y * y) * x.at({i});
        db += 2 / m * e * (1 - y * y);
    }
    return {L, {dw, db}};
}

// L = 1/2 sum of Y^2 with Y = X W, so dL/dY = Y and   dL/dX = Y W^T,   dL/dW = X^T Y
// X: [n, k], W: [k, m]
inline Tensor product_loss(const Inputs& x) { return 0.5 * sum(square(matmul(x[0], x[1]))); }

inline ByHand product_by_hand(const Inputs& x) {
    const Tensor &X = x[0], &W = x[1];
    const std::int64_t n = X.size(0), k = X.size(1), m = W.size(1);
    double L = 0;
    std::vector<double> dX(n * k), dW(k * m);
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < m; ++j) {
            double y = 0;
            for (std::int64_t l = 0; l < k; ++l) y += X.at({i, l}) * W.at({l, j});
            L += y * y / 2;
            for (std::int64_t l = 0; l < k; ++l) {
                dX[i * k + l] += y * W.at({l, j});
                dW[l * m + j] += X.at({i, l}) * y;
            }
        }
    dX.insert(dX.end(), dW.begin(), dW.end());
    return {L, dX};
}

// ---- By central differences ----

// f'(x) ~ (f(x + delta) - f(x - delta)) / (2 delta). What is left of delta after rounding x + delta
// is what divides.
template <class F, class Scalar>
Scalar central_difference(F f, Scalar x, Scalar delta) {
    const Scalar right = x + delta, left = x - delta;
    return (f(right) - f(left)) / (right - left);
}

// Its error is delta^2/6 f''' (truncation) plus about eps f / delta (round-off): least near delta =
// eps^(1/3).
template <class Scalar>
Scalar best_step() {
    return std::cbrt(std::numeric_limits<Scalar>::epsilon());
}

// Each number of each input is moved a little to both sides: two evaluations of f a number.
inline std::vector<double> gradients_by_differences(const Function& f, const Inputs& at) {
    const autograd::NoGrad no_grad;
    Inputs x;
    for (const Tensor& input : at) x.push_back(input.detach());
    std::vector<double> result;
    for (Tensor& input : x)
        for (std::int64_t i = 0; i < input.size(); ++i) {
            double& number = input.mutable_data()[i];
            const double original = number;
            const auto f_at = [&](double v) {
                number = v;
                return f(x).item();
            };
            result.push_back(central_difference(
                f_at, original, best_step<double>() * std::max(1.0, std::abs(original))));
            number = original;
        }
    return result;
}

// The error of central differences, relative to the derivative: root mean square over many points
// x, for f = exp, where f' and f''' are exp too, so that truncation is delta^2/6 and round-off
// about eps/delta everywhere. All arithmetic is done in Scalar; the judge is exp in double.
template <class Scalar>
double error_of_differences(const std::vector<double>& points, double delta) {
    const auto f = [](Scalar x) { return std::exp(x); };
    double sum = 0;
    for (const double point : points) {
        const auto x = static_cast<Scalar>(point);
        const double slope = central_difference(f, x, static_cast<Scalar>(delta));
        sum += std::pow(slope / std::exp(static_cast<double>(x)) - 1, 2);
    }
    return std::sqrt(sum / static_cast<double>(points.size()));
}

// That error for steps delta = 1, 10^(-1/8), 10^(-2/8), ...: falling, then rising.
struct Valley {
    std::vector<double> steps, errors;

    struct Best {
        double step, error;
    };
    Best best() const {
        const auto i = std::min_element(errors.begin(), errors.end()) - errors.begin();
        return {steps[i], errors[i]};
    }
};
template <class Scalar>
Valley valley(const std::vector<double>& points, int steps) {
    Valley result;
    for (int i = 0; i < steps; ++i) {
        result.steps.push_back(std::pow(10, -i / 8.0));
        result.errors.push_back(error_of_differences<Scalar>(points, result.steps.back()));
    }
    return result;
}

// ---- By the engine, with room for three classic mistakes ----

enum class Mistake { none, not_zeroed, overwritten, wrong_formula };

inline const std::map<std::string, Mistake> mistakes = {
    {"none", Mistake::none},
    {"not-zeroed", Mistake::not_zeroed},
    {"overwritten", Mistake::overwritten},
    {"wrong-formula", Mistake::wrong_formula},
};

// The backward sweep in its smallest form: autograd/backward.cpp without its error messages and its
// care for gradients that are zero everywhere. The newest tensor is complete, since all that used
// it came later; its gradient goes to its inputs. Where two paths meet, their gradients must be
// added; `overwrite` keeps the last one instead.
inline void sweep(const Tensor& loss, bool overwrite) {
    struct Pending {
        Tensor tensor, g;
    };
    std::map<std::uint64_t, Pending, std::greater<>> queue;  // by age, the newest first
    queue[loss.node()->id] = {loss, ones(loss.shape())};
    const autograd::NoGrad no_grad;
    while (!queue.empty()) {
        const auto newest = queue.extract(queue.begin());
        const auto& [tensor, g] = newest.mapped();
        autograd::Node& node = *tensor.node();
        if (tensor.is_leaf()) node.grad = node.grad.defined() ? node.grad + g : g;
        for (int i = 0; i < node.input_count; ++i) {
            const Tensor& input = node.inputs[i].tensor;
            if (!node.inputs[i].gradient.call) continue;     // none was asked for
            const Tensor share = node.input_gradient(i, g);  // rule 1
            if (!share.defined()) continue;
            Pending& pending = queue[input.node()->id];
            const bool is_first = !pending.tensor.defined();
            pending = {input, is_first || overwrite ? share : pending.g + share};  // rule 2
        }
    }
}

// Mistake "wrong formula": y = tanh(x), but   dy/dx = 1 - x^2   where it should be 1 - y^2.
inline Tensor wrong_tanh(const Tensor& x) {
    Tensor y = autograd::map(x, [](double v) { return std::tanh(v); });
    return record("tanh", y, {x}, [](auto& g, auto&, auto& x) { return g * (1 - square(x)); });
}

inline Tanh tanh_with(Mistake mistake) {
    return mistake == Mistake::wrong_formula ? wrong_tanh : autograd::tanh;
}

// What a training step does between the loss and the update: afterwards each parameter's grad() is
// dL/dp, unless a mistake is made.
inline void compute_gradients(const Tensor& loss, Inputs& parameters, Mistake mistake) {
    if (mistake != Mistake::not_zeroed)
        for (Tensor& p : parameters) p.zero_grad();
    if (mistake == Mistake::overwritten)
        sweep(loss, true);
    else
        loss.backward();
}

// The gradients that the second of two training steps sees, which don't move the inputs. (The first
// step alone would never notice a forgotten zero_grad.)
inline std::vector<double> gradients_by_engine(const Function& f, const Inputs& at,
                                               Mistake mistake = Mistake::none) {
    Inputs x;
    for (const Tensor& input : at) x.push_back(input.detach().requires_grad_());
    for (int step = 0; step < 2; ++step) compute_gradients(f(x), x, mistake);
    std::vector<double> result;
    for (const Tensor& input : x)
        for (const double g : input.grad().to_vector()) result.push_back(g);
    return result;
}

// ---- Derivatives of derivatives ----

// tanh and its first `order` derivatives at each element of x. Every y[i] depends on x[i] alone, so
// the gradient of sum(y) has dy[i]/dx[i] as its elements; it is a tensor with a graph of its own,
// and so can be differentiated again.
inline std::vector<Tensor> derivatives(const Tensor& at, int order, Tanh tanh = autograd::tanh) {
    const Tensor x = at.detach().requires_grad_();
    std::vector<Tensor> result = {tanh(x)};
    while (static_cast<int>(result.size()) <= order)
        result.push_back(grad(sum(result.back()), x, /*create_graph=*/true));
    return result;
}

// y = tanh(x),   y' = 1 - y^2,   y'' = -2 y (1 - y^2),   y''' = -2 (1 - y^2) (1 - 3 y^2)
inline double derivative_by_hand(double x, int order) {
    const double y = std::tanh(x), slope = 1 - y * y;
    switch (order) {
        case 0:
            return y;
        case 1:
            return slope;
        case 2:
            return -2 * y * slope;
        default:
            return -2 * slope * (1 - 3 * y * y);
    }
}

}  // namespace lessons
