#include "autograd/axes.h"

#include <stdexcept>
#include <string>

namespace autograd {

Shape broadcast(const Shape& a, const Shape& b, const char* op) {
    if (a == b) return a;
    const Shape& longer = a.rank() >= b.rank() ? a : b;
    const Shape& shorter = a.rank() >= b.rank() ? b : a;
    const int shift = longer.rank() - shorter.rank();
    Shape result = longer;
    for (int i = 0; i < shorter.rank(); ++i) {
        const std::int64_t m = longer[i + shift], n = shorter[i];
        if (m != n && m != 1 && n != 1)
            throw std::invalid_argument(std::string(op) + ": " + to_string(a) + " and " +
                                        to_string(b) + ": axis " +
                                        std::to_string(i - shorter.rank()) + " has sizes " +
                                        std::to_string(a.rank() >= b.rank() ? m : n) + " and " +
                                        std::to_string(a.rank() >= b.rank() ? n : m) +
                                        ": they must be equal, or one of them 1");
        if (m == 1) result = result.with(i + shift, n);
    }
    return result;
}

kernels::Broadcast layout(const Shape& y, const Shape& a, const Shape& b) {
    kernels::Broadcast layout;
    layout.rank = y.rank();
    std::int64_t step_a = 1, step_b = 1;
    for (int i = y.rank() - 1; i >= 0; --i) {
        layout.sizes[i] = y[i];
        // The same axis in a and in b, which may have fewer: a missing axis has size 1.
        const int in_a = i - (y.rank() - a.rank()), in_b = i - (y.rank() - b.rank());
        const std::int64_t size_a = in_a >= 0 ? a[in_a] : 1, size_b = in_b >= 0 ? b[in_b] : 1;
        layout.a[i] = size_a == 1 ? 0 : step_a;
        layout.b[i] = size_b == 1 ? 0 : step_b;
        step_a *= size_a;
        step_b *= size_b;
    }
    return layout;
}

Around::Around(const Shape& shape, int axis) : length(shape[axis]) {
    for (int i = 0; i < axis; ++i) outer *= shape[i];
    for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
}

}  // namespace autograd
