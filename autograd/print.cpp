#include "autograd/tensor.h"

namespace autograd::inline HOURGLASS_PRECISION {

constexpr int64_t much = 100;  // elements, beyond which a long axis shows its ends alone
constexpr int64_t ends = 3;

// The part of x that begins at `first` and has the axes from `axis` on.
static void print(std::ostream& out, const Tensor& x, int axis, int64_t first) {
    if (axis == x.shape().rank()) {
        out << x.data()[first];
        return;
    }
    const bool innermost = axis + 1 == x.shape().rank();
    const std::string between = innermost ? ", " : ",\n" + std::string(std::size_t(axis) + 1, ' ');
    const int64_t n = x.shape()[axis];
    int64_t step = 1;
    for (int i = axis + 1; i < x.shape().rank(); ++i) step *= x.shape()[i];
    out << "[";
    for (int64_t i = 0; i < n; ++i) {
        if (i) out << between;
        if (i == ends && x.size() > much && n > 2 * ends) {
            out << "..." << between;
            i = n - ends;
        }
        print(out, x, axis + 1, first + i * step);
    }
    out << "]";
}

std::ostream& operator<<(std::ostream& out, const Tensor& x) {
    if (!x.defined()) return out << "undefined";
    print(out, x, 0, 0);
    return out << " of shape " << x.shape();
}

}  // namespace autograd::inline HOURGLASS_PRECISION
