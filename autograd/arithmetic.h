#pragma once

#include "autograd/tensor.h"

// + - * / with NumPy's broadcasting: the shapes are aligned at their last axis, and an axis of size
// 1 (or a missing one) is repeated to the other's size. A number counts as a tensor of shape {}.
// Shapes that don't fit throw std::invalid_argument.
namespace autograd {

Tensor operator+(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& a, const Tensor& b);
Tensor operator*(const Tensor& a, const Tensor& b);
Tensor operator/(const Tensor& a, const Tensor& b);
Tensor operator-(const Tensor& x);

}  // namespace autograd
