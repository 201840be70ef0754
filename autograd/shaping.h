#pragma once

#include "autograd/tensor.h"

// Repeating, summing up and relabelling. broadcast_to and sum_to are each other's gradient.
namespace autograd {

// x repeated along the axes where it has size 1, or none, until it has `shape`.
Tensor broadcast_to(const Tensor& x, const Shape& shape);

// x summed over the axes where `shape` has size 1, or none: what broadcasting from `shape` to x's
// shape would have repeated. Returns x itself if there are none. (PyTorch: sum_to_size)
Tensor sum_to(const Tensor& x, const Shape& shape);

// The same elements in the same row-major order under another shape of the same size.
Tensor reshape(const Tensor& x, const Shape& shape);
// One size may be -1, for what the others leave: reshape(x, {-1}) is a vector.
Tensor reshape(const Tensor& x, std::initializer_list<int64_t> sizes);

// The transpose as a tensor of its own: x: [n, k], result [k, n]. For a factor of a product write
// transposed(x), in matmul.h, which moves nothing.
Tensor transpose(const Tensor& x);

// All throw std::invalid_argument for a shape that doesn't fit.

}  // namespace autograd
