#pragma once

#include "autograd/tensor.h"

// Sums, means and maxima, over everything or along one axis (negative: counted from the end). The
// axis disappears from the shape, or stays with size 1 if keepdim. A missing axis throws
// std::invalid_argument.
namespace autograd {

Tensor sum(const Tensor& x);
Tensor sum(const Tensor& x, int axis, bool keepdim = false);
Tensor mean(const Tensor& x);  // of no elements: NaN
Tensor mean(const Tensor& x, int axis, bool keepdim = false);

// The largest element along the axis, which must not be empty; NaN if there is one. Of equal ones
// the first gets the gradient.
Tensor max(const Tensor& x, int axis, bool keepdim = false);

// Where it is: its index along the axis, as a number. No gradient.
Tensor argmax(const Tensor& x, int axis, bool keepdim = false);

}  // namespace autograd
