#include "autograd/softmax.h"

#include <utility>

#include "autograd/arithmetic.h"
#include "autograd/functions.h"
#include "autograd/kernels/math.h"
#include "autograd/kernels/reduce.h"
#include "autograd/reductions.h"

namespace autograd {

// y[i] = x[i] - log(sum_j exp(x[j])),   dy[i]/dx[j] = [i = j] - exp(y[j]), so
// dL/dx[j] = g[j] - exp(y[j]) sum_i g[i]
Tensor log_softmax(const Tensor& x) {
    const std::int64_t classes = x.shape()[x.shape().axis(-1, "log_softmax")];
    const std::int64_t rows = classes ? x.size() / classes : 0;
    Tensor y = empty(x.shape());
    const real* in = x.data();
    real* out = y.mutable_data();
    kernels::parallel_for(
        rows, kernels::reduce_grain / (classes + 1) + 1, [=](auto begin, auto end) {
            for (std::int64_t r = begin; r < end; ++r) {
                const real* row = in + r * classes;
                // The largest is taken out first: exp of the rest can't overflow.
                real largest = row[0];
                for (std::int64_t i = 1; i < classes; ++i)
                    largest = row[i] > largest ? row[i] : largest;
                const real total = kernels::sum_range<real>(
                    0, classes, [=](std::int64_t i) { return kernels::exp(row[i] - largest); });
                const real log_total = kernels::log(total);
                for (std::int64_t i = 0; i < classes; ++i)
                    out[r * classes + i] = (row[i] - largest) - log_total;
            }
        });
    return record("log_softmax", std::move(y), {x},
                  [](auto& g, auto& y, Unread) { return g - exp(y) * sum(g, -1, true); });
}

}  // namespace autograd
