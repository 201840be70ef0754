#include "lessons/support/interrupt.h"

#include <atomic>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

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

void mark_interrupted(const std::filesystem::path& metrics) {
    auto json = nlohmann::ordered_json::parse(std::ifstream(metrics), nullptr, false);
    if (!json.is_object())
        throw std::runtime_error(metrics.string() + ": this is no file of metrics");
    json["interrupted"] = true;
    std::filesystem::path part = metrics;
    part += ".unfinished";
    if (!(std::ofstream(part) << json.dump(2) << '\n').flush()) {
        std::filesystem::remove(part);
        throw std::runtime_error(metrics.string() + ": cannot write here (is the disk full?)");
    }
    std::filesystem::rename(part, metrics);
}

}  // namespace support
