#include "autograd/shaping.h"

#include <algorithm>

#include "autograd/kernels/reduce.h"
#include "autograd/map.h"

namespace autograd {

// y[i, j] = x[j],   dL/dx[j] = sum over i of g[i, j]   (likewise for any axes)
Tensor broadcast_to(const Tensor& x, const Shape& shape) {
    if (x.shape("broadcast_to") == shape) return x;
    if (broadcast(x.shape(), shape, "broadcast_to") != shape)
        refuse("broadcast_to: ", x.shape(), " can't be repeated to ", shape);
    Tensor y = empty(shape);
    kernels::zip(layout(shape, x.shape(), x.shape()), x.data(), x.data(), y.mutable_data(),
                 [](real v, real) { return v; });
    return record("broadcast_to", std::move(y), {x},
                  [](auto& g, Unread, Shape x) { return sum_to(g, x); });
}

// One axis after the other, each summed away to size 1.
static Tensor summed(Tensor x, const Shape& shape) {
    if (shape.size() == 1) {
        const real* values = x.data();
        return full(shape, kernels::sum_of<real>(x.size(), [=](int64_t i) { return values[i]; }));
    }
    const int missing = x.shape().rank() - shape.rank();
    for (int axis = 0; axis < x.shape().rank(); ++axis) {
        if (axis >= missing && shape[axis - missing] == x.shape()[axis]) continue;
        const Around at(x.shape(), axis);
        Tensor partial = empty(x.shape().with(axis, 1));
        kernels::sum_axis(at.outer, at.length, at.inner, x.data(), partial.mutable_data());
        x = partial;
    }
    return reshape(x, shape);
}

// y[j] = sum over i of x[i, j],   dL/dx[i, j] = g[j]
Tensor sum_to(const Tensor& x, const Shape& shape) {
    if (x.shape("sum_to") == shape) return x;
    if (broadcast(shape, x.shape(), "sum_to") != x.shape())
        refuse("sum_to: ", x.shape(), " can't be summed to ", shape);
    return record("sum_to", summed(x, shape), {x},
                  [](auto& g, Unread, Shape x) { return broadcast_to(g, x); });
}

// y[k] = x[k] by position in memory,   dL/dx[k] = g[k]
Tensor reshape(const Tensor& x, const Shape& shape) {
    if (x.shape("reshape").size() != shape.size())
        refuse("reshape: ", x.shape(), " has ", x.size(), " elements, ", shape, " has ",
               shape.size());
    Tensor y = empty(shape);
    std::copy_n(x.data(), x.size(), y.mutable_data());
    return record("reshape", std::move(y), {x},
                  [](auto& g, Unread, Shape x) { return reshape(g, x); });
}

Tensor reshape(const Tensor& x, std::initializer_list<int64_t> sizes) {
    std::vector<int64_t> known(sizes);
    const auto open = std::find(known.begin(), known.end(), -1);
    if (open == known.end()) return reshape(x, Shape(sizes));
    *open = 1;
    const int64_t others = Shape(known).size(), size = x.shape("reshape").size();
    if (others == 0 || size % others != 0)
        refuse("reshape: ", x.shape(), " has ", size, " elements: the other sizes, which make ",
               others, ", leave no size for the axis of -1");
    *open = size / others;
    return reshape(x, Shape(known));
}

// y[l, j] = x[j, l],   dL/dx[j, l] = g[l, j]
Tensor transpose(const Tensor& x) {
    if (x.shape("transpose").rank() != 2) refuse("transpose: ", x.shape(), " is not a matrix");
    const int64_t n = x.shape()[0], k = x.shape()[1];
    Tensor y = empty({k, n});
    real* to = y.mutable_data();
    for (int64_t l = 0; l < k; ++l)
        for (int64_t j = 0; j < n; ++j) *to++ = x.data()[j * k + l];
    return record("transpose", std::move(y), {x},
                  [](auto& g, Unread, Unread) { return transpose(g); });
}

}  // namespace autograd
