#include "autograd/matmul.h"

#include <stdexcept>
#include <string>

#include "autograd/kernels/gemm.h"
#include "autograd/shaping.h"

namespace autograd::inline HOURGLASS_PRECISION {

namespace {

std::int64_t rows(const Factor& f) { return f.matrix.shape()[f.is_transposed ? 1 : 0]; }
std::int64_t columns(const Factor& f) { return f.matrix.shape()[f.is_transposed ? 0 : 1]; }

std::string describe(const Factor& f) {
    return to_string(f.matrix.shape()) + (f.is_transposed ? "^T" : "");
}

// The numbers of a b, plus the bias in each row if there is one.
Tensor product(const char* op, const Factor& a, const Factor& b, const real* bias) {
    const std::string problem = std::string(op) + ": " + describe(a) + " x " + describe(b) + ": ";
    if (a.matrix.shape().rank() != 2 || b.matrix.shape().rank() != 2)
        throw std::invalid_argument(problem + "both must be matrices, with two axes");
    if (columns(a) != rows(b))
        throw std::invalid_argument(problem + "inner dimensions " + std::to_string(columns(a)) +
                                    " and " + std::to_string(rows(b)) + " differ");
    Tensor y = empty({rows(a), columns(b)});
    kernels::gemm(a.is_transposed, b.is_transposed, static_cast<int>(rows(a)),
                  static_cast<int>(columns(b)), static_cast<int>(columns(a)), a.matrix.data(),
                  b.matrix.data(), y.mutable_data(), bias);
    return y;
}

// y = a b: y[i, j] = sum over l of a[i, l] b[l, j], so
// dL/da = g b^T,   dL/db = a^T g
// and where a factor was transposed on its way in, its gradient is transposed on its way out:
// (g b^T)^T = b g^T,   (a^T g)^T = g^T a. Each is a matmul again.
Tensor left_gradient(const Tensor& g, bool a_transposed, const Factor& b) {
    return a_transposed ? matmul(b, transposed(g)) : matmul(g, transposed(b));
}
Tensor right_gradient(const Tensor& g, const Factor& a, bool b_transposed) {
    return b_transposed ? matmul(transposed(g), a) : matmul(transposed(a), g);
}

}  // namespace

Tensor matmul(const Factor& a, const Factor& b) {
    const bool at = a.is_transposed, bt = b.is_transposed;
    return record(
        "matmul", product("matmul", a, b, nullptr), {a.matrix, b.matrix},
        [at, bt](auto& g, Unread, Unread, auto& b) { return left_gradient(g, at, Factor(b, bt)); },
        [at, bt](auto& g, Unread, auto& a, Unread) {
            return right_gradient(g, Factor(a, at), bt);
        });
}

// y = x W + b: y[i, j] = sum over l of x[i, l] W[l, j] + b[j];   dL/db[j] = sum over i of g[i, j]
Tensor linear(const Factor& x, const Factor& W, const Tensor& b) {
    if (W.matrix.shape().rank() == 2 && b.shape() != Shape{columns(W)})
        throw std::invalid_argument("linear: W " + describe(W) + " has " +
                                    std::to_string(columns(W)) + " columns, so b must be [" +
                                    std::to_string(columns(W)) + "], not " + to_string(b.shape()));
    const bool xt = x.is_transposed, Wt = W.is_transposed;
    return record(
        "linear", product("linear", x, W, b.data()), {x.matrix, W.matrix, b},
        [xt, Wt](auto& g, Unread, Unread, auto& W, Unread) {
            return left_gradient(g, xt, Factor(W, Wt));
        },
        [xt, Wt](auto& g, Unread, auto& x, Unread, Unread) {
            return right_gradient(g, Factor(x, xt), Wt);
        },
        [](auto& g, Unread, Unread, Unread, Shape b) { return sum_to(g, b); });
}

}  // namespace autograd::inline HOURGLASS_PRECISION
