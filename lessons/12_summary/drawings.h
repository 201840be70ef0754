#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "lessons/12_summary/measures.h"
#include "lessons/support/plot.h"
#include "lessons/support/report.h"

// The networks side by side: as a table, in metrics.json, in pictures.
namespace lessons {

// What is known of one of them when all is done.
struct Row {
    Measures measures = {};
    Probes probes = {};
    double seconds = 0;
};

inline void print_table(const std::vector<Variant>& variants, const std::vector<Row>& rows,
                        double q) {
    std::printf(
        "\nHeld-out images. Masked: %.0f%% of the pixels. Probe: with all labels, with 1000.\n",
        100 * q);
    std::printf("%-13s %7s %7s %9s %7s %10s %10s %6s %7s %7s\n", "", "clean", "masked", "ink",
                "noise", "||dh/dx||^2", "activation", "sec-", "probe:", "probe:");
    std::printf("%-13s %7s %7s %9s %7s %10s %10s %6s %7s %7s\n", "", "bce", "bce", "restored",
                "copied", "", "off or on", "onds", "all", "1000");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Measures& m = rows[i].measures;
        std::printf("%-13s %7.4f %7.4f %8.1f%% %6.1f%% %11.1f %9.1f%% %6.1f %6.2f%% %6.2f%%\n",
                    variants[i].name.c_str(), m.bce, m.masked_bce, 100 * m.ink_restored,
                    100 * (1 - m.noise_copy_ratio), m.jacobian_norm2, 100 * m.saturated,
                    rows[i].seconds, 100 * rows[i].probes.all, 100 * rows[i].probes.few);
    }
    std::printf("\n");
}
inline void print_probes(const std::string& name, const Probes& p) {
    std::printf("%-77s %6.2f%% %6.2f%%\n", name.c_str(), 100 * p.all, 100 * p.few);
}

inline void report_probes(support::Report& report, const std::string& name, const Probes& p) {
    report.metric(name + ".probe_accuracy", p.all);
    report.metric(name + ".probe_accuracy_1000", p.few);
}
inline void report_row(support::Report& report, const std::string& name, const Row& row) {
    const Measures& m = row.measures;
    report.metric(name + ".test_bce", m.bce);
    report.metric(name + ".test_sse", m.sse);
    report.metric(name + ".masked_bce", m.masked_bce);
    report.metric(name + ".ink_restored", m.ink_restored);
    report.metric(name + ".noise_copy_ratio", m.noise_copy_ratio);
    report.metric(name + ".noise_copied", 1 - m.noise_copy_ratio);
    report.metric(name + ".jacobian_norm2", m.jacobian_norm2);
    report.metric(name + ".saturated", m.saturated);
    report_probes(report, name, row.probes);
    report.metric(name + ".seconds", row.seconds);
}

// The comparisons that the page makes, each a difference or a ratio within one run. The ranges hold
// for seeds 1 to 5.
inline void report_comparisons(support::Report& report, const std::vector<Row>& rows,
                               const Probes& untrained) {
    const Row &plain = rows[0], &decay = rows[1], &tied = rows[2], &denoising = rows[3],
              &sparse = rows[4], &contractive = rows[5], &top_k = rows[6];
    report.metric("plain_noise_copied", 1 - plain.measures.noise_copy_ratio, {0.118, 0.128});
    report.metric("price_of_denoising", denoising.measures.bce - plain.measures.bce,
                  {0.0072, 0.008});
    report.metric("gain_of_denoising", plain.measures.masked_bce - denoising.measures.masked_bce,
                  {0.0047, 0.0056});
    report.metric("ink_gain_of_denoising",
                  denoising.measures.ink_restored - plain.measures.ink_restored, {0.03, 0.036});
    const auto norm = [](const Row& row, const Row& beside) {
        return row.measures.jacobian_norm2 / beside.measures.jacobian_norm2;
    };
    report.metric("decay_norm_over_plain", norm(decay, plain), {0.148, 0.157});
    report.metric("tied_norm_over_plain", norm(tied, plain), {0.4, 0.445});
    report.metric("sparse_norm_over_plain", norm(sparse, plain), {0.27, 0.29});
    report.metric("contractive_norm_over_tied", norm(contractive, tied), {0.67, 0.71});
    const auto gain = [&](const std::string& name, const Row& row, support::Expected all,
                          support::Expected few) {
        report.metric(name + "_probe_gain", row.probes.all - untrained.all, all);
        report.metric(name + "_probe_gain_1000", row.probes.few - untrained.few, few);
    };
    gain("plain", plain, {0.005, 0.018}, {-0.006, 0.014});
    gain("decay", decay, {-0.005, 0.01}, {-0.023, -0.01});
    gain("tied", tied, {0.016, 0.028}, {0.013, 0.028});
    gain("denoising", denoising, {0.011, 0.024}, {0.01, 0.023});
    gain("sparse", sparse, {0.025, 0.036}, {0.047, 0.063});
    gain("contractive", contractive, {0.019, 0.031}, {0.02, 0.032});
    gain("top_k", top_k, {-0.002, 0.013}, {0.03, 0.051});
}

