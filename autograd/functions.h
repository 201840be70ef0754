#pragma once

#include "autograd/tensor.h"

// Elementary functions, element by element: the result has x's shape. Outside a function's domain
// it is what C's library gives: log(0) = -infinity, log(-1) and sqrt(-1) are NaN.
namespace autograd {

Tensor square(const Tensor& x);
Tensor pow(const Tensor& x, double exponent);  // derivative 0 everywhere for exponent 0
Tensor sqrt(const Tensor& x);
Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);
Tensor abs(const Tensor& x);  // derivative 0 at 0, as in PyTorch
// x, but not below low nor above high; NaN stays NaN. Derivative 1 at the bounds, as in PyTorch,
// and 0 outside. Throws std::invalid_argument unless low <= high.
Tensor clamp(const Tensor& x, double low, double high);

}  // namespace autograd
