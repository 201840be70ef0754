// A training step of the lessons' networks on a fixed batch. torch.cpp has the same in libtorch,
// function by function, and page/tensorflow.mjs some of it in TensorFlow.js.
#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/benchmarks/benchmarks.h"

namespace benchmarks {

using namespace autograd;

std::vector<nn::Linear> new_layers(const Network& network) {
    Rng rng(1);
    std::vector<nn::Linear> layers;
    for (std::size_t i = 0; i + 1 < network.widths.size(); ++i)
        layers.emplace_back(network.widths[i], network.widths[i + 1], rng);
    return layers;
}

namespace {

using Layers = std::vector<nn::Linear>;

Tensor basic(const Layers& layers, const Tensor& x) {
    const Tensor h = leaky_relu(layers[0](x), 0.01);
    return nn::binary_cross_entropy(sigmoid(layers[1](h)), x);
}

// What is computed is the same, in fewer passes over the output.
Tensor basic_logits(const Layers& layers, const Tensor& x) {
    const Tensor h = leaky_relu(layers[0](x), 0.01);
    return nn::binary_cross_entropy_with_logits(layers[1](h), x);
}

// Draws anew which pixels are set to 0; the loss asks for the clean image.
Tensor denoising(const Layers& layers, const Tensor& x, double corrupted, Rng& rng) {
    const Tensor kept = bernoulli(x.shape(), 1 - corrupted, rng);
    const Tensor h = sigmoid(layers[0](x * kept));
    return nn::binary_cross_entropy(sigmoid(layers[1](h)), x);
}

// Adds lambda times the mean over the batch of ||dh/dx||^2 = sum_l (h_l (1 - h_l))^2 sum_j W_jl^2.
Tensor contractive(const Layers& layers, const Tensor& x) {
    const Tensor h = sigmoid(layers[0](x));
    const Tensor norms = sum(square(h * (1 - h)) * sum(square(layers[0].weight), 0));
    return nn::binary_cross_entropy(sigmoid(layers[1](h)), x) +
           lambda / static_cast<double>(x.size(0)) * norms;
}

// The same penalty without its closed form: the mean of ||v dh/dx||^2 over v from N(0, I) is
// ||dh/dx||^2, and v dh/dx is a gradient, which is differentiated again.
Tensor contractive_engine(const Layers& layers, const Tensor& images, Rng& rng) {
    const Tensor x = images.detach().requires_grad_(), h = sigmoid(layers[0](x));
    const Tensor v = normal(h.shape(), 0, 1, rng);
    const Tensor norms = sum(square(grad(sum(v * h), x, true)));
    return nn::binary_cross_entropy(sigmoid(layers[1](h)), images) +
           lambda / static_cast<double>(x.size(0)) * norms;
}

// Logistic units but for the code in the middle, which is linear, as in Hinton & Salakhutdinov
// (2006).
Tensor deep(const Layers& layers, const Tensor& x) {
    Tensor h = x;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        h = layers[i](h);
        if (i + 1 != layers.size() / 2) h = sigmoid(h);
    }
    return nn::mse_loss(h, x);
}

// The target is the first two of x's 24 numbers.
Tensor tiny(const Layers& layers, const Tensor& x) {
    return nn::mse_loss(layers[1](tanh(layers[0](x))), narrow(x, 1, 0, 2));
}

}  // namespace

Step start_training(const Network& network, const Tensor& x, double corrupted) {
    const Layers layers = new_layers(network);
    std::vector<Tensor> parameters;
    for (const nn::Linear& layer : layers)
        for (const Tensor& p : layer.parameters()) parameters.push_back(p);
    nn::Adam adam(parameters, {.lr = lr});
    return [=, name = network.name, rng = Rng(1)]() mutable {
        adam.zero_grad();
        const Tensor loss = name == "basic"                ? basic(layers, x)
                            : name == "basic_logits"       ? basic_logits(layers, x)
                            : name == "denoising"          ? denoising(layers, x, corrupted, rng)
                            : name == "contractive"        ? contractive(layers, x)
                            : name == "contractive_engine" ? contractive_engine(layers, x, rng)
                            : name == "tiny"               ? tiny(layers, x)
                                                           : deep(layers, x);
        loss.backward();
        adam.step();
        return static_cast<double>(loss.item());
    };
}

}  // namespace benchmarks
