#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "lessons/16_variational/exact.h"
#include "lessons/16_variational/measures.h"
#include "lessons/support/plot.h"
#include "lessons/support/text.h"

// The lesson's pictures.
namespace lessons::inline HOURGLASS_PRECISION {

// 1, 2, 3, ...
inline support::Values counted(std::size_t n) {
    support::Values numbers(std::vector<double>(n, 1.0));
    std::partial_sum(numbers.begin(), numbers.end(), numbers.begin());
    return numbers;
}

// Eigenvalues, the threshold, and what the decoder's squared singular values are above it.
inline support::Plot draw_spectrum(const support::Pca& pca, const LinearCase& linear,
                                   double sigma2) {
    support::Values squares;
    for (const double s : linear.squares) squares.push_back(s + sigma2);
    support::Plot plot{.title = "What lies below the noise is given up",
                       .x_label = "direction",
                       .y_label = "variance"};
    const std::size_t n = squares.size();
    plot.line_points(
            counted(n),
            std::vector(pca.eigenvalues.begin(), pca.eigenvalues.begin() + std::ptrdiff_t(n)),
            "eigenvalues of the data")
        .points(counted(n), squares, "squared singular values + sigma^2")
        .horizontal(sigma2, "sigma^2");
    return plot;
}

// The rows of the linear decoder beside the components, both at length 1.
inline support::ImageGrid draw_rows(const support::Pca& pca, const LinearCase& linear, int shown,
                                    const support::Images& images) {
    support::ImageGrid grid{.title = "Rows of the linear decoder are the components, in order",
                            .columns = shown,
                            .scale = support::Scale::diverging};
    const auto first = [&](const std::vector<double>& rows) {
        const Tensor all = autograd::tensor(rows, {std::int64_t(rows.size()) / pca.n, pca.n});
        const Tensor some = narrow(all, 0, 0, shown);
        return (some / sqrt(sum(square(some), 1, true) + 1e-6)).to_vector();
    };
    grid.tiles_like(images).add(first(pca.components), "PCA").add(first(linear.rows), "rows of W*");
    return grid;
}

// How estimates of one derivative scatter, that of the unit which says most, and where their mean
// is after so many draws.
inline std::vector<support::Panel> draw_estimates(const Estimates& estimates,
                                                  const std::vector<double>& kl) {
    const std::int64_t unit = std::ranges::max_element(kl) - kl.begin();
    const auto column = [&](const Tensor& t) {
        return support::Values(narrow(t, 1, unit, 1).to_vector());
    };
    const support::Values good = column(estimates.reparameterised),
                          baseline = column(estimates.with_baseline),
                          bare = column(estimates.score_function);
    const std::vector<std::pair<std::string, const support::Values*>> all = {
        {"score function", &bare}, {"with a baseline", &baseline}, {"through the draw", &good}};
    double deviation = 0;  // of those with a baseline
    for (const double v : baseline) deviation += v * v / double(baseline.size());
    const double reach = 4 * std::sqrt(deviation);
    support::Plot scatter{.title = "One derivative, estimated draw by draw",
                          .x_label = "estimate (nats per unit of z)",
                          .y_label = "share of the draws",
                          .x_range = support::Range{-reach, reach},
                          .y_range = support::Range{0, 0.5}},  // room for the legend
        means{.title = "Mean of the draws so far",
              .x_label = "draws",
              .y_label = "mean (nats per unit of z)",
              .log_x = true,
              .legend = "bottom right"};
    for (const auto& [name, values] : all) {
        scatter.histogram(*values, 41, name);
        support::Values x, y;
        double total = 0;
        for (const double v : *values) {
            total += v;
            x.push_back(double(x.size() + 1));
            y.push_back(total / double(x.size()));
        }
        means.line(x, y, name);
    }
    return {scatter, means};
}

// What each unit says, most first; and the bound by the number of draws.
inline std::vector<support::Panel> draw_bounds(std::vector<double> kl,
                                               const std::vector<double>& bounds) {
    std::ranges::sort(kl, std::greater());
    const auto n = double(kl.size());
    support::Plot units{.title = "What each number of the code says",
                        .x_label = "unit, by KL (dotted: what counts as active)",
                        .y_label = "KL (nats per image)",
                        .x_range = support::Range{0, n + 1},
                        .legend = "off"};
    units.bars(counted(kl.size()), kl).horizontal(0.1);
    support::Plot rise{.title = "More draws, a tighter bound",
                       .x_label = "draws",
                       .y_label = "bound on log p(x) (nats per image)",
                       .log_x = true,
                       .x_range = support::Range{1, double(bounds.size())},
                       .legend = "off"};
    rise.line_points(counted(bounds.size()), bounds);
    return {units, rise};
}

inline support::ImageGrid draw_samples(const Variational& model, const support::Images& images,
                                       Rng& rng) {
    autograd::NoGrad no_grad;
    const int columns = 14;
    const Tensor x = to_tensor(support::first(images, columns)),
                 z = autograd::normal({3 * columns, model.k()}, 0, 1, rng);
    support::ImageGrid grid{.title = "Digits that nobody wrote: decoded draws from N(0, I)",
                            .columns = columns};
    grid.tiles_like(images).add(x.to_vector(), "x");
    grid.add(model(x).to_vector(), "x_hat");
    grid.add(sigmoid(model.decode(z)).to_vector(), "drawn");
    return grid;
}

// From one digit to another: by mixing pixels, and by walking from code to code.
inline support::ImageGrid draw_walks(const Variational& model, const support::Images& images,
                                     const std::vector<std::pair<int, int>>& pairs) {
    autograd::NoGrad no_grad;
    const int steps = 11;
    support::ImageGrid grid{.title = "Mixed pixels show two digits, mixed codes one",
                            .columns = steps};
    grid.tiles_like(images);
    std::vector<double> shares;
    for (int i = 0; i < steps; ++i) shares.push_back(double(i) / (steps - 1));
    const Tensor t = autograd::tensor(shares, {steps, 1});
    for (const auto& [from, to] : pairs) {
        const Tensor a = to_tensor(images, std::vector{from}),
                     b = to_tensor(images, std::vector{to});
        grid.add(((1 - t) * a + t * b).to_vector(), "pixels");
        const Tensor z = (1 - t) * model.encode(a).mean + t * model.encode(b).mean;
        grid.add(sigmoid(model.decode(z)).to_vector(), "codes");
    }
    return grid;
}

// A code of two numbers: where held-out digits lie in it, and what is decoded
// all over it.
inline std::vector<support::Panel> draw_codes(const Variational& model,
                                              const support::Images& images) {
    const Tensor codes =
        support::codes(images, [&](const Tensor& x) { return model.encode(x).mean; });
    std::vector<support::Panel> panels;
    for (const int first : {0, 5}) {
        support::Plot places{
            .title = support::format("Where held-out digits lie: %d to %d", first, first + 4),
            .x_label = "z_1",
            .y_label = "z_2",
            .x_range = support::Range{-4, 4},
            .y_range = support::Range{-4, 4},
            .legend = "top left"};
        for (int digit = first; digit < first + 5; ++digit) {
            support::Values x, y;
            for (int i = 0; i < images.count && x.size() < 150; ++i)
                if (images.labels[std::size_t(i)] == digit)
                    x.push_back(codes.at({i, 0})), y.push_back(codes.at({i, 1}));
            places.points(x, y, std::to_string(digit));
        }
        panels.push_back(places);
    }
    return panels;
}
inline support::ImageGrid draw_plane(const Variational& model, const support::Images& images) {
    autograd::NoGrad no_grad;
    const int side = 15;
    std::vector<double> at;
    for (int row = 0; row < side; ++row)
        for (int column = 0; column < side; ++column)
            at.insert(at.end(), {6.0 * column / (side - 1) - 3, 3 - 6.0 * row / (side - 1)});
    support::ImageGrid grid{.title = "Decoded: z_1 from -3 to 3, z_2 from 3 down to -3",
                            .columns = side};
    grid.tiles_like(images).add(
        sigmoid(model.decode(autograd::tensor(at, {side * side, 2}))).to_vector());
    return grid;
}

}  // namespace lessons::inline HOURGLASS_PRECISION
