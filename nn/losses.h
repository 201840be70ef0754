#pragma once

#include "autograd/tensor.h"

// How far x_hat is from x. Names and conventions are PyTorch's: the prediction first, and the mean
// over all elements unless another reduction is asked for. Logarithms are natural: the entropies
// are in nats.
//
// x_hat, z and x may have any shape, the same for both; broadcasting here is nearly always a
// mistake, and shapes that differ throw std::invalid_argument. The result has shape {}, or the
// shape of the elements (for cross_entropy, of the rows) with Reduction::none. The targets x are
// not checked: one outside [0, 1] gives a number, but no cross-entropy. All can be differentiated
// twice, with respect to the targets, too.
namespace nn::inline HOURGLASS_PRECISION {

using autograd::Tensor;

enum class Reduction { mean, sum, none };  // none: a loss for each element

// (x_hat - x)^2, in the square of the unit of x.
Tensor mse_loss(const Tensor& x_hat, const Tensor& x, Reduction reduction = Reduction::mean);

// -x log(x_hat) - (1 - x) log(1 - x_hat) for probabilities x_hat in [0, 1]. A logarithm is never
// taken below -100, so that a wrong certainty costs 100 nats, not infinity, and x_hat (1 - x_hat)
// in the derivative never below 1e-12. Throws std::invalid_argument for an x_hat outside [0, 1];
// NaN gives NaN.
Tensor binary_cross_entropy(const Tensor& x_hat, const Tensor& x,
                            Reduction reduction = Reduction::mean);

// The same for x_hat = sigmoid(z), from the pre-activation z, any number: without a clamp, as
// softplus(z) - x z.
Tensor binary_cross_entropy_with_logits(const Tensor& z, const Tensor& x,
                                        Reduction reduction = Reduction::mean);

// -log softmax(z)[label], the mean over the rows.  z: [batch, classes], any numbers; labels: batch
// of them in 0 ... classes-1, copied. Throws std::invalid_argument for another number of labels and
// for a label that is no class.
Tensor cross_entropy(const Tensor& z, autograd::List<int> labels,
                     Reduction reduction = Reduction::mean);

}  // namespace nn::inline HOURGLASS_PRECISION
