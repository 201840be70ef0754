#include "autograd/matmul.h"

#include <algorithm>

#include "autograd/kernels/gemm.h"
#include "autograd/shaping.h"

namespace autograd::inline HOURGLASS_PRECISION {

static int64_t rows(const Factor& f) { return f.matrix.shape()[f.is_transposed ? 1 : 0]; }
static int64_t columns(const Factor& f) { return f.matrix.shape()[f.is_transposed ? 0 : 1]; }

static std::ostream& operator<<(std::ostream& out, const Factor& f) {
    return out << f.matrix.shape() << (f.is_transposed ? "^T" : "");
}

// The numbers of a b, plus the bias in each row if there is one.
static Tensor product(const char* op, const Factor& a, const Factor& b, const real* bias) {
    if (a.matrix.shape(op).rank() != 2 || b.matrix.shape(op).rank() != 2)
        refuse(op, ": ", a, " x ", b, ": both must be matrices, with two axes");
    const int64_t m = rows(a), n = columns(b), k = columns(a);
    if (k != rows(b))
        refuse(op, ": ", a, " x ", b, ": inner dimensions ", k, " and ", rows(b), " differ");
    if (std::max({m, n, k}) > 1 << 30)
        refuse(op, ": ", a, " x ", b, ": too large: sizes of at most 2^30 can be multiplied");
    Tensor y = empty({m, n});
    kernels::gemm(a.is_transposed, b.is_transposed, int(m), int(n), int(k), a.matrix.data(),
                  b.matrix.data(), y.mutable_data(), bias);
    return y;
}

// y = a b: y[i, j] = sum over l of a[i, l] b[l, j], so
// dL/da = g b^T,   dL/db = a^T g
// and where a factor was transposed on its way in, its gradient is transposed on its way out:
// (g b^T)^T = b g^T,   (a^T g)^T = g^T a. Each is a matmul again.
static Tensor left_gradient(const Tensor& g, bool a_transposed, const Factor& b) {
    return a_transposed ? matmul(b, transposed(g)) : matmul(g, transposed(b));
}
static Tensor right_gradient(const Tensor& g, const Factor& a, bool b_transposed) {
    return b_transposed ? matmul(transposed(g), a) : matmul(transposed(a), g);
}

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
    if (W.matrix.shape("linear").rank() == 2 && b.shape("linear") != Shape{columns(W)})
        refuse("linear: W ", W, " has ", columns(W), " columns, so b must be [", columns(W),
               "], not ", b.shape());
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
