#include "autograd/activations.h"

#include "autograd/arithmetic.h"
#include "autograd/functions.h"
#include "autograd/kernels/math.h"
#include "autograd/map.h"

namespace autograd {

// An operation is written in three parts: the formula, the numbers, the gradient. Called with
// g = dL/dy, the last one returns dL/dx. This one needs y but not x, so x is Unread, and its memory
// is free as soon as nobody else uses it.

// y = tanh(x),   dL/dx = g (1 - y^2)
Tensor tanh(const Tensor& x) {
    return record("tanh", map(x, [](real v) { return kernels::tanh(v); }), {x},
                  [](auto& g, auto& y, Unread) { return g * (1 - square(y)); });
}

// y = log(1 + exp(x)),   dL/dx = g sigmoid(x)
Tensor softplus(const Tensor& x) {
    return record("softplus", map(x, [](real v) { return kernels::softplus(v); }), {x},
                  [](auto& g, Unread, auto& x) { return g * sigmoid(x); });
}

// A training step spends its time where the arrays are large: in matmul, and here. tanh's gradient
// is three operations; sigmoid's, which the lessons use most, is one of its own, so that the
// numbers are read once. It has gradients in turn: z is linear in g, so dL/dg is the same function
// again.
namespace {

// z = g y (1 - y),   dL/dg = G y (1 - y),   dL/dy = G g (1 - 2 y)   for G = dL/dz
Tensor sigmoid_gradient(const Tensor& g, const Tensor& y) {
    return record(
        "sigmoid_gradient",
        zip("sigmoid_gradient", g, y, [](real g, real y) { return g * y * (1 - y); }), {g, y},
        [](auto& G, Unread, Unread, auto& y) { return sigmoid_gradient(G, y); },
        [](auto& G, Unread, auto& g, auto& y) { return G * g * (1 - 2 * y); });
}

}  // namespace

// y = 1 / (1 + exp(-x)),   dL/dx = g y (1 - y)
Tensor sigmoid(const Tensor& x) {
    return record("sigmoid", map(x, [](real v) { return kernels::sigmoid(v); }), {x},
                  [](auto& g, auto& y, Unread) { return sigmoid_gradient(g, y); });
}

// y = max(x, 0),   dL/dx = g where x > 0, else 0.   y is positive where x is: no need to keep x
Tensor relu(const Tensor& x) {
    return record("relu", map(x, [](real v) { return v < 0 ? real(0) : v; }),  // NaN stays NaN
                  {x}, [](auto& g, auto& y, Unread) {
                      return step("relu_gradient", g, y,
                                  [](real g, real y) { return y > 0 ? g : 0; });
                  });
}

// y = x where x > 0, else slope x,   dL/dx = g where x > 0, else slope g
Tensor leaky_relu(const Tensor& x, double slope) {
    const real s = static_cast<real>(slope);
    return record("leaky_relu", map(x, [s](real v) { return v > 0 ? v : s * v; }), {x},
                  [s](auto& g, Unread, auto& x) {
                      return step("leaky_relu_gradient", g, x,
                                  [s](real g, real x) { return x > 0 ? g : s * g; });
                  });
}

}  // namespace autograd
