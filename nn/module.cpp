#include "nn/module.h"

#include <algorithm>

#include "nn/linear.h"

namespace nn::inline HOURGLASS_PRECISION {

std::vector<Tensor> Module::parameters() const {
    std::vector<Tensor> result;
    for (const auto& [name, tensor] : named_parameters()) result.push_back(tensor);
    return result;
}

std::int64_t Module::parameter_count() const {
    std::int64_t count = 0;
    for (const Tensor& p : parameters()) count += p.size();
    return count;
}

NamedParameters join(const std::vector<std::pair<std::string, const Module*>>& modules) {
    NamedParameters result;
    for (const auto& [prefix, module] : modules)
        for (const auto& [name, tensor] : module->named_parameters())
            result.emplace_back(prefix + "." + name, tensor);
    return result;
}

// Were the layers drawn from the last to the first? Then draws from the generator as it was before
// the last give the weights that they have. In any other case they are what their user made them.
void Sequential::draw_in_reading_order() {
    std::vector<Linear*> linear;
    for (const auto& layer : layers)
        if (auto* const l = dynamic_cast<Linear*>(layer.get()))
            linear.push_back(l);
        else if (!layer->parameters().empty())
            autograd::refuse(
                "Sequential: in parentheses the compiler chooses which layer is drawn "
                "first: write Sequential{...}, in braces");
    if (linear.empty()) return;
    const Rng start = linear.back()->drawn_from;
    Rng rng = start;
    for (auto it = linear.rbegin(); it != linear.rend(); ++it)
        if (!((*it)->drawn_from == rng) ||
            (*it)->weight.to_vector() != (*it)->drawn_again(rng).weight.to_vector())
            return;
    rng = start;
    for (Linear* l : linear) *l = l->drawn_again(rng);
}

Tensor Sequential::forward(const Tensor& x) const {
    Tensor y = x;
    for (const auto& layer : layers) y = layer->forward(y);
    return y;
}

NamedParameters Sequential::named_parameters() const {
    std::vector<std::pair<std::string, const Module*>> named;
    for (const auto& layer : layers) named.emplace_back(std::to_string(named.size()), layer.get());
    return join(named);
}

}  // namespace nn::inline HOURGLASS_PRECISION
