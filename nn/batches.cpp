#include "nn/batches.h"

#include <algorithm>

#include "autograd/shape.h"

namespace nn {

std::vector<std::vector<int>> shuffled_batches(int n, int batch_size, autograd::Rng& rng) {
    if (batch_size < 1)
        autograd::refuse("shuffled_batches: a batch of ", batch_size,
                         " rows: it needs at least one");
    const std::vector<int> order = rng.permutation(n);
    std::vector<std::vector<int>> batches;
    for (auto begin = order.begin(); begin != order.end();) {
        const auto end = begin + std::min<std::ptrdiff_t>(batch_size, order.end() - begin);
        batches.emplace_back(begin, end);
        begin = end;
    }
    return batches;
}

}  // namespace nn
