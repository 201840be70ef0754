#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "lessons/13_edges/gabor.h"
#include "lessons/13_edges/patches.h"
#include "lessons/support/plot.h"

namespace lessons {

// What is kept of a training, or of PCA: its filters, each a row of length 1, and what they are.
struct Filters {
    std::string name;
    Tensor rows;  // [k, side * side]
    FilterShapes shapes;
    double mean_activation = 0;  // of its units, over the patches; none of PCA
};

// Tiles of filters. Each is scaled by its own largest weight, or by that of `scale`.
inline support::ImageGrid tiles(std::string title, int columns) {
    return {.title = std::move(title),
            .columns = columns,
            .tile_width = side,
            .tile_height = side,
            .scale = support::Scale::diverging};
}
inline void add(support::ImageGrid& grid, const autograd::real* filter,
                const autograd::real* scale = nullptr) {
    double most = 1e-30;
    for (int i = 0; i < side * side; ++i)
        most = std::max(most, std::abs(double((scale ? scale : filter)[i])));
    for (int i = 0; i < side * side; ++i) grid.pixels.push_back(float(filter[i] / most));
}

// Those that count as edges first, by their direction.
inline std::vector<std::size_t> by_direction(const FilterShapes& shapes) {
    std::vector<std::size_t> order(shapes.r2.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {}, [&](std::size_t l) {
        return std::pair(!shapes.is_edge(l), shapes.orientation[l]);
    });
    return order;
}

inline support::ImageGrid draw_edges(const Filters& filters) {
    support::ImageGrid grid = tiles("What the units learned from photographs under noise", 20);
    bool edges = true;
    for (const std::size_t l : by_direction(filters.shapes)) {
        if (edges && !filters.shapes.is_edge(l)) grid.add({}, "no edge"), edges = false;
        add(grid, filters.rows.data() + l * side * side);
    }
    return grid;
}

// The first filters of each, one kind below the other.
inline support::ImageGrid draw_comparison(const std::vector<Filters>& all) {
    support::ImageGrid grid = tiles("What each learned from the same patches", 16);
    for (const Filters& filters : all) {
        grid.add({}, filters.name);
        for (std::int64_t l = 0; l < std::min<std::int64_t>(32, filters.rows.size(0)); ++l)
            add(grid, filters.rows.data() + l * side * side);
    }
    return grid;
}

// Some filters above the Gabor functions that were fitted to them.
inline support::ImageGrid draw_fits(const Filters& filters) {
    support::ImageGrid grid = tiles("Filters, and the Gabor functions fitted to them", 16);
    const std::int64_t n = std::min<std::int64_t>(16, filters.rows.size(0));
    grid.add({}, "filter");
    for (std::int64_t l = 0; l < n; ++l) add(grid, filters.rows.data() + l * side * side);
    grid.add({}, "Gabor");
    for (std::int64_t l = 0; l < n; ++l)
        add(grid, filters.shapes.fits.data() + l * side * side,
            filters.rows.data() + l * side * side);
    return grid;
}

// The middle of a photograph, before and after whitening.
inline support::ImageGrid draw_whitening(const Photograph& before, const Photograph& after) {
    const int size = std::min({256, before.width, before.height});
    support::ImageGrid grid{.title = "A photograph, and the same whitened",
                            .columns = 2,
                            .tile_width = size,
                            .tile_height = size,
                            .column_labels = {"before", "whitened, about grey"}};
    float most = 0;
    for (const float v : after.pixels) most = std::max(most, std::abs(v));
    const auto crop = [&](const Photograph& from, float scale, float middle) {
        for (int y = 0; y < size; ++y)
            for (int x = 0; x < size; ++x)
                grid.pixels.push_back(std::clamp(
                    middle +
                        scale *
                            from.pixels[std::size_t(((from.height - size) / 2 + y) * from.width +
                                                    (from.width - size) / 2 + x)],
                    0.0f, 1.0f));
    };
    crop(before, 1, 0);
    crop(after, 1.5f / most, 0.5f);
    return grid;
}

// How many of the edges lie in each of `bins` directions, as shares.
inline std::vector<double> orientations(const FilterShapes& shapes, int bins) {
    std::vector<double> shares(static_cast<std::size_t>(bins));
    double edges = 0;
    for (std::size_t l = 0; l < shapes.r2.size(); ++l)
        if (shapes.is_edge(l)) {
            const int bin = int(shapes.orientation[l] / std::numbers::pi * bins);
            shares[std::size_t(std::min(bin, bins - 1))] += 1, edges += 1;
        }
    for (double& share : shares) share /= std::max(edges, 1.0);
    return shares;
}

inline std::vector<support::Panel> draw_shares(const std::vector<Filters>& all) {
    std::vector<double> left, right, edges, gabors, at, activations;
    std::vector<std::string> names, active;
    for (const Filters& filters : all) {
        left.push_back(double(names.size()) - 0.1), right.push_back(double(names.size()) + 0.1);
        names.push_back(filters.name == "weight_decay" ? "decay" : filters.name);
        edges.push_back(filters.shapes.edge_share());
        gabors.push_back(filters.shapes.gabor_share());
        if (filters.name == "pca") continue;  // has no units
        at.push_back(double(active.size()));
        active.push_back(names.back());
        activations.push_back(filters.mean_activation);
    }
    support::Plot shares{.title = "Edges",
                         .y_label = "share of the filters",
                         .y_range = support::Range{-0.05, 1.05},
                         .x_names = names};
    support::Plot activity{.title = "How often a unit speaks",
                           .y_label = "mean activation",
                           .legend = "off",
                           .x_names = active};
    return {shares.points(left, edges, "edges").points(right, gabors, "Gabor test alone"),
            activity.points(at, activations)};
}

inline support::Plot draw_directions(const std::vector<double>& directions) {
    std::vector<double> degrees;
    for (std::size_t i = 0; i < directions.size(); ++i)
        degrees.push_back((double(i) + 0.5) * 180 / double(directions.size()));
    const double most = *std::ranges::max_element(directions);
    support::Plot plot{.title = "Edges of every direction",
                       .x_label = "direction across the stripes (degrees)",
                       .y_label = "share of the edges",
                       .x_range = support::Range{0, 180},
                       .y_range = support::Range{0, std::max(0.2, 1.1 * most)},
                       .legend = "off"};
    return plot.bars(degrees, directions).horizontal(1 / double(directions.size()), "even");
}

}  // namespace lessons
