#pragma once

#include "autograd/tensor.h"

// Elementary functions, element by element. Outside a function's domain the result is what C's
// library gives: log(0) = -infinity, log(-1) and sqrt(-1) are NaN.
namespace autograd {

Tensor square(const Tensor& x);
Tensor pow(const Tensor& x, double exponent);
Tensor sqrt(const Tensor& x);
Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);
Tensor abs(const Tensor& x);  // derivative 0 at 0, as in PyTorch
// Derivative 1 at the bounds, as in PyTorch.
Tensor clamp(const Tensor& x, double low, double high);

}  // namespace autograd
