#include "lessons/support/progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace support {

Progress::Progress(int count) : epochs(count), terminal(isatty(STDOUT_FILENO) != 0) {}

void Progress::update(double fraction, double loss) {
    const auto now = Clock::now();
    if (!terminal || now - shown < std::chrono::milliseconds(50)) return;
    shown = now;
    print(fraction, loss, "");
}

void Progress::finish_epoch(double loss, const std::string& note) {
    print(1, loss, note);
    std::printf("\n");
    std::fflush(stdout);
    ++epoch;
    start = Clock::now();
}

void Progress::print(double fraction, double loss, const std::string& note) const {
    const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    const double whole = elapsed / (fraction > 0 ? fraction : 1);  // of one epoch
    const double left = whole * (epochs - epoch + 1 - fraction);
    if (terminal) {
        const int done = static_cast<int>(std::lround(20 * fraction));
        std::printf("\r\033[Kepoch %d/%d  [%.*s%*s]  loss %#.4g  %.0f ms/epoch", epoch, epochs,
                    done, "####################", 20 - done, "", loss, 1000 * whole);
        if (left >= 0.5) std::printf("  %.0f s left", left);
    } else {
        std::printf("epoch %d/%d  loss %#.4g  %.0f ms", epoch, epochs, loss, 1000 * whole);
    }
    if (!note.empty()) std::printf("  %s", note.c_str());
    std::fflush(stdout);
}

}  // namespace support
