#pragma once

#include <chrono>
#include <string>

namespace support {

// One line an epoch: rewritten as it goes on a terminal, printed once when done elsewhere.
//     epoch 2/5  [#########           ]  loss 0.1034  331 ms/epoch  1 s left
class Progress {
  public:
    explicit Progress(int epochs);

    void update(double fraction, double loss);  // within an epoch: fraction done, this batch's loss
    void finish_epoch(double loss, const std::string& note = "");  // the epoch's mean loss

  private:
    using Clock = std::chrono::steady_clock;
    void print(double fraction, double loss, const std::string& note) const;

    int epochs;
    int epoch = 1;
    bool terminal;
    Clock::time_point start = Clock::now();  // of this epoch
    Clock::time_point shown = {};
};

}  // namespace support
