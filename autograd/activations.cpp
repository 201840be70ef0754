#include "autograd/activations.h"

#include "autograd/arithmetic.h"
#include "autograd/functions.h"
#include "autograd/kernels/math.h"
#include "autograd/map.h"

namespace autograd {

// An operation in full: the formula, the numbers, and the gradient. record() notes all three; where
// it is called with g = dL/dy, the last line returns dL/dx. The gradient needs y but not x, so x is
// Unread, and its memory is free as soon as nobody else uses it.

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

// A training step spends its time where the arrays are large: in matmul, and here. So where the
// lessons need it most, the gradient, three operations in tanh, is one operation of its own. The
// numbers are read once. And since it is an operation, it has gradients in turn: z is linear in g,
// so dL/dg is the same function again.
namespace {

// z = g y (1 - y),   dL/dg = G y (1 - y),   dL/dy = G g (1 - 2 y)   for G = dL/dz
Tensor sigmoid_gradient(const Tensor& g, const Tensor& y) {
    return record(
        "sigmoid_gradient",
        zip("sigmoid_gradient", g, y, [](real u, real v) { return u * v * (1 - v); }), {g, y},
        [](auto& G, Unread, Unread, auto& y) { return sigmoid_gradient(G, y); },
        [](auto& G, Unread, auto& g, auto& y) { return G * g * (1 - 2 * y); });
}

// z = g where x > 0, else slope g: for slope 0 that is 0, even if g is infinite, as it is in
// log(relu(x)). A step in x: dz/dx = 0.
Tensor leaky_relu_gradient(const Tensor& g, const Tensor& x, real slope) {
    return record(
        "leaky_relu_gradient",
        zip("leaky_relu_gradient", g, x,
            [slope](real u, real v) { return v > 0        ? u
                                             : slope == 0 ? 0
                                                          : slope * u; }),
        {g, x},
        [slope](auto& G, Unread, Unread, auto& x) { return leaky_relu_gradient(G, x, slope); },
        no_gradient);
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
                  {x}, [](auto& g, auto& y, Unread) { return leaky_relu_gradient(g, y, 0); });
}

// y = x where x > 0, else slope x,   dL/dx = g where x > 0, else slope g
Tensor leaky_relu(const Tensor& x, double slope) {
    const real s = static_cast<real>(slope);
    return record("leaky_relu", map(x, [s](real v) { return v > 0 ? v : s * v; }), {x},
                  [s](auto& g, Unread, auto& x) { return leaky_relu_gradient(g, x, s); });
}

}  // namespace autograd
