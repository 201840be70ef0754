#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/05_pca/measures.h"
#include "lessons/support/dataset.h"
#include "lessons/support/pca.h"
#include "lessons/support/plot.h"

// The lesson's pictures of directions: as arrows in the plane, and as images.
namespace lessons {

// 400 points in the plane, their components, and the directions of three autoencoders with two
// hidden units.
struct Cloud {
    std::vector<double> xs, ys;
    support::Pca pca;
    std::vector<std::pair<std::string, LinearAutoencoder>> models;

    explicit Cloud(Rng& rng) {
        std::vector<double> points;
        for (int i = 0; i < 400; ++i) {
            const double a = 2 * rng.normal(), b = 0.7 * rng.normal(), turn = 0.5;
            xs.push_back(a * std::cos(turn) - b * std::sin(turn));
            ys.push_back(a * std::sin(turn) + b * std::cos(turn));
            points.insert(points.end(), {xs.back(), ys.back()});
        }
        pca = support::principal_components(points, 2);
        const Tensor S = autograd::tensor(pca.covariance, {2, 2});
        const double variance = pca.eigenvalues[0] + pca.eigenvalues[1];
        const auto train = [&](const std::string& title, const Tensor& lambda) {
            const auto& model = models.emplace_back(title, LinearAutoencoder(2, 2, rng)).second;
            minimise("in the plane: " + title, model, 1000, 1e-5,
                     [&] { return squared_error(model, S, variance) + penalty(model, lambda); });
        };
        train("No penalty", autograd::zeros({2}));
        train("One lambda", autograd::full({2}, 0.2));
        train("Two lambdas", graded(0.05, 0.2, 2));
    }

    std::vector<support::Panel> draw() const {
        std::vector<support::Panel> panels;
        for (const auto& [title, model] : models) {
            support::Plot plot{.title = title,
                               .x_label = "x_1",
                               .y_label = "x_2",
                               .x_range = support::Range{-6, 6},
                               .y_range = support::Range{-6, 6},
                               .legend = "bottom right",
                               .equal_axes = true};
            plot.points(xs, ys);
            const auto add = [&](const std::vector<double>& rows, double length, const char* name) {
                support::Values zero = {0, 0}, dx, dy;
                for (const std::size_t l : {0, 1}) {
                    const double norm = std::hypot(rows[2 * l], rows[2 * l + 1]);
                    dx.push_back(length * rows[2 * l] / norm);
                    dy.push_back(length * rows[2 * l + 1] / norm);
                }
                plot.arrows(zero, zero, dx, dy, name);
            };
            add(pca.components, 5, "components");
            add(model.W_star.to_vector(), 3.5, "rows of W*");
            panels.push_back(plot);
        }
        return panels;
    }
};

// PCA's eigenvalues, and as many from the penalised decoder.
inline support::Plot draw_spectrum(const std::vector<double>& pca, const std::vector<double>& found,
                                   double lambda) {
    std::vector<double> index(found.size());
    std::iota(index.begin(), index.end(), 1.0);
    support::Plot plot{.title = "The penalised decoder knows the eigenvalues",
                       .x_label = "component",
                       .y_label = "eigenvalue (variance along it)",
                       .log_y = true};
    return plot
        .line(index, std::vector<double>(pca.begin(), pca.begin() + std::ssize(found)),
              "PCA's eigenvalues")
        .points(index, found, "lambda / (1 - s^2)")
        .horizontal(lambda, "lambda");
}

// For each of the first eight components the direction closest to it in each set, as an image: of
// length 1, turned to the component's side. `images` are those that the components are of.
inline support::ImageGrid draw_directions(
    const std::vector<std::pair<std::string, std::vector<double>>>& sets,
    const std::vector<double>& components, const support::Images& images) {
    support::ImageGrid grid{.title = "What the decoder adds up, and the first eight components",
                            .columns = 8,
                            .scale = support::Scale::diverging,
                            .scale_label = "weight, each tile of length 1"};
    grid.tiles_like(images);
    const auto n = static_cast<std::size_t>(images.size());
    for (const auto& [name, directions] : sets) {
        support::Values pixels;
        const auto matches = closest(directions, components, n);
        for (std::size_t i = 0; i < std::min<std::size_t>(8, matches.size()); ++i) {
            const double* row = directions.data() + matches[i].row * n;
            const double norm = std::sqrt(std::inner_product(row, row + n, row, 0.0));
            for (std::size_t j = 0; j < n; ++j)
                pixels.push_back(std::copysign(1 / norm, matches[i].cosine) * row[j]);
        }
        grid.add(pixels, name);
    }
    return grid;
}

}  // namespace lessons
