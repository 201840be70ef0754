#pragma once

#include "autograd/tensor.h"

// The nonlinearities of neural networks, element by element. Where a derivative jumps, at 0, relu
// and leaky_relu take the one from the left, as in PyTorch.
namespace autograd {

Tensor sigmoid(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor relu(const Tensor& x);
Tensor leaky_relu(const Tensor& x, double slope = 0.01);
Tensor softplus(const Tensor& x);

}  // namespace autograd
