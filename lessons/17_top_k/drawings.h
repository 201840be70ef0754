#pragma once

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "lessons/17_top_k/superposition.h"
#include "lessons/17_top_k/top_k.h"
#include "lessons/support/pca.h"
#include "lessons/support/plot.h"
#include "lessons/support/report.h"
#include "lessons/support/text.h"

namespace lessons {

// ---- Made-up data ----

// The largest cosine with each true direction, of PCA's components. They have no sign. [directions]
inline Tensor best_pca_cosines(const Superposition& data) {
    const std::int64_t n = data.x.size(1);
    const support::Pca pca =
        support::principal_components(support::Values(data.x.to_vector()), int(n));
    const Tensor components = autograd::tensor(pca.components, {n, n});
    return best_cosines(data.D, concat(components, -components));
}

// The metrics of the made-up data, with what is expected of them. `top_k`: without and with the
// auxiliary loss, from directions of the encoder's own, then from the decoder's transpose.
inline void report_found(support::Report& report, const std::vector<SparseDictionary>& top_k,
                         const SparseDictionary& l1, const Tensor& untrained,
                         const Superposition& test, const Superposition& data) {
    const auto found = [&](const SparseDictionary& model) {
        return mean(autograd::map(best_cosines(data.D, model.W_star),
                                  [](double c) { return c >= found_at ? 1.0 : 0.0; }))
            .item();
    };
    const auto cosine = [&](const Tensor& rows) { return mean(best_cosines(data.D, rows)).item(); };
    const SparseDictionary& best = top_k.back();
    const Tensor h = best.encode(test.x), h1 = l1.encode(test.x);
    const double at_top_k = cosine(best.W_star), at_l1 = cosine(l1.W_star),
                 by_pca = mean(best_pca_cosines(data)).item();
    report.metric("truth_cosine.top_k", at_top_k, {0.985, 1});
    report.metric("truth_cosine.l1", at_l1, {0.91, 0.955});
    report.metric("truth_cosine.pca", by_pca, {0.35, 0.38});
    report.metric("truth_cosine.untrained", cosine(untrained));
    report.metric("found.top_k", found(best));
    report.metric("found.l1", found(l1));
    report.metric("top_k_cosine_gain", at_top_k - at_l1, {0.045, 0.08});

    const Coefficients c = coefficients(test, h, best.W_star),
                       c1 = coefficients(test, h1, l1.W_star);
    const double missed = c.missed_share(), at_least = unsayable_share(test, best.k),
                 error = mean_square_length(best.decode(h) - test.x).item(),
                 error1 = mean_square_length(l1.decode(h1) - test.x).item();
    report.metric("shrinkage_top_k", c.shrinkage(), {0.095, 0.117});
    report.metric("shrinkage_l1", c1.shrinkage(), {0.555, 0.585});
    report.metric("shrinkage_ratio", c1.shrinkage() / c.shrinkage(), {4.8, 6});
    report.metric("active.top_k", active_units(h), {3.82, 3.93});
    report.metric("active.l1", active_units(h1), {4.3, 4.9});
    report.metric("missed.top_k", missed);
    report.metric("missed.l1", c1.missed_share());
    report.metric("missed.at_least", at_least);
    report.metric("missed_that_cannot_be_said", at_least / missed, {0.78, 0.87});
    report.metric("error.top_k", error);
    report.metric("error.l1", error1);
    report.metric("error_ratio", error1 / error, {2.1, 2.5});

    // By start and loss: the share of units that are dead, that of directions that are found.
    const auto dead = [&](const SparseDictionary& model) {
        return dead_share(model.encode(test.x));
    };
    report.metric("dead_without_auxiliary", dead(top_k[0]), {0.3, 0.46});
    report.metric("dead_with_auxiliary", dead(top_k[1]), {0, 0.025});
    report.metric("dead_without_auxiliary_transposed", dead(top_k[2]), {0.08, 0.15});
    report.metric("dead_with_auxiliary_transposed", dead(top_k[3]), {0, 0.025});
    report.metric("found_without_auxiliary", found(top_k[0]));
    report.metric("found_with_auxiliary", found(top_k[1]), {0.945, 1});
    report.metric("found_without_auxiliary_transposed", found(top_k[2]));
    report.metric("found_with_auxiliary_transposed", found(top_k[3]), {0.96, 1});
    report.metric("found_by_auxiliary", found(top_k[1]) - found(top_k[0]), {0.44, 0.62});
    report.metric("found_by_auxiliary_transposed", found(top_k[3]) - found(top_k[2]), {0.1, 0.19});
}

// The largest cosine of every true direction, the best first.
inline support::Plot draw_found(const SparseDictionary& top_k, const SparseDictionary& l1,
                                const Tensor& untrained, const Superposition& data) {
    support::Plot plot{.title = "Top-k and L1 find directions that PCA can't",
                       .x_label = "true directions, the best found first",
                       .y_label = "largest cosine",
                       .x_range = support::Range{0, double(data.D.size(0)) + 4},
                       .y_range = support::Range{0, 1.05},
                       .legend = "bottom left"};
    const auto add = [&](const Tensor& best, const std::string& name) {
        support::Values rank, cosine = best.to_vector();
        std::ranges::sort(cosine, std::greater());
        for (std::size_t i = 0; i < cosine.size(); ++i) rank.push_back(double(i + 1));
        plot.line(rank, cosine, name);
    };
    add(best_cosines(data.D, top_k.W_star), "top-k");
    add(best_cosines(data.D, l1.W_star), "L1");
    add(best_pca_cosines(data), "PCA");
    add(best_cosines(data.D, untrained), "random directions");
    return plot;
}

// Coefficients as they were found against the true ones, a sample.
inline std::vector<support::Panel> draw_coefficients(const SparseDictionary& top_k,
                                                     const SparseDictionary& l1,
                                                     const Superposition& test) {
    const auto panel = [&](const std::string& title, const SparseDictionary& model) {
        const Coefficients c = coefficients(test, model.encode(test.x), model.W_star);
        support::Values truth, found;
        for (std::size_t i = 0; i < c.truth.size(); i += 1 + c.truth.size() / 1000)
            truth.push_back(c.truth[i]), found.push_back(c.found[i]);
        support::Plot plot{.title = title,
                           .x_label = "true coefficient",
                           .y_label = "coefficient found",
                           .x_range = support::Range{0.4, 1.6},
                           .y_range = support::Range{0, 2},
                           .legend = "top left"};
        return plot.points(truth, found, "found").line({0.4, 1.6}, {0.4, 1.6}, "the truth");
    };
    return {panel("Top-k: nearly as large as the truth", top_k),
            panel("L1: less than half of it", l1)};
}

// ---- Digits ----

// What the 16 units draw that are on most often, a row for each network.
inline support::ImageGrid draw_features(const std::vector<SparseDictionary>& models,
                                        const support::Images& images) {
    support::ImageGrid grid{.title = "The more units are on, the less of a digit each draws",
                            .columns = 16,
                            .scale = support::Scale::diverging,
                            .scale_label = "w*, cut off at 0.15"};
    grid.tiles_like(images);
    const Tensor x = to_tensor(support::first(images, 1000));
    for (const SparseDictionary& model : models) {
        const Tensor often =
            sum(autograd::map(model.encode(x), [](double h) { return h > 0 ? 1.0 : 0.0; }), 0);
        std::vector<int> rows(std::size_t(often.size()));
        std::iota(rows.begin(), rows.end(), 0);
        std::ranges::stable_sort(rows, std::greater(), [&](int l) { return often.data()[l]; });
        rows.resize(16);
        grid.add(clamp(index_select(model.W_star, rows), -0.15, 0.15).to_vector(),
                 support::format("k = %d", model.k));
    }
    return grid;
}

// Digits taken apart: x, x_hat, the c that all share, and what the units add, the largest first.
inline support::ImageGrid draw_parts(const SparseDictionary& model, const support::Images& images) {
    const int parts = std::min(model.k, 10);
    support::ImageGrid grid{.title = support::format("A digit is c and %d of %d features", model.k,
                                                     int(model.W.size(1))),
                            .columns = 3 + parts,
                            .scale = support::Scale::diverging,
                            .scale_label = "ink, cut off at 0.4",
                            .column_labels = {"x", "sum", "c"}};
    for (int i = 1; i <= parts; ++i) grid.column_labels.push_back(support::format("%d", i));
    grid.tiles_like(images);
    const auto add = [&](const Tensor& tile) { grid.add(clamp(tile, -0.4, 0.4).to_vector()); };
    const Tensor x = to_tensor(support::first(images, 7)), h = model.encode(x),
                 x_hat = model.decode(h);
    for (int i = 0; i < int(x.size(0)); ++i) {
        add(narrow(x, 0, i, 1)), add(narrow(x_hat, 0, i, 1)), add(model.c);
        const std::vector<Feature> on = features(h, i);
        for (std::size_t p = 0; p < std::size_t(parts); ++p)
            add(p < on.size() ? on[p].coefficient * narrow(model.W_star, 0, on[p].unit, 1)
                              : autograd::zeros({images.size()}));
    }
    return grid;
}

inline std::vector<support::Panel> draw_by_k(const std::vector<int>& ks, const support::Values& sse,
                                             const support::Values& pca_sse,
                                             const support::Values& probe) {
    const support::Range range{0, double(ks.back()) + 5};
    support::Plot error{.title = "Half of PCA's error with 10 of 1,000 units",
                        .x_label = "k, units that are on for a digit",
                        .y_label = "held-out squared error per image",
                        .x_range = range,
                        .y_range = support::Range{0, 1.1 * std::max(sse[0], pca_sse[0])}},
        labels{.title = "With 10 units on, little of the label is lost",
               .x_label = "k, units that are on for a digit",
               .y_label = "held-out labels read off the code",
               .x_range = range,
               .y_range = support::Range{0.9, 1},
               .legend = "off"};
    return {
        error.line_points(ks, sse, "k of many units").line_points(ks, pca_sse, "PCA, k components"),
        labels.line_points(ks, probe)};
}

}  // namespace lessons
