#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include "lessons/03_choice_of_f_and_g/choices.h"
#include "lessons/support/plot.h"
#include "lessons/support/report.h"

// What is tried: outputs f by codes g, on both kinds of data; and how the errors are shown.
namespace lessons {

// What the decoder says, and the loss that it is trained by.
struct Output {
    std::string name;
    Activation f;
    LossFunction loss;
};
inline const std::vector<Output> outputs = {{"linear", activation::linear, squared_error},
                                            {"tanh", activation::tanh, squared_error},
                                            {"logistic", activation::logistic, squared_error},
                                            {"logistic, BCE", activation::logistic, cross_entropy}};
inline const std::vector<Activation> choices_of_g = {activation::linear, activation::tanh,
                                                     activation::logistic, activation::relu};

struct Data {
    std::string name;
    TensorFunction prepare;  // from pixels in [0, 1]
    std::size_t rows;        // how many of the outputs are tried on it
    std::vector<std::vector<ChosenAutoencoder>> models = {};  // [output][code]
    support::Matrix sse = {};                                 // of held-out images, [output][code]
};

inline void print_table(const Data& data, const std::vector<double>& floors) {
    std::printf("\n%s data, squared error per held-out image\nf             g:", data.name.c_str());
    for (const Activation& g : choices_of_g) std::printf("%10s", g.name.c_str());
    if (!floors.empty()) std::printf("%10s", "floor");
    for (std::size_t row = 0; row < data.rows; ++row) {
        std::printf("\n%-16s", outputs[row].name.c_str());
        for (const double sse : data.sse[row]) std::printf("%10.2f", sse);
        if (!floors.empty()) std::printf("%10.2f", floors[row]);
    }
    std::printf("\n");
}

inline support::Heatmap table(const Data& data, const char* format) {
    support::Heatmap map{.title = data.name + " data: held-out squared error",
                         .x_label = "code g",
                         .y_label = "output f",
                         .values = data.sse,
                         .format = format};
    for (std::size_t row = 0; row < data.rows; ++row) map.row_labels.push_back(outputs[row].name);
    for (const Activation& g : choices_of_g) map.column_labels.push_back(g.name);
    return map;
}

// Held-out errors against epochs, a curve for each of the first outputs, and the floors beside
// them.
inline support::Plot draw_curves(const support::Matrix& epochs, const support::Matrix& errors,
                                 const std::vector<double>& floors, int last_epoch) {
    support::Plot plot{.title = "A bounded output stays above its floor, a linear one has none",
                       .x_label = "epoch",
                       .y_label = "squared error per held-out image",
                       .x_range = support::Range{0, double(last_epoch)},
                       .y_range = support::Range{0, 2 * floors[2]}};
    for (std::size_t row = 0; row < errors.size(); ++row)
        plot.line(epochs[row], errors[row], outputs[row].name);
    return plot.horizontal(floors[2], "floor of logistic").horizontal(floors[1], "floor of tanh");
}

// What two outputs say on binary data.
inline support::Plot draw_histogram(const support::Values& linear,
                                    const support::Values& logistic) {
    support::Plot plot{.title = "A linear f answers below 0 and above 1",
                       .x_label = "output for a pixel of a held-out binary digit",
                       .y_label = "share of outputs (bins 0.04 wide)",
                       .log_y = true,
                       .x_range = support::Range{-0.8, 1.8},
                       .y_range = support::Range{1e-6, 1}};
    plot.histogram(linear, 65, "linear f").histogram(logistic, 65, "logistic f");
    return plot.vertical(0).vertical(1);
}

}  // namespace lessons
