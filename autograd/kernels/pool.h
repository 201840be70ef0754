#pragma once

#include <cstddef>

namespace autograd::kernels {

// Memory for tensors. A training step needs the same sizes over and over, and fresh pages from the
// operating system cost more than the arithmetic done in them (each is cleared and mapped on first
// touch), so what is released is kept, in one list per size, and handed out again as it is: the
// contents are whatever was there. Aligned to a cache line. Each thread keeps lists of its own.
void* allocate(std::size_t bytes);
void release(void* memory, std::size_t bytes);  // `bytes` as it was asked for

// The same for the standard library's containers and std::allocate_shared.
template <class T>
struct PoolAllocator {
    using value_type = T;
    PoolAllocator() = default;
    template <class U>
    PoolAllocator(const PoolAllocator<U>&) {}
    T* allocate(std::size_t n) { return static_cast<T*>(kernels::allocate(n * sizeof(T))); }
    void deallocate(T* memory, std::size_t n) { release(memory, n * sizeof(T)); }
    template <class U>
    bool operator==(const PoolAllocator<U>&) const {
        return true;
    }
};

}  // namespace autograd::kernels
