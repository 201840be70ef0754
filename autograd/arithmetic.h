#pragma once

#include "autograd/tensor.h"

// + - * / with NumPy's broadcasting: the shapes are aligned at their last axis, and an axis of size
// 1 (or a missing one) is repeated to the other's size. A number counts as a tensor of shape {}.
// Shapes that don't fit throw std::invalid_argument.
namespace autograd {

Tensor add(const Tensor& a, const Tensor& b);
Tensor sub(const Tensor& a, const Tensor& b);
Tensor mul(const Tensor& a, const Tensor& b);
Tensor div(const Tensor& a, const Tensor& b);
Tensor neg(const Tensor& x);

inline Tensor operator+(const Tensor& a, const Tensor& b) { return add(a, b); }
inline Tensor operator-(const Tensor& a, const Tensor& b) { return sub(a, b); }
inline Tensor operator*(const Tensor& a, const Tensor& b) { return mul(a, b); }
inline Tensor operator/(const Tensor& a, const Tensor& b) { return div(a, b); }
inline Tensor operator-(const Tensor& x) { return neg(x); }

// The same for a temporary b, as in g * (1 - square(y)): while nothing is recorded, the result
// takes its memory.
Tensor operator+(const Tensor& a, Tensor&& b);
Tensor operator-(const Tensor& a, Tensor&& b);
Tensor operator*(const Tensor& a, Tensor&& b);

}  // namespace autograd
