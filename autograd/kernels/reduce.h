#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "autograd/kernels/parallel.h"

// Sums and maxima. Floating-point addition is not associative, so the order of a sum is part of its
// result: here it depends on the sizes alone, never on the number of threads.
namespace autograd::kernels {

constexpr std::int64_t reduce_grain = 16384;  // elements that are worth a thread's while

// sum of term(i) for begin <= i < end, in 16 interleaved partial sums: independent additions that
// fill a vector register instead of waiting for one another.
template <class T, class F>
T sum_range(std::int64_t begin, std::int64_t end, F term) {
    constexpr int lanes = 16;
    T partial[lanes] = {};
    std::int64_t i = begin;
    for (; i + lanes <= end; i += lanes)
        for (int l = 0; l < lanes; ++l) partial[l] += term(i + l);
    for (int l = 0; i + l < end; ++l) partial[l] += term(i + l);
    for (int width = lanes / 2; width > 0; width /= 2)
        for (int l = 0; l < width; ++l) partial[l] += partial[l + width];
    return partial[0];
}

// sum of term(i) for 0 <= i < n, in blocks of fixed length. Short blocks, added up at the end, also
// keep the rounding error small: it grows with the length of a chain of additions.
template <class T, class F>
T sum_of(std::int64_t n, F term) {
    constexpr std::int64_t block = 4096;
    if (n <= block) return sum_range<T>(0, n, term);
    std::vector<T> sums((n + block - 1) / block);
    parallel_for(std::ssize(sums), 4, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t s = first; s < last; ++s)
            sums[s] = sum_range<T>(s * block, std::min(n, (s + 1) * block), term);
    });
    const T* partial = sums.data();
    return T(sum_range<double>(0, std::ssize(sums), [=](std::int64_t s) { return partial[s]; }));
}

// y[o, i] = sum over l of x[o, l, i]: the middle one of three axes is summed away.
template <class T>
void sum_axis(std::int64_t outer, std::int64_t length, std::int64_t inner, const T* x, T* y) {
    if (inner == 1)
        return parallel_for(
            outer, std::max<std::int64_t>(1, reduce_grain / std::max<std::int64_t>(length, 1)),
            [=](std::int64_t begin, std::int64_t end) {
                for (std::int64_t o = begin; o < end; ++o) {
                    double total = 0;
                    for (std::int64_t l = 0; l < length; l += 4096)
                        total +=
                            sum_range<T>(o * length + l, o * length + std::min(length, l + 4096),
                                         [=](std::int64_t i) { return x[i]; });
                    y[o] = static_cast<T>(total);
                }
            });
    // Row by row, so that memory is read in order; each thread keeps to its own columns. Of many
    // rows, 64 at a time are added up, and what they come to is added up in double.
    constexpr std::int64_t block = 64;
    const std::int64_t rows = std::max<std::int64_t>(1, outer * length);
    parallel_for(
        inner, (reduce_grain / rows / 16 + 1) * 16, [=](std::int64_t begin, std::int64_t end) {
            for (std::int64_t o = 0; o < outer; ++o) {
                T* out = y + o * inner;
                std::vector<double> total(length > block ? end - begin : 0);
                for (std::int64_t first = 0; first == 0 || first < length; first += block) {
                    std::fill(out + begin, out + end, T(0));
                    for (std::int64_t l = first; l < std::min(length, first + block); ++l) {
                        const T* row = x + (o * length + l) * inner;
                        for (std::int64_t i = begin; i < end; ++i) out[i] += row[i];
                    }
                    for (std::size_t i = 0; i < total.size(); ++i)
                        total[i] += out[begin + std::int64_t(i)];
                }
                std::copy(total.begin(), total.end(), out + begin);
            }
        });
}

// at[o, i] = the l at which x[o, l, i] is largest: the first one of equals, and a NaN counts as
// larger than any number, so that it is seen. length >= 1.
template <class T>
void argmax_axis(std::int64_t outer, std::int64_t length, std::int64_t inner, const T* x,
                 std::int64_t* at) {
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::int64_t i = 0; i < inner; ++i) {
            const T* column = x + o * length * inner + i;
            std::int64_t best = 0;
            for (std::int64_t l = 1; l < length; ++l) {
                const T candidate = column[l * inner], largest = column[best * inner];
                if (candidate > largest || (candidate != candidate && largest == largest)) best = l;
            }
            at[o * inner + i] = best;
        }
}

}  // namespace autograd::kernels
