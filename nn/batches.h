#pragma once

#include <vector>

#include "autograd/rng.h"

namespace nn {

// The rows 0 ... n - 1 in random order, in batches of `batch_size`; the last may be smaller. Called
// anew for each epoch:
//     for (const std::vector<int>& rows : nn::shuffled_batches(60000, 256, rng)) ...
// No batch for n = 0. Throws std::invalid_argument for an n below 0 or a batch size below 1.
std::vector<std::vector<int>> shuffled_batches(int n, int batch_size, autograd::Rng& rng);

}  // namespace nn
