// kernels/parallel.h for a page, in place of kernels/parallel.cpp: a thread in WebAssembly needs
// headers that static hosts do not send, so there is one.
#include "autograd/kernels/parallel.h"

namespace autograd::kernels {

int threads() { return 1; }

void set_threads(int) {}

Exclusive::Exclusive() = default;
Exclusive::~Exclusive() = default;

void detail::run_on_pool(std::int64_t n, std::int64_t, RangeFunction call, void* f) {
    call(f, 0, n);
}

}  // namespace autograd::kernels
