#pragma once

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

#include "autograd/arithmetic.h"
#include "autograd/functions.h"
#include "autograd/reductions.h"
#include "lessons/support/dataset.h"

namespace support {

// Calls f(x, first) for the images in order, as tensors of at most 1000 rows: enough for the arithmetic
// to be quick, few enough to need little memory. Nothing is recorded. `first` is x's first image.
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
    double bce = 0;  // binary cross-entropy, mean over all pixels of all images
    double sse = 0;  // squared error, summed over an image's pixels, mean over the images
};

// Compares x with reconstruct(x) over all the images; reconstruct gives pixels in [0, 1].
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
    error.bce /= static_cast<double>(images.count) * images.size();
    error.sse /= images.count;
    return error;
}

}  // namespace support
