#include "autograd/arithmetic.h"

#include <utility>

#include "autograd/map.h"
#include "autograd/shaping.h"

// Broadcasting repeats an input; what was repeated receives the sum of the gradients of its copies.
// Hence the sum_to in each gradient: it does nothing where the shapes are equal.
namespace autograd {

// y = a + b,   dL/da = g,   dL/db = g
Tensor add(const Tensor& a, const Tensor& b) {
    Tensor y = zip("add", a, b, [](real u, real v) { return u + v; });
    return record(
        "add", std::move(y), {a, b}, [](const Call& c) { return sum_to(c.g, c.x[0].shape()); },
        [](const Call& c) { return sum_to(c.g, c.x[1].shape()); });
}

// y = a - b,   dL/da = g,   dL/db = -g
Tensor sub(const Tensor& a, const Tensor& b) {
    Tensor y = zip("sub", a, b, [](real u, real v) { return u - v; });
    return record(
        "sub", std::move(y), {a, b}, [](const Call& c) { return sum_to(c.g, c.x[0].shape()); },
        [](const Call& c) { return sum_to(-c.g, c.x[1].shape()); });
}

// y = a b,   dL/da = g b,   dL/db = g a
Tensor mul(const Tensor& a, const Tensor& b) {
    Tensor y = zip("mul", a, b, [](real u, real v) { return u * v; });
    return record(
        "mul", std::move(y), {a, b},
        [](const Call& c) { return sum_to(c.g * c.x[1], c.x[0].shape()); },
        [](const Call& c) { return sum_to(c.g * c.x[0], c.x[1].shape()); });
}

// y = a / b,   dL/da = g / b,   dL/db = -g a / b^2 = -g y / b
Tensor div(const Tensor& a, const Tensor& b) {
    Tensor y = zip("div", a, b, [](real u, real v) { return u / v; });
    return record(
        "div", std::move(y), {a, b},
        [](const Call& c) { return sum_to(c.g / c.x[1], c.x[0].shape()); },
        [](const Call& c) { return sum_to(-c.g * c.y / c.x[1], c.x[1].shape()); });
}

// y = -x,   dL/dx = -g
Tensor neg(const Tensor& x) {
    Tensor y = map(x, [](real v) { return -v; });
    return record("neg", std::move(y), {x}, [](const Call& c) { return -c.g; });
}

kernels::Broadcast layout(const Shape& y, const Shape& a, const Shape& b) {
    kernels::Broadcast layout;
    layout.rank = y.rank();
    std::int64_t step_a = 1, step_b = 1;
    for (int i = y.rank() - 1; i >= 0; --i) {
        layout.sizes[i] = y[i];
        // The same axis in a and in b, which may have fewer: a missing axis has size 1.
        const int in_a = i - (y.rank() - a.rank()), in_b = i - (y.rank() - b.rank());
        const std::int64_t size_a = in_a >= 0 ? a[in_a] : 1, size_b = in_b >= 0 ? b[in_b] : 1;
        layout.a[i] = size_a == 1 ? 0 : step_a;
        layout.b[i] = size_b == 1 ? 0 : step_b;
        step_a *= size_a;
        step_b *= size_b;
    }
    return layout;
}

}  // namespace autograd
