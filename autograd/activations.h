#pragma once

#include "autograd/tensor.h"

// The nonlinearities of neural networks: all but log_softmax element by element. The result has x's
// shape, and NaN stays NaN. Where a derivative jumps, at 0, relu and leaky_relu take the one from
// the left, as in PyTorch.
namespace autograd {

Tensor sigmoid(const Tensor& x);                          // 1 / (1 + exp(-x)), between 0 and 1
Tensor tanh(const Tensor& x);                             // between -1 and 1
Tensor relu(const Tensor& x);                             // max(x, 0)
Tensor leaky_relu(const Tensor& x, double slope = 0.01);  // x where x > 0, else slope x
Tensor softplus(const Tensor& x);                         // log(1 + exp(x)): a smooth relu

// log of softmax along the last axis: y[i] = x[i] - log(sum over j of exp(x[j])), computed without
// overflow for any finite x, and without losing the digits of what is nearly 0. Scores become
// log-probabilities. x: [..., classes], at least one axis; std::invalid_argument otherwise.
Tensor log_softmax(const Tensor& x);

}  // namespace autograd
