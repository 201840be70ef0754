#pragma once

#include <string>
#include <vector>

#include "lessons/15_score/cloud.h"
#include "lessons/support/plot.h"
#include "lessons/support/text.h"

namespace lessons {

// The coordinate `axis` of each point, for plots.
inline support::Values coordinate(const Tensor& points, int axis) {
    return narrow(points, 1, axis, 1).to_vector();
}

inline support::Plot plane(const std::string& title, double reach) {
    return {.title = title,
            .x_range = support::Range{-reach, reach},
            .y_range = support::Range{-reach, reach},
            .legend = "off",
            .equal_axes = true};
}

// A field at the points of a lattice, over some of the data. Arrows are sigma^2 s(x), cut short at
// 0.17: where a denoiser moves x.
inline support::Plot draw_field(const std::string& title, const Score& score, double sigma,
                                const Tensor& data) {
    std::vector<double> at;
    for (double x = -1.8; x < 1.81; x += 0.2)
        for (double y = -1.8; y < 1.81; y += 0.2) at.push_back(x), at.push_back(y);
    const Tensor lattice = autograd::tensor(at, {std::int64_t(at.size()) / 2, 2});
    const Tensor arrows = sigma * sigma * score(lattice),
                 length = sqrt(sum(square(arrows), 1, true) + 1e-12);
    const Tensor shown = arrows / length * clamp(length, 0, 0.17);
    support::Plot plot = plane(title, 2);
    return plot.points(coordinate(data, 0), coordinate(data, 1))
        .arrows(coordinate(lattice, 0), coordinate(lattice, 1), coordinate(shown, 0),
                coordinate(shown, 1));
}

// Walkers at some of the levels, noise first.
inline std::vector<support::Panel> draw_walk(const std::vector<Tensor>& path,
                                             const std::vector<double>& sigmas, double reach) {
    std::vector<support::Panel> panels;
    for (const double share : {0.0, 0.25, 0.35, 0.45, 0.6, 1.0}) {
        const auto i = std::size_t(share * double(path.size() - 1));
        support::Plot plot = plane(support::format("sigma = %.2g", sigmas[i]), reach);
        panels.push_back(plot.points(coordinate(path[i], 0), coordinate(path[i], 1)));
    }
    return panels;
}

}  // namespace lessons
