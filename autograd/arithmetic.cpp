#include "autograd/arithmetic.h"

#include "autograd/map.h"
#include "autograd/shaping.h"

// Broadcasting repeats an input; what was repeated receives the sum of the gradients of its copies.
// Hence the sum_to in each gradient: it does nothing where the shapes are equal.
namespace autograd {

// y = a + b,   dL/da = g,   dL/db = g
Tensor add(const Tensor& a, const Tensor& b) {
    return record(
        "add", zip("add", a, b, [](real a, real b) { return a + b; }), {a, b},
        [](auto& g, Unread, Shape a, Unread) { return sum_to(g, a); },
        [](auto& g, Unread, Unread, Shape b) { return sum_to(g, b); });
}

// y = a - b,   dL/da = g,   dL/db = -g
Tensor sub(const Tensor& a, const Tensor& b) {
    return record(
        "sub", zip("sub", a, b, [](real a, real b) { return a - b; }), {a, b},
        [](auto& g, Unread, Shape a, Unread) { return sum_to(g, a); },
        [](auto& g, Unread, Unread, Shape b) { return sum_to(-g, b); });
}

// y = a b,   dL/da = g b,   dL/db = g a
Tensor mul(const Tensor& a, const Tensor& b) {
    return record(
        "mul", zip("mul", a, b, [](real a, real b) { return a * b; }), {a, b},
        [](auto& g, Unread, Shape a, auto& b) { return sum_to(g * b, a); },
        [](auto& g, Unread, auto& a, Shape b) { return sum_to(g * a, b); });
}

// y = a / b,   dL/da = g / b,   dL/db = -g a / b^2 = -g y / b
Tensor div(const Tensor& a, const Tensor& b) {
    return record(
        "div", zip("div", a, b, [](real a, real b) { return a / b; }), {a, b},
        [](auto& g, Unread, Shape a, auto& b) { return sum_to(g / b, a); },
        [](auto& g, auto& y, Unread, auto& b) { return sum_to(-g * y / b, b.shape()); });
}

// y = -x,   dL/dx = -g
Tensor neg(const Tensor& x) {
    return record("neg", map(x, [](real x) { return -x; }), {x},
                  [](auto& g, Unread, Unread) { return -g; });
}

// b <- f(a, b), if they have one shape, nothing is to be recorded, and nobody else holds b.
template <class F>
static bool overwritten(const Tensor& a, Tensor& b, F f) {
    if (!a.defined() || b.use_count() != 1 || a.shape() != b.shape() || !b.is_leaf() ||
        b.requires_grad() || (recording && a.requires_grad()))
        return false;
    kernels::zip(b.size(), a.data(), b.data(), b.mutable_data(), f);
    return true;
}

Tensor operator+(const Tensor& a, Tensor&& b) {
    return overwritten(a, b, [](real a, real b) { return a + b; }) ? std::move(b) : add(a, b);
}
Tensor operator-(const Tensor& a, Tensor&& b) {
    return overwritten(a, b, [](real a, real b) { return a - b; }) ? std::move(b) : sub(a, b);
}
Tensor operator*(const Tensor& a, Tensor&& b) {
    return overwritten(a, b, [](real a, real b) { return a * b; }) ? std::move(b) : mul(a, b);
}

}  // namespace autograd
