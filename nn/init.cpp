#include "nn/init.h"

#include <cmath>

namespace nn::inline HOURGLASS_PRECISION::init {

Tensor linear_default(std::int64_t in, const Shape& shape, Rng& rng) {
    const double bound = in > 0 ? 1 / std::sqrt(double(in)) : 0;
    return autograd::uniform(shape, -bound, bound, rng);
}

Tensor xavier_uniform(std::int64_t in, std::int64_t out, Rng& rng) {
    const double bound = std::sqrt(6.0 / double(in + out));
    return autograd::uniform({in, out}, -bound, bound, rng);
}

Tensor kaiming_normal(std::int64_t in, std::int64_t out, Rng& rng) {
    return normal({in, out}, std::sqrt(2.0 / double(in)), rng);
}

Tensor normal(const Shape& shape, double stddev, Rng& rng) {
    return autograd::normal(shape, 0, stddev, rng);
}

}  // namespace nn::inline HOURGLASS_PRECISION::init
