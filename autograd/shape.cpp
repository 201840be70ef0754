#include "autograd/shape.h"

namespace autograd {

constexpr int64_t max_size = INT32_MAX, max_elements = int64_t{1} << 40;

Shape::Shape(List<int64_t> sizes) {
    if (sizes.size() > max_rank)
        refuse("shape: ", sizes.size(), " axes: a tensor has at most ", max_rank);
    for (int64_t n : sizes) append(n);
}

void Shape::append(int64_t n) {
    if (n < 0 || n > max_size)
        refuse("shape: axis ", rank_, " has size ", n,
               n < 0 ? ": a size is 0 or more" : ": too large, at most 2^31 - 1");
    // An axis of size 0 counts as 1: beside it, strides are still products of the other sizes.
    // Compared before it is multiplied: the product itself could overflow.
    int64_t others = 1;
    for (int i = 0; i < rank_; ++i) others *= std::max(sizes_[i], 1);
    if (others > max_elements / std::max(n, int64_t{1}))
        refuse("shape: more than 2^40 elements: too large for a tensor");
    sizes_[rank_++] = std::int32_t(n);
}

int Shape::axis(int axis, const char* op) const {
    const int from_start = axis < 0 ? axis + rank_ : axis;
    if (from_start < 0 || from_start >= rank_)
        refuse(op, ": ", *this, " has no axis ", axis, ": it has ", rank_,
               rank_ == 1 ? " axis" : " axes");
    return from_start;
}

Shape Shape::with(int axis, int64_t size) const {
    Shape shape;
    for (int i = 0; i < rank_; ++i) shape.append(i == axis ? size : sizes_[i]);
    return shape;
}

Shape Shape::without(int axis) const {
    Shape shape;
    for (int i = 0; i < rank_; ++i)
        if (i != axis) shape.append(sizes_[i]);
    return shape;
}

std::string to_string(const Shape& shape) {
    std::string text = "[";
    for (int i = 0; i < shape.rank(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

}  // namespace autograd
