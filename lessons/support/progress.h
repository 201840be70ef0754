#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace support {

// How far a training is, and how well it goes. One line an epoch: rewritten as it goes on a
// terminal, printed once when done elsewhere.
//     epoch 2/5  [#########           ]  loss 0.1034  331 ms/epoch  1 s left  q = 0.25
class Progress {
  public:
    // Of a training on `images` images an epoch, at least 1; `name` is printed at the end of its
    // lines. With `every`, at least 1, a line stands for so many epochs.
    Progress(int epochs, int images, std::string name = "", int every = 1);

    void batch(double loss, std::size_t images);  // after each step: its mean loss
    // After each epoch: prints the line, `note` at its end, and returns the mean loss.
    double finish_epoch(const std::string& note = "");

    // The share of the whole training that is done, 0 to 1: for learning rates that fall.
    double done() const { return done_ / epochs_; }

  private:
    using Clock = std::chrono::steady_clock;
    void print(double loss, const std::string& note) const;

    int epochs_, images_;
    std::string name_;
    int every_;
    bool terminal_;
    int epoch_ = 1;
    double done_ = 0;   // epochs
    double total_ = 0;  // of this epoch's losses, each times its images
    Clock::time_point start_ = Clock::now(), shown_ = {};  // of this line
};

}  // namespace support
