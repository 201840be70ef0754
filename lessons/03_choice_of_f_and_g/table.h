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

}  // namespace lessons
