#pragma once

#include <concepts>

#include "autograd/tensor.h"

// Taking tensors apart and putting them together.
namespace autograd {

// The chosen rows of x, in the given order; a row may occur more than once.
// x: [n, ...], n at most 2^24; result [rows.size(), ...]. (PyTorch: index_select along axis 0)
Tensor index_select(const Tensor& x, List<int> rows);

// `length` elements along the axis, beginning at `start`: [8, 5] narrowed to 3 along axis 0 is [3,
// 5]. (PyTorch: narrow)
Tensor narrow(const Tensor& x, int axis, int64_t start, int64_t length);

// One after the other along the axis; the other sizes must agree. [2, 5] and [3, 5] give [5, 5].
Tensor concat(List<Tensor> parts, int axis = 0);
template <std::same_as<Tensor> T>  // a template, so that {a, b} is a list
Tensor concat(const T& a, const T& b, int axis = 0) {
    return concat({a, b}, axis);
}

// All throw std::invalid_argument for indices outside and shapes that don't fit.

}  // namespace autograd
