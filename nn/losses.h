#pragma once

#include <span>

#include "autograd/tensor.h"

// How far x_hat is from x. Names and conventions are PyTorch's: the prediction first, and the mean
// over all elements unless another reduction is asked for.
namespace nn {

using autograd::Tensor;

enum class Reduction { mean, sum, none };  // none: a loss for each element

// (x_hat - x)^2
Tensor mse_loss(const Tensor& x_hat, const Tensor& x, Reduction reduction = Reduction::mean);

// -x log(x_hat) - (1 - x) log(1 - x_hat) for probabilities x_hat in [0, 1]. A logarithm is never
// taken below -100, so that a wrong certainty costs 100, not infinity. Throws std::invalid_argument
// for an x_hat outside [0, 1].
Tensor binary_cross_entropy(const Tensor& x_hat, const Tensor& x,
                            Reduction reduction = Reduction::mean);

// The same for x_hat = sigmoid(z), from the pre-activation z: without a clamp, exact for any z.
Tensor binary_cross_entropy_with_logits(const Tensor& z, const Tensor& x,
                                        Reduction reduction = Reduction::mean);

// -log softmax(z)[label], the mean over the rows.  z: [batch, classes], labels: [batch] in 0 ...
// classes-1.
Tensor cross_entropy(const Tensor& z, std::span<const int> labels,
                     Reduction reduction = Reduction::mean);

// All throw std::invalid_argument for shapes that differ: broadcasting here is nearly always a
// mistake.

}  // namespace nn
