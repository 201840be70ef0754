#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

#include "autograd/arithmetic.h"
#include "autograd/functions.h"
#include "autograd/reductions.h"
#include "autograd/shaping.h"
#include "lessons/support/dataset.h"
#include "lessons/support/text.h"

namespace support {

// Calls f(x, first) for the images in order, x: [<= 1000, pixels] in [0, 1], beginning with image
// `first`. Rows enough for the arithmetic to be quick, few enough to need little memory. Nothing is
// recorded.
inline void for_each_chunk(const Images& images,
                           const std::function<void(const autograd::Tensor&, int)>& f) {
    autograd::NoGrad no_grad;
    for (int first = 0; first < images.count; first += 1000) {
        std::vector<int> rows(std::min(1000, images.count - first));
        std::iota(rows.begin(), rows.end(), first);
        f(to_tensor(images, rows), first);
    }
}

// What is lost in reconstruction, by the names that every lesson uses.
struct ReconstructionError {
    double bce = 0;  // binary cross-entropy, nats per pixel: mean over all pixels of all images
    double sse = 0;  // squared error per image: summed over its pixels, mean over the images
};

// Compares x with reconstruct(x) over all the images, both [rows, pixels] in [0, 1]. Logarithms
// end at -100, where PyTorch's BCELoss ends them: a pixel that is wrong for certain costs 100 nats.
inline ReconstructionError reconstruction_error(
    const Images& images,
    const std::function<autograd::Tensor(const autograd::Tensor&)>& reconstruct) {
    ReconstructionError error;
    for_each_chunk(images, [&](const autograd::Tensor& x, int) {
        const autograd::Tensor x_hat = reconstruct(x);
        const auto log_p = [](const autograd::Tensor& p) { return clamp(log(p), -100, 0); };
        error.bce -= sum(x * log_p(x_hat) + (1 - x) * log_p(1 - x_hat)).item();
        error.sse += sum(square(x_hat - x)).item();
    });
    error.bce /= double(images.count) * images.size();
    error.sse /= images.count;
    return error;
}

// The largest |element| of all the tensors; not a number if one of them isn't.
inline double largest(const std::vector<autograd::Tensor>& tensors) {
    double most = 0;
    for (const autograd::Tensor& t : tensors)
        for (const double v : t.to_vector()) most = larger(most, std::abs(v));
    return most;
}

// The largest |a - b| over pairs of tensors of one shape: how far a gradient by hand is from the
// engine's. std::out_of_range when b has fewer tensors than a.
inline double largest_difference(const std::vector<autograd::Tensor>& a,
                                 const std::vector<autograd::Tensor>& b) {
    autograd::NoGrad no_grad;
    std::vector<autograd::Tensor> differences;
    for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b.at(i));
    return largest(differences);
}

// encode(x) of all the images, [images, k], where encode makes [rows, k] of [rows, pixels].
inline autograd::Tensor codes(
    const Images& images, const std::function<autograd::Tensor(const autograd::Tensor&)>& encode) {
    autograd::Tensor all;
    for_each_chunk(images, [&](const autograd::Tensor& x, int first) {
        const autograd::Tensor h = encode(x);
        if (!all.defined()) all = autograd::empty({images.count, h.size(1)});
        std::copy_n(h.data(), h.size(), all.mutable_data() + first * h.size(1));
    });
    return all;
}

// The rows of M, each at length 1; not numbers where a row is zero.   M and result: [rows, columns]
inline autograd::Tensor unit_rows(const autograd::Tensor& M) {
    autograd::NoGrad no_grad;
    return M / sqrt(sum(square(M), 1, true));
}

// What each unit responds to most. Among all inputs x of length 1, w_l . x is largest for w_l /
// ||w_l||, where w_l is column l of W.   W: [n, k], result: [k, n], a row for each unit
inline autograd::Tensor filters(const autograd::Tensor& W) { return unit_rows(transpose(W)); }

}  // namespace support
