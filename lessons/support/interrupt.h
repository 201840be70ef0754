#pragma once

#include <csignal>
#include <exception>

namespace support {

// What Interrupt::check() throws: the training is to end here, and the lesson goes on with what was
// reached.
struct Interrupted : std::exception {
    const char* what() const noexcept override { return "interrupted"; }
};

// While one of these exists, the first Ctrl-C is a wish: the program ends its training after the
// running step, measures and draws what was reached. A second Ctrl-C does what the first one does
// elsewhere: it ends the program at once, without figures and metrics. Where Ctrl-C was ignored
// when the program began (a script's background) it stays ignored. One at a time.
//
//     const support::Interrupt interrupt;                        // in the body of a lesson
//     try { ... interrupt.check(); ... } catch (const support::Interrupted&) {}  // each step
//     if (interrupt.requested()) ...
class Interrupt {
  public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    bool requested() const;
    void check() const;  // throws Interrupted after a Ctrl-C

    static constexpr int exit_code = 128 + SIGINT;
};

// Has there been a Ctrl-C while the last Interrupt existed? Lesson::run asks: it publishes what was
// reached, marked as interrupted, judges nothing, and returns Interrupt::exit_code.
bool was_interrupted();

}  // namespace support
