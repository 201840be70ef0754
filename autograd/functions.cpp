#include "autograd/functions.h"

#include <cmath>
#include <stdexcept>
#include <utility>

#include "autograd/arithmetic.h"
#include "autograd/kernels/math.h"
#include "autograd/map.h"

namespace autograd {

// y = x^2,   dy/dx = 2 x
Tensor square(const Tensor& x) {
    Tensor y = map(x, [](real v) { return v * v; });
    return record("square", std::move(y), {x}, [](const Call& c) { return 2 * c.g * c.x[0]; });
}

// y = x^p,   dy/dx = p x^(p - 1)
Tensor pow(const Tensor& x, double p) {
    Tensor y = map(x, [p](real v) { return std::pow(v, static_cast<real>(p)); });
    return record("pow", std::move(y), {x}, [p](const Call& c) -> Tensor {
        if (p == 0) return no_gradient(c);  // the formula would be 0 times infinity at x = 0
        return p * c.g * pow(c.x[0], p - 1);
    });
}

// y = sqrt(x),   dy/dx = 1 / (2 y)
Tensor sqrt(const Tensor& x) {
    Tensor y = map(x, [](real v) { return std::sqrt(v); });
    return record("sqrt", std::move(y), {x}, [](const Call& c) { return 0.5 * c.g / c.y; });
}

// y = exp(x),   dy/dx = y
Tensor exp(const Tensor& x) {
    Tensor y = map(x, [](real v) { return kernels::exp(v); });
    return record("exp", std::move(y), {x}, [](const Call& c) { return c.g * c.y; });
}

// y = log(x),   dy/dx = 1 / x
Tensor log(const Tensor& x) {
    Tensor y = map(x, [](real v) { return kernels::log(v); });
    return record("log", std::move(y), {x}, [](const Call& c) { return c.g / c.x[0]; });
}

namespace {

// y = -1, 0 or 1,   dy/dx = 0
Tensor sign(const Tensor& x) {
    Tensor y = map(x, [](real v) { return static_cast<real>((v > 0) - (v < 0)); });
    return record("sign", std::move(y), {x}, no_gradient);
}

// z = g where low <= x <= high, else 0, even if g is infinite. A step in x: dz/dx = 0.
Tensor clamp_gradient(const Tensor& g, const Tensor& x, real low, real high) {
    Tensor z =
        zip("clamp_gradient", g, x, [=](real u, real v) { return v >= low && v <= high ? u : 0; });
    return record(
        "clamp_gradient", std::move(z), {g, x},
        [=](const Call& c) { return clamp_gradient(c.g, c.x[1], low, high); }, no_gradient);
}

}  // namespace

// y = |x|,   dy/dx = sign(x)
Tensor abs(const Tensor& x) {
    Tensor y = map(x, [](real v) { return std::abs(v); });
    return record("abs", std::move(y), {x}, [](const Call& c) { return c.g * sign(c.x[0]); });
}

// y = min(max(x, low), high),   dy/dx = 1 where low <= x <= high, else 0
Tensor clamp(const Tensor& x, double low, double high) {
    if (!(low <= high))
        throw std::invalid_argument("clamp: low " + std::to_string(low) + " is above high " +
                                    std::to_string(high));
    const real lo = static_cast<real>(low), hi = static_cast<real>(high);
    Tensor y = map(x, [=](real v) { return v < lo ? lo : v > hi ? hi : v; });  // NaN stays NaN
    return record("clamp", std::move(y), {x},
                  [=](const Call& c) { return clamp_gradient(c.g, c.x[0], lo, hi); });
}

}  // namespace autograd
