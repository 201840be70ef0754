#include "autograd/axes.h"

namespace autograd {

// Of the last axis for i = 0, of the one before it for 1, ...; a missing axis counts as size 1.
static int64_t size_from_end(const Shape& shape, int i) {
    return i < shape.rank() ? shape[shape.rank() - 1 - i] : 1;
}

Shape broadcast(const Shape& a, const Shape& b, const char* op) {
    if (a == b) return a;
    Shape result = a.rank() >= b.rank() ? a : b;
    for (int axis = 0; axis < result.rank(); ++axis) {
        const int i = result.rank() - 1 - axis;
        const int64_t m = size_from_end(a, i), n = size_from_end(b, i);
        if (m != n && m != 1 && n != 1)
            refuse(op, ": ", a, " and ", b, ": axis ", -1 - i, " has sizes ", m, " and ", n,
                   ": they must be equal, or one of them 1");
        if (result[axis] == 1) result = result.with(axis, m == 1 ? n : m);
    }
    return result;
}

kernels::Broadcast layout(const Shape& y, const Shape& a, const Shape& b) {
    kernels::Broadcast layout{.rank = y.rank()};
    int64_t step_a = 1, step_b = 1;
    for (int axis = y.rank() - 1; axis >= 0; --axis) {
        const int i = y.rank() - 1 - axis;
        const int64_t size_a = size_from_end(a, i), size_b = size_from_end(b, i);
        layout.sizes[axis] = y[axis];
        layout.a[axis] = size_a == 1 ? 0 : step_a;
        layout.b[axis] = size_b == 1 ? 0 : step_b;
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
