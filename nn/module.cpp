#include "nn/module.h"

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
