#include "autograd/reductions.h"

#include <limits>

#include "autograd/arithmetic.h"
#include "autograd/axes.h"
#include "autograd/kernels/reduce.h"
#include "autograd/map.h"
#include "autograd/shaping.h"

namespace autograd {

// y = sum of x[i],   dy/dx[i] = 1: all in sum_to
Tensor sum(const Tensor& x) {
    x.shape("sum");
    return sum_to(x, {});
}

Tensor sum(const Tensor& x, int axis, bool keepdim) {
    axis = x.shape("sum").axis(axis, "sum");
    const Tensor y = sum_to(x, x.shape().with(axis, 1));
    return keepdim ? y : reshape(y, x.shape().without(axis));
}

// y = sum of x[i] / n,   dy/dx[i] = 1 / n
Tensor mean(const Tensor& x) {
    const auto n = double(x.shape("mean").size());
    return sum(x) / n;
}

Tensor mean(const Tensor& x, int axis, bool keepdim) {
    const auto n = double(x.shape("mean")[x.shape().axis(axis, "mean")]);
    return sum(x, axis, keepdim) / n;
}

// Calls f(k, l, i) for each result element k: x is largest at place l of its axis, and that is
// element i of x.
template <class F>
static void for_each_max(const char* op, const Tensor& x, int axis, F f) {
    const Around at(x.shape(), axis);
    if (at.length == 0)
        refuse(op, ": axis ", axis, " of ", x.shape(), " is empty: there is no largest element");
    std::vector<int64_t> places(at.outer * at.inner);
    kernels::argmax_axis(at.outer, at.length, at.inner, x.data(), places.data());
    for (int64_t k = 0; k < at.outer * at.inner; ++k)
        f(k, places[k], (k / at.inner * at.length + places[k]) * at.inner + k % at.inner);
}

// y = x[k] with k where x is largest,   dy/dx[i] = 1 where i = k, else 0
Tensor max(const Tensor& x, int axis, bool keepdim) {
    axis = x.shape("max").axis(axis, "max");
    Tensor y = empty(x.shape().with(axis, 1));
    real* largest = y.mutable_data();
    for_each_max("max", x, axis, [&](auto k, auto, auto i) { largest[k] = x.data()[i]; });
    y = record("max", std::move(y), {x}, [axis](auto& g, Unread, auto& x) {
        Tensor one_hot = zeros(x.shape());
        real* mask = one_hot.mutable_data();
        for_each_max("max", x, axis, [&](auto, auto, auto i) { mask[i] = 1; });
        return step("max_gradient", broadcast_to(g, x.shape()), one_hot,
                    [](real g, real m) { return m != 0 ? g : 0; });
    });
    return keepdim ? y : reshape(y, x.shape().without(axis));
}

Tensor argmax(const Tensor& x, int axis, bool keepdim) {
    axis = x.shape("argmax").axis(axis, "argmax");
    // The answer is a number of type `real`, and a float counts to 2^24 only.
    if (x.shape()[axis] > int64_t{1} << std::numeric_limits<real>::digits)
        refuse("argmax: ", x.shape(), ": axis ", axis, " is longer than a float can count");
    Tensor y = empty(keepdim ? x.shape().with(axis, 1) : x.shape().without(axis));
    real* places = y.mutable_data();
    for_each_max("argmax", x, axis, [&](auto k, auto l, auto) { places[k] = real(l); });
    return y;
}

}  // namespace autograd
