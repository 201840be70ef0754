#pragma once

#include <cstdint>

#include "autograd/tensor.h"

// Where the weights begin. All draw a new tensor, row by row, without requires_grad_(); W is
// [in, out] as in nn::Linear, in and out at least 1 (not checked). A layer that keeps the variance
// of what passes through it, forward or backward, can be stacked many times.
namespace nn::inline HOURGLASS_PRECISION::init {

using autograd::Rng;
using autograd::Shape;
using autograd::Tensor;

// PyTorch's default for Linear, weight and bias alike: U(-1/sqrt(in), 1/sqrt(in)).
Tensor linear_default(std::int64_t in, const Shape& shape, Rng& rng);

// U(-a, a) with a = sqrt(6 / (in + out)): for tanh and sigmoid.  (Glorot & Bengio 2010,
// equation 16)
Tensor xavier_uniform(std::int64_t in, std::int64_t out, Rng& rng);

// N(0, 2 / in): for ReLU, which halves the variance.  (He et al. 2015, equation 10)
Tensor kaiming_normal(std::int64_t in, std::int64_t out, Rng& rng);

// N(0, stddev^2)
Tensor normal(const Shape& shape, double stddev, Rng& rng);

}  // namespace nn::inline HOURGLASS_PRECISION::init
