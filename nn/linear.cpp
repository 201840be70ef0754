#include "nn/linear.h"

#include "autograd/matmul.h"
#include "nn/init.h"

namespace nn::inline HOURGLASS_PRECISION {

Linear::Linear(std::int64_t in, std::int64_t out, Rng& rng)
    : drawn_from(rng),
      weight(init::linear_default(in, {in, out}, rng).requires_grad_()),
      bias(init::linear_default(in, {out}, rng).requires_grad_()) {}

Linear Linear::drawn_again(Rng& rng) const { return {weight.size(0), weight.size(1), rng}; }

Tensor Linear::forward(const Tensor& x) const { return autograd::linear(x, weight, bias); }

NamedParameters Linear::named_parameters() const { return {{"weight", weight}, {"bias", bias}}; }

}  // namespace nn::inline HOURGLASS_PRECISION
