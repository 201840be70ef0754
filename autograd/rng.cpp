#include "autograd/rng.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "autograd/shape.h"

namespace autograd {

double Rng::uniform() { return double(bits_() >> 11) * 0x1p-53; }

// Box and Muller (1958): a point whose angle is uniform and whose squared radius is exponential has
// two independent normal coordinates.
double Rng::normal() {
    if (std::exchange(has_spare_, false)) return spare_;
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));  // 1 - u is never 0
    const double angle = 2 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
}

int64_t Rng::below(int64_t n) {
    if (n <= 0) refuse("below: ", n, ": n must be positive");
    // The largest multiple of n that fits: what lies above it would favour small results.
    const auto count = std::uint64_t(n), limit = UINT64_MAX - UINT64_MAX % count;
    std::uint64_t draw;
    do draw = bits_();
    while (draw >= limit);
    return int64_t(draw % count);
}

// Fisher and Yates: each position takes one of those not yet placed.
std::vector<int> Rng::permutation(int n) {
    if (n < 0) refuse("permutation: ", n, ": n must be 0 or more");
    std::vector<int> order(n);
    std::iota(order.begin(), order.end(), 0);
    for (int i = n - 1; i > 0; --i) std::swap(order[i], order[below(i + 1)]);
    return order;
}

}  // namespace autograd
