#pragma once

#include "autograd/tensor.h"

namespace nn::inline HOURGLASS_PRECISION {

using autograd::List;
using autograd::Rng;
using autograd::Tensor;

struct ProbeSettings {
    int epochs = 5, batch_size = 256;  // 0 epochs: every answer is label 0
    double lr = 0.01;                  // Adam's at the first step; it falls linearly to 0
};

// How much of the labels can be read off the codes by a straight line: the share, in [0, 1], of
// held-out codes that a softmax regression classifies correctly. (Alain & Bengio 2016)
//     p(label | h) = softmax(((h - mean) / stddev) V + a)
// codes: [m, k], labels: m of 0 ... classes-1;  test_codes: [n, k], test_labels: n of the same.
//
// mean and stddev are those of each unit over the training codes, so that a unit's scale does not
// count; a unit that never changes, or by less than a millionth of its root mean square, is left
// out. V and a begin at 0 and minimise the cross-entropy of the training codes by Adam, in batches
// that rng shuffles; the encoder that made the codes is not touched.
//
// Throws std::invalid_argument for codes that are no matrix with a row for each label, for none at
// all, for k that differ, a negative label, or a batch size below 1.
double probe_accuracy(const Tensor& codes, List<int> labels, const Tensor& test_codes,
                      List<int> test_labels, Rng& rng, ProbeSettings settings = {});

}  // namespace nn::inline HOURGLASS_PRECISION
