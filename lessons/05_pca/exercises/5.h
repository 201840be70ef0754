#pragma once

#include "lessons/05_pca/linear_autoencoder.h"

// Exercise 05.5: dL/dW* of L = tr (I - P)' S (I - P) with P = W W*, by hand.
// W: [n, k], W_star: [k, n], S: [n, n], result: [k, n]
inline autograd::Tensor gradient_of_W_star(const autograd::Tensor& W,
                                           const autograd::Tensor& W_star,
                                           const autograd::Tensor& S) {
    (void)W, (void)S;                        // to be used
    return autograd::zeros(W_star.shape());  // to be written
}
