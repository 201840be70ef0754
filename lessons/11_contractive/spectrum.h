#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "lessons/11_contractive/contractive_autoencoder.h"
#include "lessons/support/pca.h"
#include "lessons/support/plot.h"
#include "lessons/support/text.h"

// In which directions of input space a code moves, and how far: the singular value decomposition of
// J = dh/dx at real digits.
namespace lessons {

// J of one image, dh_l/dx_j = h_l (1 - h_l) W_jl.   x: [1, n], result [k, n], row-major
inline std::vector<double> jacobian(const ContractiveAutoencoder& model, const Tensor& x) {
    autograd::NoGrad no_grad;
    const std::int64_t n = model.W.size(0), k = model.W.size(1);
    const Tensor h = model.encode(x);
    std::vector<double> J(static_cast<std::size_t>(k * n));
    for (std::int64_t l = 0; l < k; ++l)
        for (std::int64_t j = 0; j < n; ++j)
            J[l * n + j] = h.data()[l] * (1 - h.data()[l]) * model.W.data()[j * k + l];
    return J;
}

// The singular values of dh/dx, largest first: mean over the images.
inline std::vector<double> singular_values(const ContractiveAutoencoder& model,
                                           const support::Images& images) {
    std::vector<double> mean;
    for (int i = 0; i < images.count; ++i) {
        const auto J = jacobian(model, to_tensor(images, std::vector{i}));
        const auto s = support::singular_value_decomposition(J, images.size()).values;
        mean.resize(s.size());
        for (std::size_t l = 0; l < s.size(); ++l) mean[l] += s[l] / images.count;
    }
    return mean;
}

// How many directions hold nine tenths of the sum of squares.
inline double directions(const std::vector<double>& values) {
    const double all = std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
    double sum = 0, count = 0;
    for (const double s : values)
        if (sum < 0.9 * all) sum += s * s, ++count;
    return count;
}

// The mean of singular values `first` to `last`, counted from 1, over that of others.
inline double ratio(const std::vector<double>& values, const std::vector<double>& others,
                    std::size_t first, std::size_t last) {
    const auto sum = [&](const std::vector<double>& of) {
        last = std::min(last, of.size());
        return std::accumulate(of.begin() + std::ptrdiff_t(std::min(first, last) - 1),
                               of.begin() + std::ptrdiff_t(last), 0.0);
    };
    return sum(values) / sum(others);
}

inline support::Plot draw_spectrum(const std::vector<double>& plain,
                                   const std::vector<double>& contractive) {
    std::vector<double> index(plain.size());
    std::iota(index.begin(), index.end(), 1.0);
    support::Plot plot{.title = "How far the code moves in each direction",
                       .x_label = "direction of input space, largest first",
                       .y_label = "singular value of dh/dx",
                       .log_x = true,
                       .log_y = true,
                       .y_range = support::Range{1e-3, 10},
                       .legend = "bottom left"};
    return plot.line(index, plain, "no penalty").line(index, contractive, "contractive");
}

// Error against ||J||^2, a point for each lambda.
inline support::Plot draw_forces(const std::vector<double>& lambdas,
                                 const std::vector<double>& norm2, const std::vector<double>& bce) {
    support::Plot plot{.title = "What it costs to stand still",
                       .x_label = "||J||^2 = ||dh/dx||^2, held out",
                       .y_label = "held-out cross-entropy (nats per pixel)",
                       .x_range = support::Range{0, 1.15 * norm2[0]}};
    plot.line(norm2, bce);
    for (std::size_t i = 0; i < lambdas.size(); ++i)
        plot.points({norm2[i]}, {bce[i]}, support::format("lambda = %g", lambdas[i]));
    return plot;
}

// The first of the images and the eight directions that move its code most: right singular vectors
// of J.
inline support::ImageGrid draw_ways(const ContractiveAutoencoder& plain,
                                    const ContractiveAutoencoder& contractive,
                                    const support::Images& images) {
    const Tensor x = to_tensor(support::first(images, 1));
    support::ImageGrid grid{.title = "What moves the code of one digit most",
                            .columns = 9,
                            .scale = support::Scale::diverging,
                            .scale_label = "unit length",
                            .column_labels = {"0.2 x", "1", "2", "3", "4", "5", "6", "7", "8"}};
    grid.tiles_like(images);
    for (const auto& [model, name] :
         {std::pair(&plain, "no penalty"), {&contractive, "contractive"}}) {
        auto ways =
            support::singular_value_decomposition(jacobian(*model, x), images.size()).vectors;
        ways.resize(std::min<std::size_t>(ways.size(), std::size_t(8 * images.size())));
        grid.add((0.2 * x).to_vector(), name).add(ways);
    }
    return grid;
}

}  // namespace lessons
