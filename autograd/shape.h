#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <sstream>
#include <stdexcept>
#include <string>

#include "autograd/list.h"

namespace autograd {

using std::int64_t;

// The sizes of a tensor's axes, outermost first: {256, 784} is a batch of 256 rows of 784 numbers,
// {} a single number. Elements are stored row-major: the last axis is contiguous in memory.
// At most four axes; throws std::invalid_argument for more, for a size below 0 or above 2^31 - 1,
// or for more than 2^40 elements in all, where an axis of size 0 counts as 1.
class Shape {
  public:
    static constexpr int max_rank = 4;

    Shape() = default;
    explicit Shape(List<int64_t> sizes);
    Shape(std::initializer_list<int64_t> sizes) : Shape(List<int64_t>(sizes)) {}

    int rank() const { return rank_; }  // how many axes
    // The size of an axis, 0 <= axis < rank(), unchecked: see axis() for one that may not exist.
    int64_t operator[](int axis) const { return sizes_[axis]; }
    int64_t size() const {  // how many elements: the product
        int64_t n = 1;
        for (int i = 0; i < rank_; ++i) n *= sizes_[i];
        return n;
    }
    bool operator==(const Shape& other) const {  // = default makes small operations 10 % slower
        return rank_ == other.rank_ &&
               std::equal(sizes_.begin(), sizes_.begin() + rank_, other.sizes_.begin());
    }

    // A negative axis counts from the end, as in PyTorch: -1 is the last one.
    // Throws std::invalid_argument, naming the op, when there is no such axis.
    int axis(int axis, const char* op) const;

    Shape with(int axis, int64_t size) const;  // with another size there, in the limits above
    Shape without(int axis) const;             // with one axis less

  private:
    void append(int64_t size);  // one more axis; checks its size

    std::array<std::int32_t, max_rank> sizes_{};
    std::int32_t rank_ = 0;
};

std::string to_string(const Shape& shape);  // "[256, 784]"
inline std::ostream& operator<<(std::ostream& out, const Shape& shape) {
    return out << to_string(shape);
}

// Throws std::invalid_argument; its message is made of the parts, one after the other. They come by
// value, so that callers need not keep them in memory.
template <class... Parts>
[[noreturn]] void refuse(Parts... parts) {
    std::ostringstream message;
    message << std::fixed;
    (message << ... << parts);
    throw std::invalid_argument(message.str());
}

}  // namespace autograd
