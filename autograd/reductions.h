#pragma once

#include "autograd/tensor.h"

// Sums, means and maxima, over everything (result []) or along one axis (negative: counted from the
// end). The axis disappears from the shape, or stays with size 1 if keepdim: [256, 784] along axis
// 1 gives [256], or [256, 1]. A missing axis throws std::invalid_argument. Sums are made in blocks,
// so that their rounding errors do not pile up.
namespace autograd {

Tensor sum(const Tensor& x);
Tensor sum(const Tensor& x, int axis, bool keepdim = false);
Tensor mean(const Tensor& x);  // of no elements: NaN
Tensor mean(const Tensor& x, int axis, bool keepdim = false);

// The largest element along the axis; NaN if there is one. Of equal ones the first gets the
// gradient. Throws std::invalid_argument for an empty axis.
Tensor max(const Tensor& x, int axis, bool keepdim = false);

// Where it is: its index along the axis, as a number; the first one of equals. No gradient. A float
// counts exactly to 2^24 only: throws std::invalid_argument for a longer axis.
Tensor argmax(const Tensor& x, int axis, bool keepdim = false);

}  // namespace autograd
