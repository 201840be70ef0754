#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "lessons/14_deep/deep_autoencoder.h"
#include "lessons/14_deep/measures.h"
#include "lessons/support/plot.h"
#include "lessons/support/text.h"

namespace lessons {

using Reconstruct = std::function<Tensor(const Tensor&)>;

// A row of digits, and a row for each way to squeeze and unfold them.
inline support::ImageGrid draw_reconstructions(
    const std::string& title, const support::Images& held_out, int count,
    const std::vector<std::pair<std::string, Reconstruct>>& rows) {
    const autograd::NoGrad no_grad;
    const Tensor x = to_tensor(support::first(held_out, count));
    support::ImageGrid grid{.title = title, .columns = int(x.size(0))};
    grid.tiles_like(held_out).add(x.to_vector(), "held out");
    for (const auto& [name, reconstruct] : rows)
        grid.add(clamp(reconstruct(x), 0, 1).to_vector(), name);
    return grid;
}

// The losses of a training from step `start` on, each point a mean over so many steps.
struct Curve {
    std::string name;
    std::vector<double> losses;
    std::size_t start = 0;
};
inline support::Plot draw_losses(const std::string& title, const std::vector<Curve>& curves,
                                 std::size_t mean_of) {
    support::Plot plot{.title = title,
                       .x_label = "step, those of pretraining counted",
                       .y_label = "cross-entropy (nats per pixel)"};
    for (const Curve& curve : curves) {
        support::Values steps, means;
        for (std::size_t i = 0; i + mean_of <= curve.losses.size(); i += mean_of) {
            double sum = 0;
            for (std::size_t j = i; j < i + mean_of; ++j) sum += curve.losses[j];
            steps.push_back(double(curve.start + i) + double(mean_of) / 2);
            means.push_back(sum / double(mean_of));
        }
        plot.line(steps, means, curve.name);
    }
    return plot;
}

// A column of the codes in order. Codes crowd in the middle and lie far apart at the border, so
// both drawings of the plane measure along its axes in shares of the codes.
inline std::vector<autograd::real> in_order(const Tensor& codes, std::int64_t column) {
    auto all = narrow(codes, 1, column, 1).to_vector();
    std::ranges::sort(all);
    return all;
}

// Codes of the plane, 200 images of each digit; ten colours are too many to tell apart, so that
// there are two panels.   codes: [m, 2]
inline std::vector<support::Panel> draw_plane(const std::string& title, const Tensor& codes,
                                              const std::vector<std::uint8_t>& labels) {
    const std::vector<autograd::real> ordered[] = {in_order(codes, 0), in_order(codes, 1)};
    const auto share = [&](std::int64_t i, std::int64_t column) {
        const auto& all = ordered[column];
        return double(std::ranges::lower_bound(all, codes.at({i, column})) - all.begin()) /
               double(all.size());
    };
    std::vector<support::Panel> panels;
    for (const int first : {0, 5}) {
        support::Plot plot{
            .title = support::format("%s: %d to %d", title.c_str(), first, first + 4),
            .x_label = "share of codes with a smaller first number",
            .y_label = "with a smaller second number",
            .x_range = support::Range{0, 1.15},  // the legend's place
            .y_range = support::Range{0, 1}};
        for (int digit = first; digit < first + 5; ++digit) {
            support::Values x, y;
            for (std::int64_t i = 0; i < codes.size(0) && x.size() < 200; ++i)
                if (labels[std::size_t(i)] == digit)
                    x.push_back(share(i, 0)), y.push_back(share(i, 1));
            plot.points(x, y, support::format("%d", digit));
        }
        panels.push_back(plot);
    }
    return panels;
}

// What the decoder draws over the plane, from the shares 0.025 to 0.975 of the codes.
inline support::ImageGrid draw_map(const std::string& title, const StackedAutoencoder& model,
                                   const Tensor& codes, const support::Images& images, int side) {
    const autograd::NoGrad no_grad;
    const auto x = in_order(codes, 0), y = in_order(codes, 1);
    const auto at = [&](const std::vector<autograd::real>& all, int i) {
        return all[std::size_t((i + 0.5) / side * double(all.size()))];
    };
    Tensor points = autograd::empty({side * side, 2});
    for (int i = 0; i < side * side; ++i) {
        points.mutable_data()[2 * i] = at(x, i % side);
        points.mutable_data()[2 * i + 1] = at(y, side - 1 - i / side);
    }
    support::ImageGrid grid{.title = title, .columns = side};
    return grid.tiles_like(images).add(model.decode(points).to_vector());
}

// A point for each digit as the normal class.
inline support::Plot draw_areas(const std::string& title, const std::vector<double>& deep,
                                const std::vector<double>& pca) {
    support::Plot plot{.title = title,
                       .x_label = "the digit that is normal",
                       .y_label = "area under the ROC curve",
                       .legend = "bottom left"};
    support::Values digits;
    for (std::size_t d = 0; d < deep.size(); ++d) {
        digits.push_back(double(d));
        plot.x_names.push_back(support::format("%zu", d));
    }
    return plot.points(digits, deep, "deep").points(digits, pca, "PCA");
}

// Held-out images of two digits, each above what `reconstruct` makes of it.
inline support::ImageGrid draw_strangers(const std::string& title, const support::Images& held_out,
                                         int normal, int strange, const Reconstruct& reconstruct) {
    const autograd::NoGrad no_grad;
    support::ImageGrid grid{.title = title, .columns = 10};
    grid.tiles_like(held_out);
    for (const int digit : {normal, strange}) {
        const Tensor x = to_tensor(support::first(of_digit(held_out, digit), 10));
        grid.add(x.to_vector(), support::format("%d", digit));
        grid.add(clamp(reconstruct(x), 0, 1).to_vector(), "comes back");
    }
    return grid;
}

}  // namespace lessons
