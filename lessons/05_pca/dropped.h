#pragma once

#include <string>
#include <vector>

#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/support/plot.h"
#include "lessons/support/report.h"
#include "lessons/support/text.h"

// The theorem's conditions, dropped one at a time: what is trained, and how it comes out.
namespace lessons {

struct Dropped {
    std::string name, metric;
    Activation g, f;
    LossFunction loss;
    support::Expected expected;     // of the excess
    double excess = 0, cosine = 0;  // squared error over PCA's, less 1; with PCA's subspace
};

inline std::vector<Dropped> dropped_conditions() {
    using namespace activation;
    return {{"all kept", "all_kept", linear, linear, squared_error, {0.01, 0.035}},
            {"bent encoder", "bent_encoder", relu, linear, squared_error, {0.028, 0.05}},
            {"bent decoder", "bent_decoder", linear, logistic, squared_error, {-0.2, -0.145}},
            {"absolute error", "absolute_error", linear, linear, absolute_error, {1.1, 1.35}}};
}

inline support::Plot draw_dropped(const std::vector<Dropped>& runs, double uncentred_excess) {
    support::Plot plot{.title = "One condition dropped at a time",
                       .y_label = "squared error / PCA's - 1"};
    support::Values at, bars;
    const auto bar = [&](const std::string& name, double excess) {
        at.push_back(double(at.size())), bars.push_back(excess);
        plot.x_names.push_back(support::format("%s\n%+.3f", name.c_str(), excess));
    };
    for (const Dropped& run : runs) bar(run.name, run.excess);
    bar("not centred", uncentred_excess);
    return plot.bars(at, bars).horizontal(0);
}

}  // namespace lessons
