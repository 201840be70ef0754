#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "lessons/07_weight_decay/weight_decay.h"
#include "lessons/support/plot.h"
#include "lessons/support/text.h"

// What one training leaves behind, printed and drawn.
namespace lessons {

struct Run {
    Autoencoder model;
    double train_bce = 0, test_bce = 0, gap = 0;  // cross-entropies, nats per pixel
    double norm2 = 0, rim = 0;                    // ||theta||^2; see rim_size
};

// One quantity of all the runs.
inline std::vector<double> each(const std::vector<Run>& runs, double Run::*quantity) {
    std::vector<double> values;
    for (const Run& run : runs) values.push_back(run.*quantity);
    return values;
}

// 1e-5, not 0.00001 or 1e-05.
inline std::string short_number(double v) {
    std::string number = support::format(v == 0 || v >= 0.01 ? "%g" : "%.0e", v);
    if (const auto zero = number.find("e-0"); zero != std::string::npos) number.erase(zero + 2, 1);
    return number;
}

inline void print(const std::string& name, const Run& r) {
    std::printf("%-20s  %8.4f  %8.4f  %8.4f  %11.1f  %12.2g\n", name.c_str(), r.train_bce,
                r.test_bce, r.gap, r.norm2, r.rim);
}

// Losses and weights against lambda. lambda = 0 has no place on a logarithmic axis: one step for
// each.
inline std::vector<support::Panel> draw_gap(const std::vector<Run>& runs,
                                            const std::vector<std::string>& lambdas) {
    std::vector<double> at;
    for (std::size_t i = 0; i < runs.size(); ++i) at.push_back(double(i));
    const auto training = each(runs, &Run::train_bce), held_out = each(runs, &Run::test_bce);
    support::Plot error{.title = "Decay closes the gap, for a while from above",
                        .x_label = "lambda",
                        .y_label = "cross-entropy (nats per pixel)",
                        .y_range = support::Range{0, 0.3},
                        .legend = "top left",
                        .x_names = lambdas};
    error.band(at, training, held_out, "gap")
        .line_points(at, held_out, "held out")
        .line_points(at, training, "training");
    support::Plot size{.title = "The weights shrink",
                       .x_label = "lambda",
                       .y_label = "||theta||^2",
                       .log_y = true,
                       .x_names = lambdas};
    return {error, size.line_points(at, each(runs, &Run::norm2))};
}

// Held-out loss against the norm that is left, for both kinds of decay. runs[0] has no decay.
inline support::Plot draw_beside(const std::vector<Run>& runs, const std::vector<Run>& decoupled,
                                 const Run& best) {
    support::Plot plot{.title = "At equal norm, the two kinds of decay differ",
                       .x_label = "||theta||^2 after training",
                       .y_label = "held-out cross-entropy (nats per pixel)",
                       .log_x = true,
                       .x_range = support::Range{best.norm2 / 5, 1.5 * runs[0].norm2},
                       .y_range = support::Range{0.95 * best.test_bce, 1.35 * best.test_bce}};
    const auto add = [&](const std::vector<Run>& some, const char* name) {
        plot.line_points(each(some, &Run::norm2), each(some, &Run::test_bce), name);
    };
    add(runs, "lambda ||theta||^2");
    add(decoupled, "AdamW");
    return plot;
}

}  // namespace lessons
