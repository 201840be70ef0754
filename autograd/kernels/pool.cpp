#include "autograd/kernels/pool.h"

#include <array>
#include <bit>
#include <cstdint>
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

// The released blocks of one size that a thread keeps.
struct Shelf {
    FreeBlock* first = nullptr;
    std::uint32_t kept = 0, made = 0;  // blocks on the shelf; taken from the system by this thread
};

// Never destroyed: tensors of static storage may outlive the thread's other objects. Without them
// it is emptied (see AtExit), and fills again.
thread_local std::array<Shelf, 4 * 64> shelves{};
thread_local std::size_t kept_bytes = 0;

struct AtExit {
    ~AtExit() { release_kept(); }
};

}  // namespace

void* allocate(std::size_t bytes) {
    const SizeClass c = size_class(bytes);
    Shelf& shelf = shelves[c.index];
    if (FreeBlock* block = shelf.first) {
        shelf.first = block->next;
        --shelf.kept;
        kept_bytes -= c.bytes;
        return block;
    }
    thread_local const AtExit at_exit;
    static_cast<void>(at_exit);
    void* const memory = ::operator new (c.bytes, std::align_val_t{line});
    ++shelf.made;
    return memory;
}

void release(void* memory, std::size_t bytes) {
    const SizeClass c = size_class(bytes);
    Shelf& shelf = shelves[c.index];
    if (!reuse || shelf.kept >= shelf.made)
        return ::operator delete (memory, std::align_val_t{line});
    shelf.first = new (memory) FreeBlock{shelf.first};
    ++shelf.kept;
    kept_bytes += c.bytes;
}

std::size_t kept() { return kept_bytes; }

void release_kept() {
    for (Shelf& shelf : shelves) {
        while (FreeBlock* const block = shelf.first) {
            shelf.first = block->next;
            ::operator delete (block, std::align_val_t{line});
        }
        shelf = {};
    }
    kept_bytes = 0;
}

}  // namespace autograd::kernels
