#pragma once

#include <cstddef>

namespace autograd::kernels {

// Memory for tensors. A training step needs the same sizes over and over, and fresh pages from the
// operating system cost more than the arithmetic done in them (each is cleared and mapped on first
// touch), so what is released is kept, in one list per size, and handed out again as it is: the
// contents are whatever was there.
//
// All may be called from any thread, at once. Each thread keeps lists of its own, and of each size
// no more blocks than it once took from the system: what another thread made and this one lets go,
// batch after batch, goes back to the system. So does all that a thread has kept, when it ends.

// `bytes` of memory, 0 included, aligned to 64, a cache line. What is taken is a multiple of 64,
// and less than a quarter more than asked for above 256. Throws std::bad_alloc.
void* allocate(std::size_t bytes);

// `memory` from allocate, not yet released, and `bytes` as it was asked for: neither is checked.
void release(void* memory, std::size_t bytes);

std::size_t kept();   // bytes that the calling thread keeps for later
void release_kept();  // gives them back to the system

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
