#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autograd/tensor.h"

namespace nn::inline HOURGLASS_PRECISION {

using autograd::Rng;
using autograd::Tensor;

using NamedParameters = std::vector<std::pair<std::string, Tensor>>;

// A function with parameters: x in, forward(x) out; each module says which shapes it takes. A model
// of one's own derives from this, holds its layers as members, and names them in named_parameters:
//
//     struct Autoencoder : nn::Module {
//         nn::Linear encoder, decoder;
//         Tensor forward(const Tensor& x) const override { ... }
//         NamedParameters named_parameters() const override {
//             return nn::join({{"encoder", &encoder}, {"decoder", &decoder}});
//         }
//     };
//
// Tensors are handles, so a copy of a module shares its weights: what trains one trains the other.
struct Module {
    virtual ~Module() = default;
    virtual Tensor forward(const Tensor& x) const = 0;
    Tensor operator()(const Tensor& x) const { return forward(x); }

    // What an optimiser moves and nn::save writes: handles on the module's own tensors.
    virtual NamedParameters named_parameters() const { return {}; }
    std::vector<Tensor> parameters() const;  // the same in the same order, without their names
    std::int64_t parameter_count() const;    // how many numbers they hold
};

// The parameters of several modules, each name behind its module's: "encoder.weight". The modules
// must be alive during the call only.
NamedParameters join(const std::vector<std::pair<std::string, const Module*>>& modules);

// Modules one after the other, each takes the shape that the last one gives; without any, x comes
// back. The parameters are named by position: "0.weight", "2.weight". Copying one shares its
// layers.
//     Sequential net{Linear(784, 32, rng), LeakyReLU(), Linear(32, 784, rng), Sigmoid()};
// In braces, because these evaluate the layers from left to right, so that each draws the same
// weights from rng whatever the compiler; in parentheses the order is the compiler's.
struct Sequential : Module {
    template <class... Modules>
    explicit Sequential(Modules... modules)
        : layers{std::make_shared<Modules>(std::move(modules))...} {}

    Tensor forward(const Tensor& x) const override;
    NamedParameters named_parameters() const override;

    std::vector<std::shared_ptr<Module>> layers;
};

}  // namespace nn::inline HOURGLASS_PRECISION
