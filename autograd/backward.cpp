#include "autograd/backward.h"

#include <algorithm>
#include <functional>
#include <map>

#include "autograd/arithmetic.h"
#include "autograd/kernels/parallel.h"
#include "autograd/kernels/pool.h"

namespace autograd {

namespace {

// Nodes of the graph, by id, the newest first (nodes of two threads may have the same id), each
// with the sum of the gradients that have reached it so far; while it is undefined, that sum is
// zero everywhere. Whoever asked for the sweep holds the graph, so plain pointers are safe.
using Key = std::pair<std::uint64_t, Node*>;
using Queue =
    std::map<Key, Tensor, std::greater<>, kernels::PoolAllocator<std::pair<const Key, Tensor>>>;

void add_gradient(Queue& queue, Node* node, Tensor g) {
    Tensor& total = queue.try_emplace(Key(node->id, node)).first->second;
    if (!total.defined())
        total = std::move(g);
    else if (g.defined())  // two paths lead here: by the chain rule their gradients add
        total = g + std::move(total);
}

// The chain rule from the outputs down. Every consumer of a tensor was recorded after it and so has
// a greater id. Hence the newest of the pending tensors has no consumer that is still to come: its
// gradient is complete, and can be handed to `visit` and on to its inputs. No recursion, no
// sorting. Tensors older than `oldest` are not looked at. A gradient that is zero everywhere is
// handed on as such, without arithmetic: what it reaches is part of the graph nevertheless.
template <class Visit>
void sweep(Queue queue, std::uint64_t oldest, bool create_graph, Visit visit) {
    Recording recording(create_graph);
    while (!queue.empty()) {
        const auto newest = queue.extract(queue.begin());
        Node& node = *newest.key().second;
        const Tensor& g = newest.mapped();
        const Tensor zero = g.defined() ? Tensor() : zeros(node.shape);
        visit(node, g.defined() ? g : zero);  // not a copy: who is alone with g may keep it
        for (int i = 0; i < node.input_count; ++i) {
            const Input& input = node.inputs[i];
            if (!input.gradient.call || input.tensor.node()->id < oldest) continue;
            add_gradient(queue, input.tensor.node(),
                         g.defined() ? node.input_gradient(i, g) : Tensor());
        }
    }
}

}  // namespace

void backward(const Tensor& loss) {
    if (loss.shape("backward").size() != 1)
        refuse("backward: the loss has shape ", loss.shape(),
               ", not one element: reduce it with sum() or mean() first");
    if (!loss.requires_grad())
        refuse("backward: the loss doesn't depend on any tensor with requires_grad_() (or it was",
               " computed inside NoGrad): there is nothing to differentiate");
    Queue queue;
    add_gradient(queue, loss.node(), ones(loss.shape()));
    sweep(std::move(queue), 0, false, [](Node& node, const Tensor& g) {
        if (node.op) return;
        const kernels::Exclusive adding;  // two threads may meet at one leaf
        Tensor& total = node.grad;
        // A g that someone else holds too is copied: each leaf's gradient is its own.
        total = total.defined() ? total + g : g.use_count() == 1 ? g : g.detach();
    });
}

std::vector<Tensor> grad(List<Tensor> outputs, List<Tensor> inputs, bool create_graph,
                         List<Tensor> grad_outputs) {
    if (!grad_outputs.empty() && grad_outputs.size() != outputs.size())
        refuse("grad: ", outputs.size(), " outputs but ", grad_outputs.size(), " grad_outputs");
    Queue queue;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const Tensor& output = outputs[i];
        if (grad_outputs.empty() && output.shape("grad").size() != 1)
            refuse("grad: an output has shape ", output.shape(),
                   ", not one element: reduce it, or give grad_outputs");
        if (!output.requires_grad("grad"))
            refuse("grad: an output doesn't depend on any tensor with requires_grad_()");
        Tensor g = grad_outputs.empty() ? ones(output.shape()) : grad_outputs[i];
        if (g.shape("grad") != output.shape())
            refuse("grad: output ", i, " has shape ", output.shape(), ", its grad_outputs ",
                   g.shape());
        add_gradient(queue, output.node(), std::move(g));
    }
    std::uint64_t oldest = UINT64_MAX;
    for (const Tensor& input : inputs) {
        if (!input.defined()) refuse("grad: an input is undefined");
        oldest = std::min(oldest, input.node()->id);
    }
    std::vector<Tensor> result(inputs.size());
    sweep(std::move(queue), oldest, create_graph, [&](const Node& node, const Tensor& g) {
        for (std::size_t i = 0; i < inputs.size(); ++i)
            if (inputs[i].node() == &node) result[i] = g;
    });
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (!result[i].defined())
            refuse("grad: input ", i, ", of shape ", inputs[i].shape(),
                   inputs[i].requires_grad() ? ", is not part of the graph of the outputs"
                                             : ", has no gradient: call requires_grad_() on it "
                                               "before computing the outputs");
    return result;
}

}  // namespace autograd
