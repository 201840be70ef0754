#pragma once

#include <span>

#include "autograd/tensor.h"

namespace nn {

using autograd::Rng;
using autograd::Tensor;

struct ProbeSettings {
    int epochs = 5, batch_size = 256;
    double lr = 0.01;  // Adam's at the first step; it falls linearly to 0
};

// How much of the labels can be read off the codes by a straight line: the share of held-out codes
// that a softmax regression classifies correctly.
//     p(label | h) = softmax(((h - mean) / stddev) V + a)
// mean and stddev are those of each unit over the training codes, so that a unit's scale does not
// count; a unit that never changes is left out. V and a begin at 0 and minimise the cross-entropy
// of the training codes; the encoder that made the codes is not touched. codes: [m, k], a label in
// 0 ... classes-1 for each row. std::invalid_argument where they don't fit.
double probe_accuracy(const Tensor& codes, std::span<const int> labels, const Tensor& test_codes,
                      std::span<const int> test_labels, Rng& rng, ProbeSettings settings = {});

}  // namespace nn
