#pragma once

#include "autograd/axes.h"
#include "autograd/kernels/elementwise.h"
#include "autograd/tensor.h"

// The loops under the elementwise operations: plain numbers out, nothing recorded. f takes and
// returns `real`; it is called from several threads at once and must not throw.
namespace autograd {

// y = f(x) for each element. Of an undefined x it is undefined, too: record() refuses it by name.
template <class F>
Tensor map(const Tensor& x, F f) {
    if (!x.defined()) return x;
    Tensor y = empty(x.shape());
    kernels::map(x.size(), x.data(), y.mutable_data(), f);
    return y;
}

// y = f(a, b) for each element, with NumPy's broadcasting. Throws std::invalid_argument, naming
// `op`, for shapes that clash.
template <class F>
Tensor zip(const char* op, const Tensor& a, const Tensor& b, F f) {
    const bool equal = a.shape(op) == b.shape(op);
    Tensor y = empty(equal ? a.shape() : broadcast(a.shape(), b.shape(), op));
    if (equal)
        kernels::zip(y.size(), a.data(), b.data(), y.mutable_data(), f);
    else
        kernels::zip(layout(y.shape(), a.shape(), b.shape()), a.data(), b.data(), y.mutable_data(),
                     f);
    return y;
}

// z = f(g, x), for g and x of one shape, linear in g and a step in x, for the gradients of
// functions with kinks: f selects, so that a 0 stays 0 even if g is infinite.   dL/dg = f(G, x) for
// G = dL/dz,   dL/dx = 0
template <class F>
Tensor step(const char* op, const Tensor& g, const Tensor& x, F f) {
    return record(
        op, zip(op, g, x, f), {g, x},
        [op_f = f](auto& G, Unread, Unread, auto& x) { return step("step", G, x, op_f); },
        no_gradient);
}

}  // namespace autograd
