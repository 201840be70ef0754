#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "autograd/autograd.h"

// What the eye sees in filters, as numbers.
namespace lessons {

using autograd::Tensor;

// How thick the marks in a filter are, in pixels. Its autocorrelation, the mean product of two
// pixels that lie d apart in a row or a column,
//     A(d) = mean of v_i v_j over those pairs
// falls from d = 0 on; the half width is where it has fallen to A(0) / 2, between two whole d on
// the line from one to the other. 1/2 for white noise, more for strokes, the thicker they are.
// v: [width * width]
inline double half_width(const autograd::real* v, int width) {
    double at_zero = 0, before = 1;
    for (int i = 0; i < width * width; ++i) at_zero += double(v[i]) * v[i];
    at_zero /= width * width;
    for (int d = 1; d < width; ++d) {
        double products = 0;
        for (int y = 0; y < width; ++y)
            for (int x = 0; x < width - d; ++x)
                products += double(v[y * width + x]) * v[y * width + x + d] +
                            double(v[x * width + y]) * v[(x + d) * width + y];
        const double now = products / (2.0 * width * (width - d)) / at_zero;
        if (now < 0.5) return d - 1 + (before - 0.5) / (before - now);
        before = now;
    }
    return width;
}

// Over the rows of `filters`, each of length 1 and an image of `width` x `width` pixels.
struct FilterMeasure {
    double pixels = 0;      // mean of 1 / sum_j v_j^4: m if v rests on m pixels equally
    double half_width = 0;  // mean
    double widest = 0;      // mean half width of the tenth of the filters that have the widest
};
inline FilterMeasure measure(const Tensor& filters, int width) {
    FilterMeasure result;
    const std::int64_t k = filters.size(0), n = filters.size(1), tenth = (k + 9) / 10;
    std::vector<double> widths;
    for (std::int64_t l = 0; l < k; ++l) {
        const autograd::real* v = filters.data() + l * n;
        double fourth = 0;
        for (std::int64_t j = 0; j < n; ++j) fourth += double(v[j]) * v[j] * v[j] * v[j];
        result.pixels += 1 / fourth / double(k);
        widths.push_back(half_width(v, width));
        result.half_width += widths.back() / double(k);
    }
    std::ranges::sort(widths, std::greater());
    for (std::int64_t l = 0; l < tenth; ++l)
        result.widest += widths[std::size_t(l)] / double(tenth);
    return result;
}

}  // namespace lessons
