#pragma once

#include <span>
#include <vector>

#include "autograd/tensor.h"

namespace autograd {

// Adds dL/dp to p.grad() for every leaf p that requires a gradient and that `loss`, a tensor with
// one element, was computed from. It adds, as PyTorch does: zero_grad() comes before.
// The gradients are tensors of their own: no other leaf or result shares their numbers.
// Throws std::invalid_argument for a loss of more elements, or one that has no graph, and where a
// gradient would read a leaf that was written since it was used.
void backward(const Tensor& loss);

// d(sum of outputs)/d(input) for each input, which may also be an intermediate result; `.grad()` of
// leaves is left alone. For a vector-Jacobian product give `grad_outputs`, the vectors v, one for
// each output and of its shape; without them each output must have one element, and v is 1. With
// create_graph the gradients are recorded as they are computed, and can be differentiated again.
// A result may share its numbers with another one, or with grad_outputs: detach() it before
// writing. Throws std::invalid_argument when an input is not part of the graph, and as backward()
// does.
std::vector<Tensor> grad(std::span<const Tensor> outputs, std::span<const Tensor> inputs,
                         bool create_graph = false, std::span<const Tensor> grad_outputs = {});

// The same for one output and one input.
Tensor grad(const Tensor& output, const Tensor& input, bool create_graph = false);

}  // namespace autograd
