#pragma once

#include <concepts>
#include <vector>

#include "autograd/tensor.h"

namespace autograd {

// Adds dL/dp to p.grad() for every leaf p that requires a gradient and that `loss`, a tensor with
// one element, was computed from. It adds, as PyTorch does: zero_grad() comes before.
// The gradients are tensors of their own: no other leaf or result shares their numbers. Several
// threads may do this at once, each with a loss of its own; where they meet at one leaf, the order
// in which they add is theirs, and with it the last bit of the sum. Nobody may read or zero a
// gradient meanwhile.
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
std::vector<Tensor> grad(List<Tensor> outputs, List<Tensor> inputs, bool create_graph = false,
                         List<Tensor> grad_outputs = {});

// The same for one output and one input. (A template, so that {y} is a list.)
template <std::same_as<Tensor> T>
Tensor grad(const T& output, const T& input, bool create_graph = false) {
    return grad({output}, {input}, create_graph)[0];
}

}  // namespace autograd
