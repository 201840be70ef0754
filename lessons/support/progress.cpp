#include "lessons/support/progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <utility>

namespace support {

Progress::Progress(int epochs, int images, std::string name, int every)
    : epochs_(epochs),
      images_(images),
      name_(std::move(name)),
      every_(every),
      terminal_(isatty(STDOUT_FILENO) != 0) {}

void Progress::batch(double loss, std::size_t images) {
    const double count = double(images);
    total_ += loss * count;
    done_ += count / images_;
    const auto now = Clock::now();
    if (!terminal_ || now - shown_ < std::chrono::milliseconds(50)) return;
    shown_ = now;
    print(loss, "");
}

double Progress::finish_epoch(const std::string& note) {
    const double mean = total_ / images_;
    total_ = 0;
    if (epoch_ % every_ == 0 || epoch_ == epochs_) {
        print(mean, note);
        std::printf("\n");
        std::fflush(stdout);
        start_ = Clock::now();
    }
    ++epoch_;
    return mean;
}

void Progress::print(double loss, const std::string& note) const {
    const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
    const double here = done_ - (epoch_ - 1) / every_ * every_;  // epochs since this line began
    const double an_epoch = elapsed / (here > 0 ? here : 1), left = an_epoch * (epochs_ - done_);
    std::printf("%sepoch %d/%d", terminal_ ? "\r\033[K" : "", epoch_, epochs_);
    if (terminal_) {
        const int bar = int(std::lround(20 * std::fmin(here / every_, 1)));
        std::printf("  [%.*s%*s]", bar, "####################", 20 - bar, "");
    }
    std::printf("  loss %#.4g  %.0f ms/epoch", loss, 1000 * an_epoch);
    if (terminal_ && left >= 0.5) std::printf("  %.0f s left", left);
    for (const std::string& text : {name_, note})
        if (!text.empty()) std::printf("  %s", text.c_str());
    std::fflush(stdout);
}

}  // namespace support
