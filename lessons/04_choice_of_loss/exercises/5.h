#pragma once

#include "autograd/autograd.h"

// Exercise 04.5: the cross-entropy from the pre-activations a2, right for any number there. The sum
// over an image's pixels, the mean over the m images.   a2, x: [m, n]
inline autograd::Tensor cross_entropy_of(const autograd::Tensor& a2, const autograd::Tensor& x) {
    return 0 * sum(a2 * x);  // to be written
}
