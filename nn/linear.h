#pragma once

#include "nn/module.h"

namespace nn::inline HOURGLASS_PRECISION {

// y = x W + b.  weight W: [in, out], bias b: [out].  x: [batch, in], y: [batch, out].
// Column l of W is what unit l looks for in its input; PyTorch stores the transpose, [out, in].
// Both begin as PyTorch's do, uniform in [-1/sqrt(in), 1/sqrt(in)), W drawn from rng before b. A
// copy shares the weights. forward throws std::invalid_argument for an x of another shape.
struct Linear : Module {
    Linear(std::int64_t in, std::int64_t out, Rng& rng);
    Tensor forward(const Tensor& x) const override;
    NamedParameters named_parameters() const override;

    // For Sequential: the generator as it stood before this layer, and another layer of this shape.
    Rng drawn_from;
    Linear drawn_again(Rng& rng) const;

    Tensor weight, bias;
};

}  // namespace nn::inline HOURGLASS_PRECISION
