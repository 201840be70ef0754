#include "autograd/functions.h"

#include <algorithm>
#include <cmath>

#include "autograd/arithmetic.h"
#include "autograd/kernels/math.h"
#include "autograd/map.h"

namespace autograd {

// y = x^2,   dL/dx = 2 g x
Tensor square(const Tensor& x) {
    return record("square", map(x, [](real v) { return v * v; }), {x},
                  [](auto& g, Unread, auto& x) { return 2 * g * x; });
}

// y = x^p,   dL/dx = g p x^(p - 1)
Tensor pow(const Tensor& x, double p) {
    return record("pow", map(x, [p](real v) { return std::pow(v, real(p)); }), {x},
                  [p](auto& g, Unread, auto& x) {
                      // For p = 0 the formula would be 0 times infinity at x = 0.
                      return p == 0 ? Tensor() : p * g * pow(x, p - 1);
                  });
}

// y = sqrt(x),   dL/dx = g / (2 y)
Tensor sqrt(const Tensor& x) {
    return record("sqrt", map(x, [](real v) { return std::sqrt(v); }), {x},
                  [](auto& g, auto& y, Unread) { return 0.5 * g / y; });
}

// y = exp(x),   dL/dx = g y
Tensor exp(const Tensor& x) {
    return record("exp", map(x, [](real v) { return kernels::exp(v); }), {x},
                  [](auto& g, auto& y, Unread) { return g * y; });
}

// y = log(x),   dL/dx = g / x
Tensor log(const Tensor& x) {
    return record("log", map(x, [](real v) { return kernels::log(v); }), {x},
                  [](auto& g, Unread, auto& x) { return g / x; });
}

// y = |x|,   dL/dx = g sign(x)
Tensor abs(const Tensor& x) {
    return record("abs", map(x, [](real v) { return std::abs(v); }), {x},
                  [](auto& g, Unread, auto& x) {
                      return step("abs_gradient", g, x, [](real g, real x) {
                          return x > 0 ? g : x < 0 ? -g : 0;
                      });
                  });
}

// y = min(max(x, low), high),   dL/dx = g where low <= x <= high, else 0
Tensor clamp(const Tensor& x, double low, double high) {
    if (!(low <= high)) refuse("clamp: low ", low, " is above high ", high);
    const auto lo = real(low), hi = real(high);
    return record("clamp", map(x, [=](real v) { return std::clamp(v, lo, hi); }), {x},
                  [=](auto& g, Unread, auto& x) {
                      return step("clamp_gradient", g, x,
                                  [=](real g, real x) { return x >= lo && x <= hi ? g : 0; });
                  });
}

}  // namespace autograd
