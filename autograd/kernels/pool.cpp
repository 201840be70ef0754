#include "autograd/kernels/pool.h"

#include <array>
#include <bit>
#include <new>

namespace autograd::kernels {

namespace {

constexpr std::size_t line = 64;  // bytes in a cache line, and in an AVX-512 register

// Under AddressSanitizer every block is a fresh one, so that a use after release is seen.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool reuse = false;
#elif defined(__has_feature)
constexpr bool reuse = !__has_feature(address_sanitizer);
#else
constexpr bool reuse = true;
#endif

// Sizes are rounded up to four steps an octave (64, 80, 96, 112, 128, 160, ... times 1 line), so at
// most a fifth of a block is idle and a few hundred lists cover everything.
struct SizeClass {
    std::size_t index, bytes;
};

SizeClass size_class(std::size_t bytes) {
    const std::size_t lines = bytes <= line ? 1 : (bytes + line - 1) / line;
    if (lines <= 4) return {lines, lines * line};
    const int octave = std::bit_width(lines - 1) - 3;       // a step is 2^octave lines
    const std::size_t steps = ((lines - 1) >> octave) + 1;  // 5 ... 8 of them
    return {static_cast<std::size_t>(octave) * 4 + steps, (steps << octave) * line};
}

struct FreeBlock {
    FreeBlock* next;  // the list runs through the released blocks themselves
};

// Never destroyed: tensors of static storage may outlive the thread's other objects.
thread_local std::array<FreeBlock*, 4 * 64> free_lists{};

}  // namespace

void* allocate(std::size_t bytes) {
    const SizeClass c = size_class(bytes);
    if (FreeBlock* block = free_lists[c.index]) {
        free_lists[c.index] = block->next;
        return block;
    }
    return ::operator new (c.bytes, std::align_val_t{line});
}

void release(void* memory, std::size_t bytes) {
    if (!reuse) return ::operator delete (memory, std::align_val_t{line});
    const SizeClass c = size_class(bytes);
    free_lists[c.index] = new (memory) FreeBlock{free_lists[c.index]};
}

}  // namespace autograd::kernels
