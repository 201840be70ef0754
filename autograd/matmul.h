#pragma once

#include "autograd/tensor.h"

namespace autograd::inline HOURGLASS_PRECISION {

// A matrix, or its transpose, as a factor of a product. Nothing is moved: matmul reads the matrix
// the other way round. Written  matmul(h, transposed(W)).
struct Factor {
    Factor(const Tensor& m, bool flipped = false) : matrix(m), is_transposed(flipped) {}
    Tensor matrix;
    bool is_transposed;
};
inline Factor transposed(const Factor& f) { return {f.matrix, !f.is_transposed}; }

// a b, of shape [m, n], for factors of shapes [m, k] and [k, n].
Tensor matmul(const Factor& a, const Factor& b);

// x W + b: matmul with a bias for each column, in one pass.
// x: [batch, in], W: [in, out], b: [out]; result [batch, out].
Tensor linear(const Factor& x, const Factor& W, const Tensor& b);

// Both throw std::invalid_argument for tensors that aren't matrices and for sizes that differ.

}  // namespace autograd::inline HOURGLASS_PRECISION
