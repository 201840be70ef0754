#include "autograd/kernels/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace autograd::kernels {
namespace {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
constexpr auto awake = std::chrono::microseconds(30);

thread_local bool inside_parallel_for = false;

struct Inside {
    Inside() { inside_parallel_for = true; }
    ~Inside() { inside_parallel_for = false; }
};

// Waits until `value` is no longer `old`: first awake, because in a training step the next loop is
// only microseconds away, then asleep, because somebody else may want the core.
void wait_while(const std::atomic<int>& value, int old) {
    const Time bedtime = Clock::now() + awake;
    do {
        for (int i = 0; i < 16; ++i) {
            if (value.load(std::memory_order_acquire) != old) return;
#if defined(__x86_64__) || defined(__i386__)
            __builtin_ia32_pause();
#endif
        }
    } while (Clock::now() < bedtime);
    value.wait(old, std::memory_order_acquire);
}

// Runs one loop at a time. Its range is cut into one contiguous part per thread, and each part into
// chunks. A thread takes the chunks of its own part first (the same part in every loop: its cache
// may still hold it) and then helps with the others', so whoever is late, or has to share its core
// with another program, leaves chunks to the rest. Nobody waits for a worker that has not woken up:
// a loop is over when every chunk is taken and the workers that came in have left.
class Pool {
  public:
    Pool() {
        size_ = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
        const char* wish = std::getenv("HOURGLASS_THREADS");
        if (!wish) return;
        char* end = nullptr;
        const long n = std::strtol(wish, &end, 10);
        if (end != wish && *end == '\0' && n >= 1 && n <= 1024)
            size_ = static_cast<int>(n);
        else  // no reason to end somebody's program in its first operation
            std::fprintf(
                stderr,
                "HOURGLASS_THREADS=%s is no number of threads from 1 to 1024: all %d cores "
                "are used\n",
                wish, size());
    }

    int size() const { return size_.load(std::memory_order_relaxed); }

    void resize(int n) {
        if (inside_parallel_for)
            throw std::logic_error(
                "set_threads: called inside a parallel loop, which would wait "
                "for itself: call it before the loop");
        const std::lock_guard lock(in_use_);
        stop_workers();
        size_ = std::max(n, 1);
    }

    void run(std::int64_t n, std::int64_t grain, detail::RangeFunction call, void* f) {
        // In a nested loop, or while another thread of the program has the pool: all of it here.
        if (inside_parallel_for || !in_use_.try_lock()) return call(f, 0, n);
        const std::lock_guard lock(in_use_, std::adopt_lock);
        start_workers();
        const Inside inside;
        const Time start = Clock::now();
        if (start < alone_until_) return call(f, 0, n);
        hand_out(n, grain, call, f);
        take_chunks(0);
        const Time worked = Clock::now();
        for (int guests = 0; !guests_.compare_exchange_strong(guests, closed); guests = 0)
            wait_while(guests_, guests);
        // A chunk is a small part of the work. To wait for one longer than all of our own took
        // means that a worker has lost its core to another program. Going on alone for four times
        // as long keeps what is lost to such waits below a fifth of the time.
        const Time end = Clock::now();
        if (end - worked > std::max<Clock::duration>(worked - start, awake))
            alone_until_ = end + 4 * (end - worked);
        if (failed_.exchange(false)) std::rethrow_exception(std::exchange(failure_, nullptr));
    }

  private:
    static constexpr std::int64_t chunks_per_part = 8;
    static constexpr int closed = -1;

    struct alignas(64) Part {  // a cache line each: their owners do not disturb each other
        std::atomic<std::int64_t> next{0};
        std::int64_t end = 0;
    };

    void hand_out(std::int64_t n, std::int64_t grain, detail::RangeFunction call, void* f) {
        const std::int64_t grains = (n + grain - 1) / grain;
        const std::int64_t parts = static_cast<std::int64_t>(parts_.size());
        call_ = call, f_ = f;
        chunk_ = grain * std::max<std::int64_t>(1, grains / (chunks_per_part * parts));
        for (std::int64_t i = 0; i < parts; ++i) {
            parts_[i].next = grains * i / parts * grain;
            parts_[i].end = std::min(n, grains * (i + 1) / parts * grain);
        }
        guests_.store(0, std::memory_order_release);  // the door is open
        loops_.fetch_add(1, std::memory_order_release);
        loops_.notify_all();
    }

    void take_chunks(std::size_t self) try {
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            Part& part = parts_[(self + i) % parts_.size()];
            for (;;) {
                const std::int64_t begin = part.next.fetch_add(chunk_, std::memory_order_relaxed);
                if (begin >= part.end) break;
                call_(f_, begin, std::min(begin + chunk_, part.end));
            }
        }
    } catch (...) {
        if (!failed_.exchange(true)) failure_ = std::current_exception();  // the first one counts
    }

    void work(std::size_t self, int loops_seen) {
        const Inside inside;
        for (;;) {
            wait_while(loops_, loops_seen);
            loops_seen = loops_.load(std::memory_order_acquire);
            if (stopping_.load(std::memory_order_relaxed)) return;
            int guests = guests_.load(std::memory_order_relaxed);
            while (guests != closed && !guests_.compare_exchange_weak(guests, guests + 1)) {
            }
            if (guests == closed) continue;  // too late: this loop is over
            take_chunks(self);
            guests_.fetch_sub(1);
            guests_.notify_one();
        }
    }

    // As many as there should be, or as the system grants.
    void start_workers() {
        try {
            while (int(workers_.size()) + 1 < size())
                workers_.emplace_back(&Pool::work, this, workers_.size() + 1, loops_.load());
        } catch (const std::system_error&) {
            size_ = int(workers_.size()) + 1;
        }
        if (int(parts_.size()) != size()) parts_ = std::vector<Part>(size());
    }

    void stop_workers() {
        stopping_ = true;
        loops_.fetch_add(1);
        loops_.notify_all();
        for (std::thread& worker : workers_) worker.join();
        workers_.clear();
        stopping_ = false;
    }

    std::mutex in_use_;
    std::atomic<int> size_;
    Time alone_until_{};
    std::vector<std::thread> workers_;
    std::atomic<bool> stopping_{false};
    std::atomic<int> loops_{0};  // how many there have been: workers wait for it to change

    // The loop in hand. Written only behind the closed door, with no worker inside.
    std::atomic<int> guests_{closed};  // workers inside
    std::int64_t chunk_ = 0;
    detail::RangeFunction call_ = nullptr;
    void* f_ = nullptr;
    std::vector<Part> parts_;  // one per thread
    std::atomic<bool> failed_{false};
    std::exception_ptr failure_;  // what the loop's function threw
};

// Never destroyed: a static object's destructor may still compute.
Pool& pool() {
    static Pool& the_pool = *new Pool;
    return the_pool;
}

}  // namespace

int threads() { return pool().size(); }

static constinit std::mutex exclusive;
Exclusive::Exclusive() { exclusive.lock(); }
Exclusive::~Exclusive() { exclusive.unlock(); }

void set_threads(int n) { pool().resize(n); }

void detail::run_on_pool(std::int64_t n, std::int64_t grain, RangeFunction call, void* f) {
    pool().run(n, grain, call, f);
}

}  // namespace autograd::kernels
