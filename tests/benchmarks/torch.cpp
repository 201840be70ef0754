// torch/...: what steps.cpp and ops.cpp measure, written with libtorch, from the same initial
// weights. Before the clock runs, both libraries must have come to the same numbers.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <cmath>
#include <set>
#include <stdexcept>

#include "autograd/kernels/parallel.h"
#include "tests/benchmarks/benchmarks.h"

namespace benchmarks {

namespace {

using torch::Tensor;
using Layers = std::vector<torch::nn::Linear>;

// A copy of ours. libtorch keeps the transpose of a weight.
Tensor copy(const autograd::Tensor& x) {
    std::vector<std::int64_t> sizes;
    for (int axis = 0; axis < x.shape().rank(); ++axis) sizes.push_back(x.shape()[axis]);
    return torch::from_blob(const_cast<float*>(x.data()), sizes).clone();
}

Layers new_torch_layers(const Network& network) {
    torch::NoGradGuard no_grad;
    Layers layers;
    for (const nn::Linear& layer : new_layers(network)) {
        layers.emplace_back(layer.weight.size(0), layer.weight.size(1));
        layers.back()->weight.copy_(copy(layer.weight).t());
        layers.back()->bias.copy_(copy(layer.bias));
    }
    return layers;
}

Tensor basic(Layers& layers, const Tensor& x) {
    const Tensor h = torch::leaky_relu(layers[0](x), 0.01);
    return torch::binary_cross_entropy(torch::sigmoid(layers[1](h)), x);
}

Tensor basic_logits(Layers& layers, const Tensor& x) {
    const Tensor h = torch::leaky_relu(layers[0](x), 0.01);
    return torch::binary_cross_entropy_with_logits(layers[1](h), x);
}

Tensor denoising(Layers& layers, const Tensor& x, double corrupted) {
    const Tensor kept = torch::rand_like(x) < 1 - corrupted;  // half the time of bernoulli_()
    const Tensor h = torch::sigmoid(layers[0](x * kept));
    return torch::binary_cross_entropy(torch::sigmoid(layers[1](h)), x);
}

Tensor contractive(Layers& layers, const Tensor& x) {
    const Tensor h = torch::sigmoid(layers[0](x));
    const Tensor norms = ((h * (1 - h)).square() * layers[0]->weight.square().sum(1)).sum();
    return torch::binary_cross_entropy(torch::sigmoid(layers[1](h)), x) +
           lambda / static_cast<double>(x.size(0)) * norms;
}

Tensor deep(Layers& layers, const Tensor& x) {
    Tensor h = x;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        h = layers[i](h);
        if (i + 1 != layers.size() / 2) h = torch::sigmoid(h);
    }
    return torch::mse_loss(h, x);
}

Tensor tiny(Layers& layers, const Tensor& x) {
    return torch::mse_loss(layers[1](torch::tanh(layers[0](x))), x.narrow(1, 0, 2));
}

Step start_torch_training(const Network& network, double corrupted = corruption) {
    torch::manual_seed(1);
    Layers layers = new_torch_layers(network);
    std::vector<Tensor> parameters;
    for (const auto& layer : layers)
        for (const Tensor& p : layer->parameters()) parameters.push_back(p);
    const auto adam = std::make_shared<torch::optim::Adam>(parameters, lr);
    return [=, name = network.name, x = copy(inputs(network))]() mutable {
        // As zero_grad(set_to_none=True), which the C++ library lacks: cheaper than filling with
        // zeros.
        for (Tensor& p : parameters) p.mutable_grad() = Tensor();
        const Tensor loss = name == "basic"          ? basic(layers, x)
                            : name == "basic_logits" ? basic_logits(layers, x)
                            : name == "denoising"    ? denoising(layers, x, corrupted)
                            : name == "contractive"  ? contractive(layers, x)
                            : name == "tiny"         ? tiny(layers, x)
                                                     : deep(layers, x);
        loss.backward();
        adam->step();
        return loss.item<double>();
    };
}

double torch_scalar_chain() {
    const Tensor w = torch::tensor(0.9f).requires_grad_(), b = torch::tensor(0.1f).requires_grad_();
    Tensor y = torch::tensor(0.5f);
    for (int i = 0; i < chain_length; ++i)
        y = i % 3 == 0 ? w * y : i % 3 == 1 ? y + b : torch::tanh(y);
    y.backward();
    return w.grad().item<double>();
}

void require_equal(const std::string& what, double ours, double torchs) {
    if (!(std::abs(ours - torchs) <= 1e-4 * std::abs(torchs)))
        throw std::runtime_error(what + ": " + std::to_string(ours) + " here, but " +
                                 std::to_string(torchs) + " in libtorch");
}

// Each library draws masks of its own, so here without: the loss of five steps of training.
void compare(const Network& network) {
    const Step ours = start_training(network, inputs(network), 0),
               torchs = start_torch_training(network, 0);
    for (int i = 0; i < 5; ++i) require_equal(network.name + ": a loss of", ours(), torchs());
}

[[maybe_unused]] const bool registered = [] {
    register_steps("torch/", [](const Network& network) {
        at::set_num_threads(autograd::kernels::threads());
        static std::set<std::string> compared;
        if (compared.insert(network.name).second) compare(network);
        return start_torch_training(network);
    });
    register_chain("torch/", [] {
        static const bool compared = [] {
            require_equal("scalar chain: dy/dw of", scalar_chain(), torch_scalar_chain());
            return true;
        }();
        return compared ? torch_scalar_chain() : 0;
    });
    return true;
}();

}  // namespace

}  // namespace benchmarks
