#include "autograd/shape.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace autograd {

namespace {

constexpr std::int64_t max_elements = std::int64_t{1} << 40;

}  // namespace

Shape::Shape(std::initializer_list<std::int64_t> sizes) {
    if (sizes.size() > max_rank)
        throw std::invalid_argument("shape: " + std::to_string(sizes.size()) +
                                    " axes: a tensor has at most " + std::to_string(max_rank));
    for (std::int64_t n : sizes) append(n);
}

void Shape::append(std::int64_t n) {
    if (n < 0)
        throw std::invalid_argument("shape: axis " + std::to_string(rank_) + " has size " +
                                    std::to_string(n) + ": a size is 0 or more");
    if (n > std::numeric_limits<std::int32_t>::max())
        throw std::invalid_argument("shape: axis " + std::to_string(rank_) + " has size " +
                                    std::to_string(n) + ": too large, at most 2^31 - 1");
    // Compared before it is multiplied: the product itself could overflow.
    if (size() > max_elements / std::max<std::int64_t>(n, 1))
        throw std::invalid_argument("shape: more than 2^40 elements: too large for a tensor");
    sizes_[rank_++] = static_cast<std::int32_t>(n);
}

std::int64_t Shape::size() const {
    std::int64_t n = 1;
    for (int i = 0; i < rank_; ++i) n *= sizes_[i];
    return n;
}

int Shape::axis(int axis, const char* op) const {
    int from_start = axis < 0 ? axis + rank_ : axis;
    if (from_start < 0 || from_start >= rank_)
        throw std::invalid_argument(std::string(op) + ": " + to_string(*this) + " has no axis " +
                                    std::to_string(axis) + ": it has " + std::to_string(rank_) +
                                    (rank_ == 1 ? " axis" : " axes"));
    return from_start;
}

Shape Shape::with(int axis, std::int64_t size) const {
    Shape shape;
    for (int i = 0; i < rank_; ++i) shape.append(i == axis ? size : sizes_[i]);
    return shape;
}

Shape Shape::without(int axis) const {
    Shape shape = *this;
    std::move(shape.sizes_.begin() + axis + 1, shape.sizes_.begin() + rank_,
              shape.sizes_.begin() + axis);
    shape.sizes_[--shape.rank_] = 0;
    return shape;
}

std::string to_string(const Shape& shape) {
    std::string text = "[";
    for (int i = 0; i < shape.rank(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

}  // namespace autograd
