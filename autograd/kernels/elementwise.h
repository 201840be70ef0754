#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "autograd/kernels/parallel.h"

// Loops that treat every element alike. The function comes in as a template argument, so that the
// compiler sees its body inside the loop and turns the whole into vector code. It does so only if
// the numbers that the function has captured can't change meanwhile: hence the copies named `mine`,
// local to the thread, which no store through a pointer can reach.
namespace autograd::kernels {

// Elements below which a second thread costs more than it saves. Work is split at its multiples.
constexpr std::int64_t elementwise_grain = 16384;

// y[i] = f(x[i])
template <class T, class F>
void map(std::int64_t n, const T* x, T* y, F f) {
    parallel_for(n, elementwise_grain, [=](std::int64_t begin, std::int64_t end) {
        const F mine = f;
        for (std::int64_t i = begin; i < end; ++i) y[i] = mine(x[i]);
    });
}

// y[i] = f(a[i], b[i])
template <class T, class F>
void zip(std::int64_t n, const T* a, const T* b, T* y, F f) {
    parallel_for(n, elementwise_grain, [=](std::int64_t begin, std::int64_t end) {
        const F mine = f;
        for (std::int64_t i = begin; i < end; ++i) y[i] = mine(a[i], b[i]);
    });
}

// How two arrays are laid over one result of up to four axes: its sizes, and how far each array
// moves for one step along each axis. A stride of 0 stays where it is, and so repeats the array
// along that axis: that is all there is to broadcasting.
struct Broadcast {
    int rank = 0;
    std::array<std::int64_t, 4> sizes{}, a{}, b{};

    // Axes that both arrays walk through as if they were one become one; axes of size 1 vanish.
    // What remains has an innermost axis with strides 0 or 1 only: a plain loop.
    Broadcast merged() const {
        Broadcast m;
        for (int i = 0; i < rank; ++i) {
            if (sizes[i] == 1) continue;
            const int last = m.rank - 1;
            if (last >= 0 && m.a[last] == a[i] * sizes[i] && m.b[last] == b[i] * sizes[i]) {
                m.sizes[last] *= sizes[i];
                m.a[last] = a[i];
                m.b[last] = b[i];
            } else {
                m.sizes[m.rank] = sizes[i];
                m.a[m.rank] = a[i];
                m.b[m.rank] = b[i];
                ++m.rank;
            }
        }
        return m;
    }
};

// y[i, j, ...] = f(a[i, j, ...], b[i, j, ...]), each array repeated along the axes it lacks.
template <class T, class F>
void zip(const Broadcast& layout, const T* a, const T* b, T* y, F f) {
    const Broadcast m = layout.merged();
    const std::int64_t inner = m.rank ? m.sizes[m.rank - 1] : 1;
    const std::int64_t step_a = m.rank ? m.a[m.rank - 1] : 0;
    const std::int64_t step_b = m.rank ? m.b[m.rank - 1] : 0;
    const auto row = [=](const T* p, const T* q, T* out, std::int64_t n) {
        const F mine = f;
        if (step_a && step_b)
            for (std::int64_t i = 0; i < n; ++i) out[i] = mine(p[i], q[i]);
        else if (step_a)
            for (std::int64_t i = 0; i < n; ++i) out[i] = mine(p[i], *q);
        else if (step_b)
            for (std::int64_t i = 0; i < n; ++i) out[i] = mine(*p, q[i]);
        else
            std::fill_n(out, n, mine(*p, *q));
    };
    if (m.rank <= 1)
        return parallel_for(inner, elementwise_grain, [=](std::int64_t begin, std::int64_t end) {
            row(a + begin * step_a, b + begin * step_b, y + begin, end - begin);
        });
    std::int64_t rows = 1;
    for (int i = 0; i + 1 < m.rank; ++i) rows *= m.sizes[i];
    if (rows * inner == 0) return;
    const std::int64_t grain = std::max<std::int64_t>(1, elementwise_grain / inner);
    parallel_for(rows, grain, [=](std::int64_t begin, std::int64_t end) {
        for (std::int64_t r = begin; r < end; ++r) {
            std::int64_t rest = r, at_a = 0, at_b = 0;
            for (int i = m.rank - 2; i >= 0; --i) {
                const std::int64_t index = rest % m.sizes[i];
                rest /= m.sizes[i];
                at_a += index * m.a[i];
                at_b += index * m.b[i];
            }
            row(a + at_a, b + at_b, y + r * inner, inner);
        }
    });
}

}  // namespace autograd::kernels
