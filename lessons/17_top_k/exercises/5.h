#pragma once

#include "lessons/17_top_k/top_k.h"

namespace lessons {

// Exercise 17.5: as many as it takes. Of all the scores of a batch the m k largest may speak,
// whichever inputs they belong to: 1 there, else 0.   z and result: [m, units]
inline Tensor batch_top_k_mask(const Tensor& z, int k) {
    (void)k;                            // to be used
    return autograd::zeros(z.shape());  // to be written
}

}  // namespace lessons
