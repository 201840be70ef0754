#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/tensor.h"
#include "nn/linear.h"

// What steps.cpp and ops.cpp measure of Hourglass, and torch.cpp of libtorch.
namespace benchmarks {

// A fully connected network, widths.front() inputs to widths.back() outputs, and its batch.
struct Network {
    std::string name;
    int batch;
    std::vector<int> widths;
};

inline const std::vector<Network> networks = {
    {"basic", 256, {784, 32, 784}},
    {"basic_logits", 256, {784, 32, 784}},  // the same loss, from the logits
    {"denoising", 128, {784, 500, 784}},
    {"contractive", 128, {784, 500, 784}},
    {"deep", 256, {784, 1000, 500, 250, 30, 250, 500, 1000, 784}},
    {"tiny", 200, {24, 8, 2}},  // hardly any arithmetic: what a graph and an optimiser cost
};

constexpr double lr = 1e-3;         // of Adam
constexpr double corruption = 0.3;  // the share of pixels that `denoising` sets to 0
constexpr double lambda = 0.1;      // the weight of the penalty in `contractive`
constexpr int chain_length = 1000;  // operations in `scalar_chain`

// [batch, 784], MNIST's first ones; of another width, numbers drawn from [0, 1).
autograd::Tensor inputs(const Network& network);
std::vector<nn::Linear> new_layers(const Network& network);  // the same weights at each call

// A step of training: zero_grad, forward, loss, backward, Adam. Returns the loss.
// x: [batch, widths.front()]
using Step = std::function<double()>;
Step start_training(const Network& network, const autograd::Tensor& x,
                    double corrupted = corruption);

// w, b and y are numbers; y = w y, y = y + b, y = tanh(y) in turn, chain_length operations, then
// dy/dw.
double scalar_chain();

// Makes `step` the benchmark <prefix>step/<network>; `start` is called before the clock runs.
void register_steps(const std::string& prefix, const std::function<Step(const Network&)>& start);
void register_chain(const std::string& prefix, const std::function<double()>& chain);

}  // namespace benchmarks
