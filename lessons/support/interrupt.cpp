#include "lessons/support/interrupt.h"

#include <atomic>

namespace support {

namespace {

std::atomic<bool> wanted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may write it");
struct sigaction before = {};

void want(int) {
    wanted = true;
    sigaction(SIGINT, &before, nullptr);  // the next one is not a wish any more
}

}  // namespace

Interrupt::Interrupt() {
    wanted = false;
    sigaction(SIGINT, nullptr, &before);
    if (before.sa_handler == SIG_IGN) return;
    struct sigaction wish = {};
    wish.sa_handler = want;
    wish.sa_flags = SA_RESTART;
    sigaction(SIGINT, &wish, nullptr);
}
Interrupt::~Interrupt() { sigaction(SIGINT, &before, nullptr); }

bool Interrupt::requested() const { return wanted; }
void Interrupt::check() const {
    if (wanted) throw Interrupted();
}

bool was_interrupted() { return wanted; }

}  // namespace support
