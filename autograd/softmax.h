#pragma once

#include "autograd/tensor.h"

namespace autograd {

// log of softmax along the last axis: y[i] = x[i] - log(sum over j of exp(x[j])), computed without
// overflow for any finite x. Scores become log-probabilities.
// x: [..., classes], at least one axis; std::invalid_argument otherwise.
Tensor log_softmax(const Tensor& x);

}  // namespace autograd
