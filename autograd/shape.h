#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace autograd {

// The sizes of a tensor's axes, outermost first: {256, 784} is a batch of 256 rows of 784 numbers,
// {} a single number. Elements are stored row-major: the last axis is contiguous in memory.
// At most four axes; throws std::invalid_argument for more, for a size below 0 or above 2^31 - 1,
// or for more than 2^40 elements in all.
class Shape {
  public:
    static constexpr int max_rank = 4;

    Shape() = default;
    Shape(std::initializer_list<std::int64_t> sizes);

    int rank() const { return rank_; }  // how many axes
    std::int64_t operator[](int axis) const { return sizes_[axis]; }
    std::int64_t size() const;  // how many elements: the product
    bool operator==(const Shape& other) const {
        return rank_ == other.rank_ &&
               std::equal(sizes_.begin(), sizes_.begin() + rank_, other.sizes_.begin());
    }

    // A negative axis counts from the end, as in PyTorch: -1 is the last one.
    // Throws std::invalid_argument, naming the op, when there is no such axis.
    int axis(int axis, const char* op) const;

    Shape with(int axis, std::int64_t size) const;  // the same, but for one axis
    Shape without(int axis) const;                  // that axis gone

  private:
    void append(std::int64_t size);  // one more axis; checks its size

    std::array<std::int32_t, max_rank> sizes_{};
    std::int32_t rank_ = 0;
};

std::string to_string(const Shape& shape);  // "[256, 784]"

// NumPy's rule: align the shapes at their last axis; sizes must be equal, or one of them 1 (or
// missing), and the other is taken. Throws std::invalid_argument, naming the op, when they clash.
Shape broadcast(const Shape& a, const Shape& b, const char* op);

}  // namespace autograd
