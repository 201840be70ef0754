#pragma once

#include <cstdint>

#include "autograd/kernels/elementwise.h"
#include "autograd/shape.h"

// The algebra of axes: how shapes lie over one another, and what lies around one axis.
namespace autograd {

// NumPy's rule: align the shapes at their last axis; sizes must be equal, or one of them 1 (or
// missing), and the other is taken. Throws std::invalid_argument, naming the op, when they clash.
Shape broadcast(const Shape& a, const Shape& b, const char* op);

// How a and b, which broadcast to y, are laid over a result of shape y: see kernels::Broadcast.
kernels::Broadcast layout(const Shape& y, const Shape& a, const Shape& b);

// A shape seen from one of its axes, as [outer, length, inner]: element (o, l, i) stands at
// (o length + l) inner + i in memory, whatever the other axes are.
struct Around {
    Around(const Shape& shape, int axis);
    int64_t outer = 1, length, inner = 1;
    int64_t block() const { return length * inner; }  // elements in one step of `outer`
};

}  // namespace autograd
