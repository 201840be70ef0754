#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "lessons/support/plot.h"
#include "lessons/support/text.h"

// What is measured at each width of the code, printed and drawn.
namespace lessons {

struct Widths {
    std::vector<int> k;
    // Squared error per image: of a network trained on all digits and of PCA, held out; of one
    // trained on few, on these and held out.
    std::vector<double> test_sse = {}, pca_sse = {}, few_train = {}, few_test = {};
    // Held-out error less that on the few: of the network that saw only them, and of the one that
    // saw all.
    std::vector<double> gap = {}, all_gap = {};
    // copy_ratio on each kind of image.
    std::vector<double> on_digits = {}, on_permuted = {}, on_noise = {};
    std::vector<double> pca_on_digits = {}, pca_on_noise = {};

    // The network's error over PCA's where it is least, among the widths at which PCA has one.
    double best_over_pca(int pixels) const {
        double best = 1e9;
        for (std::size_t i = 0; i < k.size(); ++i)
            if (k[i] < pixels) best = support::smaller(best, test_sse[i] / pca_sse[i]);
        return best;
    }
};

inline void print(const Widths& w) {
    std::printf(
        "\n        squared error    squared error / variance          few digits: squared "
        "error\n"
        "    k   held out     PCA  digits  permuted   noise  PCA's   training  held out\n");
    for (std::size_t i = 0; i < w.k.size(); ++i)
        std::printf("%5d   %8.3f  %6.3f  %6.3f  %8.3f  %6.3f  %5.3f   %8.3f  %8.3f\n", w.k[i],
                    w.test_sse[i], w.pca_sse[i], w.on_digits[i], w.on_permuted[i], w.on_noise[i],
                    w.pca_on_noise[i], w.few_train[i], w.few_test[i]);
}

inline support::Plot draw_error(const Widths& w, int pixels) {
    support::Plot plot{.title = "Wider codes lose less",
                       .x_label = "numbers in the code, k",
                       .y_label = "squared error per held-out image",
                       .log_x = true,
                       .log_y = true,
                       .legend = "bottom left"};
    return plot.line_points(w.k, w.test_sse, "autoencoder")
        .line_points(w.k, w.pca_sse, "PCA (0 from k = n on)")
        .vertical(pixels, "k = n");
}

inline support::Plot draw_copying(const Widths& w) {
    support::Plot plot{.title = "A wide code begins to copy noise",
                       .x_label = "numbers in the code, k",
                       .y_label = "squared error / variance",
                       .log_x = true,
                       .y_range = support::Range{0, 1.4}};
    return plot.line_points(w.k, w.on_noise, "noise, autoencoder")
        .line_points(w.k, w.pca_on_noise, "noise, PCA")
        .line_points(w.k, w.on_digits, "digits, autoencoder")
        .line_points(w.k, w.pca_on_digits, "digits, PCA")
        .horizontal(1, "the mean image");
}

inline support::Plot draw_few(const Widths& w, int few) {
    support::Plot plot{.title = "Trained on " + std::to_string(few) + " digits: the gap stays open",
                       .x_label = "numbers in the code, k",
                       .y_label = "squared error per image",
                       .log_x = true,
                       .y_range = support::Range{0, 1.15 * std::ranges::max(w.few_test)}};
    return plot.band(w.k, w.few_train, w.few_test, "gap")
        .line_points(w.k, w.few_test, "held out")
        .line_points(w.k, w.few_train, "training");
}

}  // namespace lessons
