#include "autograd/activations.h"

#include <utility>

#include "autograd/arithmetic.h"
#include "autograd/kernels/math.h"
#include "autograd/map.h"

// A training step spends its time where the arrays are large: here, and in matmul. So the gradient
// of a sigmoid, which could be spelled g * y * (1 - y) in three operations, is one operation of its
// own, with gradients of its own. The formula is the same, only the numbers are read once.
namespace autograd {

namespace {

// z = g y (1 - y),   dz/dg = y (1 - y),   dz/dy = g (1 - 2 y)
Tensor sigmoid_gradient(const Tensor& g, const Tensor& y) {
    Tensor z = zip("sigmoid_gradient", g, y, [](real u, real v) { return u * v * (1 - v); });
    return record(
        "sigmoid_gradient", std::move(z), {g, y},
        [](const Call& c) { return sigmoid_gradient(c.g, c.x[1]); },
        [](const Call& c) { return c.g * c.x[0] * (1 - 2 * c.x[1]); });
}

// z = g (1 - y^2),   dz/dg = 1 - y^2,   dz/dy = -2 g y
Tensor tanh_gradient(const Tensor& g, const Tensor& y) {
    Tensor z = zip("tanh_gradient", g, y, [](real u, real v) { return u * (1 - v * v); });
    return record(
        "tanh_gradient", std::move(z), {g, y},
        [](const Call& c) { return tanh_gradient(c.g, c.x[1]); },
        [](const Call& c) { return -2 * c.g * c.x[0] * c.x[1]; });
}

// z = g where x > 0, else slope g: for slope 0 that is 0, even if g is infinite, as it is in
// log(relu(x)). A step in x: dz/dx = 0.
Tensor leaky_relu_gradient(const Tensor& g, const Tensor& x, real slope) {
    Tensor z = zip("leaky_relu_gradient", g, x, [slope](real u, real v) {
        return v > 0 ? u : slope == 0 ? 0 : slope * u;
    });
    return record(
        "leaky_relu_gradient", std::move(z), {g, x},
        [slope](const Call& c) { return leaky_relu_gradient(c.g, c.x[1], slope); }, no_gradient);
}

}  // namespace

// y = 1 / (1 + exp(-x)),   dy/dx = y (1 - y)
Tensor sigmoid(const Tensor& x) {
    Tensor y = map(x, [](real v) { return kernels::sigmoid(v); });
    return record("sigmoid", std::move(y), {x},
                  [](const Call& c) { return sigmoid_gradient(c.g, c.y); });
}

// y = tanh(x),   dy/dx = 1 - y^2
Tensor tanh(const Tensor& x) {
    Tensor y = map(x, [](real v) { return kernels::tanh(v); });
    return record("tanh", std::move(y), {x}, [](const Call& c) { return tanh_gradient(c.g, c.y); });
}

// y = max(x, 0),   dy/dx = 1 where x > 0, else 0
Tensor relu(const Tensor& x) {
    Tensor y = map(x, [](real v) { return v < 0 ? real(0) : v; });  // NaN stays NaN
    return record("relu", std::move(y), {x},
                  [](const Call& c) { return leaky_relu_gradient(c.g, c.x[0], 0); });
}

// y = x where x > 0, else slope x,   dy/dx = 1 where x > 0, else slope
Tensor leaky_relu(const Tensor& x, double slope) {
    const real s = static_cast<real>(slope);
    Tensor y = map(x, [s](real v) { return v > 0 ? v : s * v; });
    return record("leaky_relu", std::move(y), {x},
                  [s](const Call& c) { return leaky_relu_gradient(c.g, c.x[0], s); });
}

// y = log(1 + exp(x)),   dy/dx = sigmoid(x)
Tensor softplus(const Tensor& x) {
    Tensor y = map(x, [](real v) { return kernels::softplus(v); });
    return record("softplus", std::move(y), {x},
                  [](const Call& c) { return c.g * sigmoid(c.x[0]); });
}

}  // namespace autograd
