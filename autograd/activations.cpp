#include "autograd/activations.h"

#include "autograd/arithmetic.h"
#include "autograd/functions.h"
#include "autograd/kernels/math.h"
#include "autograd/kernels/reduce.h"
#include "autograd/map.h"
#include "autograd/reductions.h"

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
//
// z = g y (1 - y),   dL/dg = G y (1 - y),   dL/dy = G g (1 - 2 y)   for G = dL/dz
static Tensor sigmoid_gradient(const Tensor& g, const Tensor& y) {
    return record(
        "sigmoid_gradient",
        zip("sigmoid_gradient", g, y, [](real g, real y) { return g * y * (1 - y); }), {g, y},
        [](auto& G, Unread, Unread, auto& y) { return sigmoid_gradient(G, y); },
        [](auto& G, Unread, auto& g, auto& y) { return G * g * (1 - 2 * y); });
}

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
    const auto s = real(slope);
    if (s == 0) return relu(x);  // which stops an infinity, where 0 times it would be NaN
    return record("leaky_relu", map(x, [s](real v) { return v > 0 ? v : s * v; }), {x},
                  [s](auto& g, Unread, auto& x) {
                      return step("leaky_relu_gradient", g, x,
                                  [s](real g, real x) { return x > 0 ? g : s * g; });
                  });
}

// y[i] = x[i] - log(sum_j exp(x[j])),   dy[i]/dx[j] = [i = j] - exp(y[j]), so
// dL/dx[j] = g[j] - exp(y[j]) sum_i g[i]
Tensor log_softmax(const Tensor& x) {
    const int64_t classes = x.shape("log_softmax")[x.shape().axis(-1, "log_softmax")];
    const int64_t rows = classes ? x.size() / classes : 0;
    Tensor y = empty(x.shape());
    const real* in = x.data();
    real* out = y.mutable_data();
    const int64_t grain = kernels::reduce_grain / (classes + 1) + 1;
    kernels::parallel_for(rows, grain, [=](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; ++r) {
            const real* row = in + r * classes;
            // The largest is taken out first: exp of the rest can't overflow. Nor is its own exp,
            // 1, added to theirs: for a certain answer they are small, and would lose their digits.
            int64_t at = 0;
            for (int64_t i = 1; i < classes; ++i) at = row[i] > row[at] ? i : at;
            const real largest = row[at];
            const real log_total =
                kernels::log1p(kernels::sum_range<real>(0, classes, [=](int64_t i) {
                    return i == at ? 0 : kernels::exp(row[i] - largest);
                }));
            for (int64_t i = 0; i < classes; ++i)
                out[r * classes + i] = (row[i] - largest) - log_total;
        }
    });
    return record("log_softmax", std::move(y), {x},
                  [](auto& g, auto& y, Unread) { return g - exp(y) * sum(g, -1, true); });
}

}  // namespace autograd
