#include "autograd/indexing.h"

#include <algorithm>

#include "autograd/axes.h"

namespace autograd {

static Tensor index_add(const Tensor& g, const Tensor& rows, int64_t n);

// y[k] = x[rows[k]],   dL/dx = index_add(g).   The row numbers come as a tensor, an input without a
// gradient.
static Tensor select(const Tensor& x, const Tensor& rows) {
    const int64_t row = Around(x.shape(), 0).inner;
    Tensor y = empty(x.shape().with(0, rows.size()));
    real* to = y.mutable_data();
    for (int64_t k = 0; k < rows.size(); ++k)
        std::copy_n(x.data() + int64_t(rows.data()[k]) * row, row, to + k * row);
    return record(
        "index_select", std::move(y), {x, rows},
        [](auto& g, Unread, Shape x, auto& rows) { return index_add(g, rows, x[0]); }, no_gradient);
}

// y[i] = sum of g[k] over all k with rows[k] = i, for n rows i,   dL/dg = select(G) for G = dL/dy
static Tensor index_add(const Tensor& g, const Tensor& rows, int64_t n) {
    const int64_t row = Around(g.shape(), 0).inner;
    Tensor y = zeros(g.shape().with(0, n));
    real* sums = y.mutable_data();
    for (int64_t k = 0; k < rows.size(); ++k) {
        const real* from = g.data() + k * row;
        real* to = sums + int64_t(rows.data()[k]) * row;
        for (int64_t i = 0; i < row; ++i) to[i] += from[i];
    }
    return record(
        "index_add", std::move(y), {g, rows},
        [](auto& G, Unread, Unread, auto& rows) { return select(G, rows); }, no_gradient);
}

Tensor index_select(const Tensor& x, List<int> rows) {
    const int64_t n = x.shape("index_select")[x.shape().axis(0, "index_select")];
    // Row numbers travel as floats, which count exactly up to 2^24 only.
    if (n > 1 << 24)
        refuse("index_select: ", x.shape(), ": at most 2^24 rows can be selected from");
    Tensor index = empty({int64_t(rows.size())});
    real* to = index.mutable_data();
    for (const int row : rows) {
        if (row < 0 || row >= n) refuse("index_select: row ", row, " is outside ", x.shape());
        *to++ = real(row);
    }
    return select(x, index);
}

// Copies `outer` runs of `block` neighbouring elements, whose beginnings lie from_stride and
// to_stride apart.
static void copy_runs(int64_t outer, int64_t block, const real* from, int64_t from_stride, real* to,
                      int64_t to_stride) {
    for (int64_t o = 0; o < outer; ++o)
        std::copy_n(from + o * from_stride, block, to + o * to_stride);
}

// y[i] = x[start + i],   dL/dx[start + i] = g[i], and 0 outside
Tensor narrow(const Tensor& x, int axis, int64_t start, int64_t length) {
    axis = x.shape("narrow").axis(axis, "narrow");
    const Around at(x.shape(), axis);
    if (start < 0 || length < 0 || start > at.length - length)
        refuse("narrow: elements ", start, " to ", start + length, " of axis ", axis,
               " are outside ", x.shape());
    Tensor y = empty(x.shape().with(axis, length));
    copy_runs(at.outer, length * at.inner, x.data() + start * at.inner, at.block(),
              y.mutable_data(), length * at.inner);
    return record("narrow", std::move(y), {x}, [axis, start](auto& g, Unread, Shape x) {
        const int64_t after = x[axis] - start - g.shape()[axis];
        return concat(concat(zeros(x.with(axis, start)), g, axis), zeros(x.with(axis, after)),
                      axis);
    });
}

// y = (a, b),   dL/da = the first part of g,   dL/db = the rest
static Tensor joined(const Tensor& a, const Tensor& b, int axis) {
    axis = a.shape("concat").axis(axis, "concat");
    if (a.shape() != b.shape("concat").with(axis, a.shape()[axis]))
        refuse("concat: ", a.shape(), " and ", b.shape(), " differ outside axis ", axis);
    const Around in_a(a.shape(), axis), in_b(b.shape(), axis);
    const int64_t stride = in_a.block() + in_b.block();
    Tensor y = empty(a.shape().with(axis, in_a.length + in_b.length));
    real* to = y.mutable_data();
    copy_runs(in_a.outer, in_a.block(), a.data(), in_a.block(), to, stride);
    copy_runs(in_b.outer, in_b.block(), b.data(), in_b.block(), to + in_a.block(), stride);
    return record(
        "concat", std::move(y), {a, b},
        [axis](auto& g, Unread, Shape a, Unread) { return narrow(g, axis, 0, a[axis]); },
        [axis](auto& g, Unread, Shape a, Shape b) { return narrow(g, axis, a[axis], b[axis]); });
}

// By halves, so that each element is copied log n times, not n.
Tensor concat(List<Tensor> parts, int axis) {
    if (parts.empty()) refuse("concat: there is nothing to join");
    if (parts.size() == 1) return parts[0];
    const std::size_t half = parts.size() / 2;
    return joined(concat(parts.first(half), axis), concat(parts.subspan(half), axis), axis);
}

}  // namespace autograd
