#include "autograd/indexing.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "autograd/axes.h"

namespace autograd {

namespace {

Tensor index_add(const Tensor& g, const Tensor& rows, std::int64_t n);

// y[k] = x[rows[k]]; the row numbers come as a tensor, an input without a gradient.
Tensor select(const Tensor& x, const Tensor& rows) {
    const std::int64_t row = x.size() / std::max<std::int64_t>(x.shape()[0], 1);
    Tensor y = empty(x.shape().with(0, rows.size()));
    for (std::int64_t k = 0; k < rows.size(); ++k)
        std::copy_n(x.data() + static_cast<std::int64_t>(rows.data()[k]) * row, row,
                    y.mutable_data() + k * row);
    return record(
        "index_select", std::move(y), {x, rows},
        [](auto& g, Unread, Shape x, auto& rows) { return index_add(g, rows, x[0]); }, no_gradient);
}

// y[i] = sum of g[k] over all k with rows[k] = i, for n rows i: the gradient of select, and select
// is the gradient of it.
Tensor index_add(const Tensor& g, const Tensor& rows, std::int64_t n) {
    const std::int64_t row = g.size() / std::max<std::int64_t>(rows.size(), 1);
    Tensor y = zeros(g.shape().with(0, n));
    for (std::int64_t k = 0; k < rows.size(); ++k) {
        const real* from = g.data() + k * row;
        real* to = y.mutable_data() + static_cast<std::int64_t>(rows.data()[k]) * row;
        for (std::int64_t i = 0; i < row; ++i) to[i] += from[i];
    }
    return record(
        "index_add", std::move(y), {g, rows},
        [](auto& G, Unread, Unread, auto& rows) { return select(G, rows); }, no_gradient);
}

// Copies a block of `length` along an axis from one array to another, row of rows by row of rows.
// A stride is how many elements a step of the axes before this one takes.
void copy_block(std::int64_t outer, std::int64_t block, const real* from, std::int64_t from_stride,
                real* to, std::int64_t to_stride) {
    for (std::int64_t o = 0; o < outer; ++o)
        std::copy_n(from + o * from_stride, block, to + o * to_stride);
}

}  // namespace

Tensor index_select(const Tensor& x, std::span<const int> rows) {
    x.shape().axis(0, "index_select");
    const std::int64_t n = x.shape()[0];
    // Row numbers travel as floats, which count exactly up to 2^24 only.
    if (n > (1 << 24))
        throw std::invalid_argument("index_select: " + to_string(x.shape()) +
                                    ": at most 2^24 rows can be selected from");
    Tensor index = empty({static_cast<std::int64_t>(rows.size())});
    for (std::size_t k = 0; k < rows.size(); ++k) {
        if (rows[k] < 0 || rows[k] >= n)
            throw std::invalid_argument("index_select: row " + std::to_string(rows[k]) +
                                        " is outside " + to_string(x.shape()));
        index.mutable_data()[k] = static_cast<real>(rows[k]);
    }
    return select(x, index);
}

// y[i] = x[start + i],   dL/dx[start + i] = g[i], and 0 outside
Tensor narrow(const Tensor& x, int axis, std::int64_t start, std::int64_t length) {
    axis = x.shape().axis(axis, "narrow");
    const std::int64_t n = x.shape()[axis];
    if (start < 0 || length < 0 || start > n - length)
        throw std::invalid_argument("narrow: elements " + std::to_string(start) + " to " +
                                    std::to_string(start + length) + " of axis " +
                                    std::to_string(axis) + " are outside " + to_string(x.shape()));
    Tensor y = empty(x.shape().with(axis, length));
    const Around at(x.shape(), axis);
    copy_block(at.outer, length * at.inner, x.data() + start * at.inner, at.block(),
               y.mutable_data(), length * at.inner);
    return record("narrow", std::move(y), {x}, [axis, start](auto& g, Unread, Shape x) {
        const std::int64_t after = x[axis] - start - g.shape()[axis];
        return concat(concat(zeros(x.with(axis, start)), g, axis), zeros(x.with(axis, after)),
                      axis);
    });
}

// y = (a, b),   dL/da = the first part of g,   dL/db = the rest
Tensor concat(const Tensor& a, const Tensor& b, int axis) {
    axis = a.shape().axis(axis, "concat");
    const bool fits =
        a.shape().rank() == b.shape().rank() && a.shape() == b.shape().with(axis, a.shape()[axis]);
    if (!fits)
        throw std::invalid_argument("concat: " + to_string(a.shape()) + " and " +
                                    to_string(b.shape()) + " differ outside axis " +
                                    std::to_string(axis));
    const Around in_a(a.shape(), axis), in_b(b.shape(), axis);
    const std::int64_t stride = in_a.block() + in_b.block();
    Tensor y = empty(a.shape().with(axis, in_a.length + in_b.length));
    copy_block(in_a.outer, in_a.block(), a.data(), in_a.block(), y.mutable_data(), stride);
    copy_block(in_b.outer, in_b.block(), b.data(), in_b.block(), y.mutable_data() + in_a.block(),
               stride);
    return record(
        "concat", std::move(y), {a, b},
        [axis](auto& g, Unread, Shape a, Unread) { return narrow(g, axis, 0, a[axis]); },
        [axis](auto& g, Unread, Shape a, Shape b) { return narrow(g, axis, a[axis], b[axis]); });
}

// By halves, so that each element is copied log n times, not n.
Tensor concat(std::span<const Tensor> parts, int axis) {
    if (parts.empty()) throw std::invalid_argument("concat: there is nothing to join");
    if (parts.size() == 1) return parts[0];
    const std::size_t half = parts.size() / 2;
    return concat(concat(parts.first(half), axis), concat(parts.subspan(half), axis), axis);
}

}  // namespace autograd
