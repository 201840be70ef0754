#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <stdexcept>
#include <string>
#include <unsupported/Eigen/FFT>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/support/text.h"

// Small windows on photographs, made fit for learning: whitened, without their mean, of one
// variance.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

// A grey photograph, or one that went through a filter.
struct Photograph {
    std::string name;
    int height = 0, width = 0;
    std::vector<float> pixels;  // [height, width], 0 black ... 1 white
};

// Discrete Fourier transform of each row or column of [height, width], in place; `back` undoes it.
inline void fourier(std::vector<std::complex<float>>& grid, int height, int width, bool back) {
    Eigen::FFT<float> fft;
    std::vector<std::complex<float>> in, out;
    const auto along = [&](int lines, int length, int line_step, int step) {
        in.resize(std::size_t(length));
        for (int line = 0; line < lines; ++line) {
            for (int i = 0; i < length; ++i)
                in[std::size_t(i)] = grid[std::size_t(line * line_step + i * step)];
            back ? fft.inv(out, in) : fft.fwd(out, in);
            for (int i = 0; i < length; ++i)
                grid[std::size_t(line * line_step + i * step)] = out[std::size_t(i)];
        }
    };
    along(height, width, width, 1);
    along(width, height, 1, width);
}

// Photographs have most of their energy in slow changes: the amplitude at a frequency of f cycles a
// pixel falls like 1/f. The filter
//     R(f) = f exp(-(f / 0.4)^4)
// makes all frequencies equally strong up to 0.4, beyond which there is little but the camera's
// noise. (Olshausen & Field 1997)
inline Photograph whitened(const Photograph& photograph) {
    const int height = photograph.height, width = photograph.width;
    std::vector<std::complex<float>> grid(photograph.pixels.begin(), photograph.pixels.end());
    fourier(grid, height, width, false);
    for (int u = 0; u < height; ++u)
        for (int v = 0; v < width; ++v) {
            const double fu = double(std::min(u, height - u)) / height,
                         fv = double(std::min(v, width - v)) / width, f = std::hypot(fu, fv);
            grid[std::size_t(u * width + v)] *= float(f * std::exp(-std::pow(f / 0.4, 4)));
        }
    fourier(grid, height, width, true);
    Photograph result = photograph;
    for (std::size_t i = 0; i < grid.size(); ++i) result.pixels[i] = grid[i].real();
    return result;
}

constexpr int side = 12;  // of a patch

// What a network is trained on; to_tensor makes a batch of it.
struct Patches {
    int count = 0;
    Tensor rows;  // [count, side * side]
};
inline Tensor to_tensor(const Patches& patches, const std::vector<int>& rows) {
    return index_select(patches.rows, rows);
}

// Random places of random photographs, larger ones more often. Each patch loses its mean, for its
// brightness says nothing of its shape; then all together are scaled to `variance` a pixel.
inline Patches patches(const std::vector<Photograph>& from, int count, double variance, Rng& rng) {
    constexpr int border =
        8;  // the Fourier transform wraps around: pixels near the rim are spoiled
    constexpr int least = side + 2 * border;
    std::vector<double> ends;  // where each photograph's share of all the pixels ends
    double pixels = 0;
    for (const Photograph& photograph : from) {
        if (photograph.height < least || photograph.width < least)
            support::fail(photograph.name,
                          support::format("%d x %d pixels: a photograph needs %d x %d at least",
                                          photograph.width, photograph.height, least, least));
        pixels += double(photograph.height) * photograph.width;
        ends.push_back(pixels);
    }
    Patches result{count, autograd::empty({count, side * side})};
    autograd::real* to = result.rows.mutable_data();
    const Tensor draws = autograd::uniform({count, 3}, 0, 1, rng);
    for (int i = 0; i < count; ++i, to += side * side) {
        const autograd::real* draw = draws.data() + 3 * i;
        const auto which = std::size_t(
            std::upper_bound(ends.begin(), ends.end() - 1, draw[0] * pixels) - ends.begin());
        const Photograph& photograph = from[which];
        const auto place = [&](autograd::real u, int length) {
            return border + std::min(int(u * (length - least + 1)), length - least);
        };
        const int top = place(draw[1], photograph.height), left = place(draw[2], photograph.width);
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x)
                to[y * side + x] =
                    photograph.pixels[std::size_t((top + y) * photograph.width + left + x)];
    }
    result.rows = result.rows - mean(result.rows, 1, true);
    const double now = mean(square(result.rows)).item();
    if (!(now > 1e-12))
        throw std::runtime_error(
            "the photographs are of one shade, there is nothing to learn: choose others with "
            "--data");
    result.rows = result.rows * std::sqrt(variance / now);
    return result;
}

}  // namespace lessons
