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
std::size_t class_of(std::size_t bytes) {
    const std::size_t lines = bytes <= line ? 1 : (bytes + line - 1) / line;
    if (lines <= 4) return lines;
    const int octave = std::bit_width(lines - 1) - 3;  // a step is 2^octave lines: 5 ... 8 of them
    return std::size_t(octave) * 4 + ((lines - 1) >> octave) + 1;
}

std::size_t bytes_of(std::size_t size_class) {
    const std::size_t octave = size_class <= 4 ? 0 : (size_class - 5) / 4;
    return ((size_class - octave * 4) << octave) * line;
}

struct FreeBlock {
    FreeBlock* next;  // the list runs through the released blocks themselves
};

// The released blocks of one size that a thread keeps.
struct Shelf {
    FreeBlock* first = nullptr;
    std::size_t room = 0;  // for so many more: blocks that were taken here and not given back
};

// Never destroyed: tensors of static storage may outlive the thread's other objects. Without them
// it is emptied (see AtExit), and fills again.
thread_local std::array<Shelf, 4 * 64> shelves{};

struct AtExit {
    ~AtExit() { release_kept(); }
};

// A function of its own, so that allocate() is short where memory is at hand.
[[gnu::noinline]] void* from_system(std::size_t size_class) {
    thread_local const AtExit at_exit;
    static_cast<void>(at_exit);
    return ::operator new (bytes_of(size_class), std::align_val_t{line});
}

}  // namespace

void* allocate(std::size_t bytes) {
    const std::size_t size_class = class_of(bytes);
    Shelf& shelf = shelves[size_class];
    void* memory = shelf.first;
    if (memory)
        shelf.first = shelf.first->next;
    else
        memory = from_system(size_class);
    ++shelf.room;
    return memory;
}

void release(void* memory, std::size_t bytes) {
    Shelf& shelf = shelves[class_of(bytes)];
    if (!reuse || shelf.room == 0) return ::operator delete (memory, std::align_val_t{line});
    shelf.first = new (memory) FreeBlock{shelf.first};
    --shelf.room;
}

std::size_t kept() {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < shelves.size(); ++i)
        for (const FreeBlock* block = shelves[i].first; block; block = block->next)
            bytes += bytes_of(i);
    return bytes;
}

void release_kept() {
    for (Shelf& shelf : shelves) {
        while (FreeBlock* const block = shelf.first) {
            shelf.first = block->next;
            ::operator delete (block, std::align_val_t{line});
        }
        shelf = {};
    }
}

}  // namespace autograd::kernels