// A point for each of the networks, or for the first so many.
inline support::Plot points(const std::string& title, const std::string& y_label,
                            const std::vector<Row>& rows,
                            const std::function<double(const Row&)>& value, std::size_t first = 7) {
    const std::vector<std::string> names = {"plain",  "decay",  "tied", "denois.",
                                            "sparse", "contr.", "top-k"};
    std::vector<double> at, heights;
    for (std::size_t i = 0; i < first; ++i)
        at.push_back(double(i)), heights.push_back(value(rows[i]));
    support::Plot plot{.title = title,
                       .y_label = y_label,
                       .legend = "off",
                       .x_names = {names.begin(), names.begin() + std::ptrdiff_t(first)}};
    return plot.points(at, heights);
}

inline std::vector<support::Panel> draw_measures(const std::vector<Row>& rows) {
    const auto measure = [](auto member) {
        return [=](const Row& row) { return row.measures.*member; };
    };
    return {
        points("Held-out error", "cross-entropy (nats per pixel)", rows, measure(&Measures::bce)),
        points("Masked ink restored", "share", rows, measure(&Measures::ink_restored)),
        points("How far the code moves with x", "mean ||dh/dx||^2", rows,
               measure(&Measures::jacobian_norm2)),
        points("Units that are nearly off or on", "share of activations", rows,
               measure(&Measures::saturated), 6)};  // of top-k it says nothing
}

inline std::vector<support::Panel> draw_probes(const std::vector<Row>& rows,
                                               const Probes& untrained) {
    const auto probe = [&](const std::string& title, auto member) {
        return points(title, "share that is right", rows,
                      [=](const Row& row) { return row.probes.*member; })
            .horizontal(untrained.*member, "untrained");
    };
    return {probe("Labels read off the code, all known", &Probes::all),
            probe("Labels read off the code, 1,000 known", &Probes::few)};
}

// Digits with a third of their pixels masked, and what each network makes of them.
inline support::ImageGrid draw_restored(const std::vector<Variant>& variants,
                                        const support::Images& held_out, double q, Rng& rng) {
    const Tensor x = to_tensor(support::first(held_out, 14)),
                 x_tilde = masked_and_scaled(x, q, rng);
    support::ImageGrid grid{.title = "Held-out digits, masked and restored", .columns = 14};
    grid.tiles_like(held_out).add(x.to_vector(), "x");
    grid.add(clamp(x_tilde, 0, 1).to_vector(), "masked");
    for (const Variant& v : variants) grid.add(v.restore(x_tilde).to_vector(), v.name);
    return grid;
}

// What the first units of each network respond to most.
inline support::ImageGrid draw_filters(const std::vector<Variant>& variants,
                                       const support::Images& images) {
    support::ImageGrid grid{.title = "What 14 units of each network respond to most",
                            .columns = 14,
                            .scale = support::Scale::diverging,
                            .scale_label = "w / ||w||, cut off at 0.15"};
    grid.tiles_like(images);
    for (const Variant& v : variants)
        grid.add(clamp(narrow(support::filters(v.W), 0, 0, 14), -0.15, 0.15).to_vector(), v.name);
    return grid;
}

}  // namespace lessons
