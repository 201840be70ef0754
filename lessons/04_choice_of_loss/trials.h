#pragma once

#include <string>
#include <vector>

#include "lessons/04_choice_of_loss/losses.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/plot.h"

// What one training leaves behind, and how the trainings are drawn beside each other.
namespace lessons {

struct Trial {
    std::string name;
    Loss loss;
    bool saturated, adam;  // else from the usual start, by plain gradient descent
    support::ReconstructionError error = {};  // of all held-out digits
    // Along the way, of some of them: squared error, and cross-entropy above the digits' entropy.
    std::vector<double> epoch = {}, sse = {}, excess = {};
};

// The cross-entropy as one would look at it, and what training can change of it.   floor: the
// entropy of the digits, in nats per pixel
inline std::vector<support::Panel> draw_excess(const Trial& by_cross_entropy,
                                               const Trial& by_squared_error, double floor) {
    std::vector<double> whole(by_cross_entropy.excess);
    for (double& bce : whole) bce += floor;
    support::Plot raw{.title = "Stuck at 0.09?",
                      .x_label = "epoch",
                      .y_label = "held-out cross-entropy (nats/pixel)",
                      .y_range = support::Range{0, 0.2}};
    raw.line(by_cross_entropy.epoch, whole, "trained by cross-entropy")
        .horizontal(floor, "entropy of the digits");
    support::Plot excess{.title = "What is left above the entropy",
                         .x_label = "epoch",
                         .y_label = "cross-entropy - entropy (nats/pixel)",
                         .log_y = true};
    excess.line(by_cross_entropy.epoch, by_cross_entropy.excess, "trained by cross-entropy")
        .line(by_squared_error.epoch, by_squared_error.excess, "trained by squared error");
    return {raw, excess};
}

// The trials with a saturated start, those by plain descent first.   blank: the squared error of an
// empty page
inline support::Plot draw_escape(const std::vector<Trial>& trials, double blank) {
    support::Plot plot{.title = "By squared error, descent stays where it started",
                       .x_label = "epoch",
                       .y_label = "squared error per held-out image",
                       .log_y = true,
                       .y_range = support::Range{40, 4000}};
    for (const std::size_t i : {3, 2, 5, 4})
        plot.line(trials[i].epoch, trials[i].sse, trials[i].name);
    return plot.line({0, 1}, {blank, blank}, "blank page");
}

}  // namespace lessons
