#pragma once

// Loops over several cores, on a small pool of our own.
//
// The same numbers come out bit for bit at any number of threads, as long as what f computes for an
// index does not depend on the range that the index came in: every range begins at a multiple of
// `grain`, so a loop that takes eight elements at a time and a remainder one by one, with a grain
// that is a multiple of eight, treats each element the same way however the work was split.

#include <cstdint>
#include <memory>
#include <type_traits>

namespace autograd::kernels {

// The number of threads that share the work, the caller's among them. At first the environment
// variable HOURGLASS_THREADS, where it is set, else all cores. If it is no number from 1 to 1024, a
// line on stderr says so. May be called from any thread.
int threads();

// 1 for an n below 1; no upper limit. May be called from any thread, and waits for the loop that
// runs on the pool at the time. Throws std::logic_error inside one, which would wait for itself.
// Where the system grants fewer threads, threads() is their number after the next loop.
void set_threads(int n);

// While one of these lives, a thread that makes another waits: a mutex that all share, where there
// are threads. None inside another, which would wait for itself.
struct Exclusive {
    Exclusive();
    ~Exclusive();
    Exclusive(const Exclusive&) = delete;
};

namespace detail {
using RangeFunction = void (*)(void* f, std::int64_t begin, std::int64_t end);
void run_on_pool(std::int64_t n, std::int64_t grain, RangeFunction call, void* f);
}  // namespace detail

// Calls f(begin, end) on contiguous ranges that together cover [0, n), each once, in any order and
// on any thread, and returns when all are done; what f wrote can then be read. Does nothing for
// n <= 0; grain must be 1 or more. Runs f(0, n) on the spot when there is no more than one grain of
// work, one thread, or when called from inside another parallel_for.
//
// Several threads of a program may call it at once: the first to come has the pool, the others run
// their loops on the spot. f is shared, not copied: what it writes must differ from range to range
// or be atomic. What f throws, on whichever thread, is thrown here when all have left the loop,
// part of which may then be undone. Not for a child after fork(), in which the workers are missing.
template <class F>
void parallel_for(std::int64_t n, std::int64_t grain, F&& f) {
    if (n <= 0) return;
    if (n <= grain || threads() == 1) {
        f(std::int64_t{0}, n);
        return;
    }
    using Function = std::remove_reference_t<F>;
    detail::run_on_pool(
        n, grain,
        [](void* g, std::int64_t begin, std::int64_t end) {
            (*static_cast<Function*>(g))(begin, end);
        },
        const_cast<std::remove_const_t<Function>*>(std::addressof(f)));
}

}  // namespace autograd::kernels
