#pragma once

#include <algorithm>
#include <cstdio>
#include <vector>

namespace lessons {

// The costs that the notebook printed for batches 0, 50, 100, 150 and 200 of each epoch (S.
// Raschka, deeplearning-models, ae-basic).
inline const std::vector<std::vector<double>> published = {{.7100, .2028, .1636, .1349, .1302},
                                                           {.1239, .1130, .1097, .1061, .1035},
                                                           {.1010, .0975, .0983, .0975, .0937},
                                                           {.0946, .0961, .0960, .0971, .0899},
                                                           {.0948, .0927, .0932, .0938, .0935}};

// Prints the losses logged at the same batches, [epoch][batch / 50], beside those. Returns how far
// they lie above them, mean of what both have from epoch 2 on: the first epoch still falls from the
// start.
inline double print_beside_published(const std::vector<std::vector<double>>& logged) {
    double gap = 0;
    int compared = 0;
    std::printf("\nloss at every 50th batch, from the first\n");
    for (std::size_t epoch = 0; epoch < logged.size(); ++epoch) {
        std::printf("epoch %zu, here  ", epoch + 1);
        for (const double loss : logged[epoch]) std::printf("  %.4f", loss);
        if (epoch < published.size()) {
            std::printf("\n      published  ");
            for (const double loss : published[epoch]) std::printf("%.4f  ", loss);
            const std::size_t both = std::min(logged[epoch].size(), published[epoch].size());
            for (std::size_t i = 0; epoch > 0 && i < both; ++i, ++compared)
                gap += logged[epoch][i] - published[epoch][i];
        }
        std::printf("\n");
    }
    return compared ? gap / compared : 0;
}

}  // namespace lessons
