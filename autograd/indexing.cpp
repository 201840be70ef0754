#include "autograd/indexing.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

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
        [](const Call& c) { return index_add(c.g, c.x[1], c.x[0].shape()[0]); }, no_gradient);
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
        "index_add", std::move(y), {g, rows}, [](const Call& c) { return select(c.g, c.x[1]); },
        no_gradient);
}

// Copies a block of `length` along an axis from one array to another, row of rows by row of rows.
// A stride is how many elements a step of the axes before this one takes.
void copy_block(std::int64_t outer, std::int64_t block, const real* from, std::int64_t from_stride,
                real* to, std::int64_t to_stride) {
    for (std::int64_t o = 0; o < outer; ++o)
        std::copy_n(from + o * from_stride, block, to + o * to_stride);
}

// The elements in one step along the axis, and before it.
std::int64_t inner_size(const Shape& shape, int axis) {
    std::int64_t n = 1;
    for (int i = axis + 1; i < shape.rank(); ++i) n *= shape[i];
    return n;
}
std::int64_t outer_size(const Shape& shape, int axis) {
    std::int64_t n = 1;
    for (int i = 0; i < axis; ++i) n *= shape[i];
    return n;
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
    const std::int64_t inner = inner_size(x.shape(), axis);
    copy_block(outer_size(x.shape(), axis), length * inner, x.data() + start * inner, n * inner,
               y.mutable_data(), length * inner);
    return record("narrow", std::move(y), {x}, [axis, start](const Call& c) {
        const Shape& shape = c.x[0].shape();
        const std::int64_t after = shape[axis] - start - c.g.shape()[axis];
        return concat(concat(zeros(shape.with(axis, start)), c.g, axis),
                      zeros(shape.with(axis, after)), axis);
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
    const std::int64_t inner = inner_size(a.shape(), axis), outer = outer_size(a.shape(), axis);
    const std::int64_t from_a = a.shape()[axis] * inner, from_b = b.shape()[axis] * inner;
    Tensor y = empty(a.shape().with(axis, a.shape()[axis] + b.shape()[axis]));
    copy_block(outer, from_a, a.data(), from_a, y.mutable_data(), from_a + from_b);
    copy_block(outer, from_b, b.data(), from_b, y.mutable_data() + from_a, from_a + from_b);
    return record(
        "concat", std::move(y), {a, b},
        [axis](const Call& c) { return narrow(c.g, axis, 0, c.x[0].shape()[axis]); },
        [axis](const Call& c) {
            return narrow(c.g, axis, c.x[0].shape()[axis], c.x[1].shape()[axis]);
        });
}

// By halves, so that each element is copied log n times, not n.
Tensor concat(std::span<const Tensor> parts, int axis) {
    if (parts.empty()) throw std::invalid_argument("concat: there is nothing to join");
    if (parts.size() == 1) return parts[0];
    const std::size_t half = parts.size() / 2;
    return concat(concat(parts.first(half), axis), concat(parts.subspan(half), axis), axis);
}

}  // namespace autograd
