#pragma once

#include "autograd/activations.h"
#include "nn/module.h"

// The nonlinearities as modules, for Sequential: any shape in, the same out, and no parameters.
namespace nn::inline HOURGLASS_PRECISION {

struct Sigmoid : Module {
    Tensor forward(const Tensor& x) const override { return autograd::sigmoid(x); }
};

struct Tanh : Module {
    Tensor forward(const Tensor& x) const override { return autograd::tanh(x); }
};

struct ReLU : Module {
    Tensor forward(const Tensor& x) const override { return autograd::relu(x); }
};

struct LeakyReLU : Module {
    explicit LeakyReLU(double negative_slope = 0.01) : slope(negative_slope) {}
    Tensor forward(const Tensor& x) const override { return autograd::leaky_relu(x, slope); }
    double slope;
};

struct Softplus : Module {
    Tensor forward(const Tensor& x) const override { return autograd::softplus(x); }
};

}  // namespace nn::inline HOURGLASS_PRECISION
