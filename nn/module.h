#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <type_traits>
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
// Braces evaluate the layers from left to right, so that each draws the same weights from rng
// whatever the compiler. In parentheses the compiler chooses, and g++ takes the last layer first:
// Linear layers are then drawn once more, in reading order. Modules of one's own can't be: for
// those std::invalid_argument says to write braces.
struct Sequential : Module {
    struct Layer {  // any module
        template <std::derived_from<Module> M>
        Layer(M m) : module(std::make_shared<M>(std::move(m))) {}
        std::shared_ptr<Module> module;
    };
    Sequential() = default;
    explicit Sequential(std::initializer_list<Layer> in_order) {
        for (const Layer& layer : in_order) layers.push_back(layer.module);
    }
    template <class First, class Second, class... More>
    Sequential(First&& first, Second&& second, More&&... more)
        : Sequential({std::forward<First>(first), std::forward<Second>(second),
                      std::forward<More>(more)...}) {
        // Layers with a name were drawn in statements of their own.
        if constexpr (!(std::is_lvalue_reference_v<First> || std::is_lvalue_reference_v<Second> ||
                        (std::is_lvalue_reference_v<More> || ...)))
            draw_in_reading_order();
    }

    Tensor forward(const Tensor& x) const override;
    NamedParameters named_parameters() const override;

    std::vector<std::shared_ptr<Module>> layers;

  private:
    void draw_in_reading_order();
};

}  // namespace nn::inline HOURGLASS_PRECISION
