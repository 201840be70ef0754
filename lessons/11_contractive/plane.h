#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "lessons/11_contractive/contractive_autoencoder.h"
#include "lessons/support/plot.h"
#include "lessons/support/text.h"

// The lecture's picture: data in the plane that vary along one direction, and how far a code moves
// for a step in that direction and across it.
namespace lessons {

struct Plane {
    Tensor u1 = autograd::tensor({{std::cos(0.5), std::sin(0.5)}}),
           u2 = autograd::tensor({{-std::sin(0.5), std::cos(0.5)}});  // [1, 2], at right angles
    Tensor x;                                                         // [400, 2]
    double along = 0, across = 0;  // mean of ||J u1|| and of ||J u2|| over the points

    // 400 points along u1, with a little noise along u2, and an autoencoder with 8 units.
    Plane(double lambda, std::uint64_t seed) {
        Rng rng(seed);
        x = 0.5 + autograd::uniform({400, 1}, -0.4, 0.4, rng) * u1 +
            autograd::normal({400, 1}, 0, 0.03, rng) * u2;
        ContractiveAutoencoder model(2, 8, rng);
        nn::Lbfgs lbfgs(model.parameters(), {});
        for (int i = 0; i < 300 && !lbfgs.converged(); ++i)
            lbfgs.step([&] { return contractive_loss(model, x, lambda); });
        along = sensitivity(model, x, u1);
        across = sensitivity(model, x, u2);
    }

    support::Plot draw(const std::string& title) const {
        support::Plot plot{.title = title,
                           .x_label = "x_1",
                           .y_label = "x_2",
                           .x_range = support::Range{0, 1},
                           .y_range = support::Range{0, 1},
                           .legend = "bottom right",
                           .equal_axes = true};
        support::Values xs, ys;
        for (int i = 0; i < 400; ++i) xs.push_back(x.at({i, 0})), ys.push_back(x.at({i, 1}));
        plot.points(xs, ys);
        const auto arrow = [&](const Tensor& u, double length, const char* name) {
            plot.arrows({0.5}, {0.5}, {0.4 * length * u.at({0, 0})}, {0.4 * length * u.at({0, 1})},
                        support::format("%s, ||J %s|| = %.2f", name, name, length));
        };
        arrow(u1, along, "u1");
        arrow(u2, across, "u2");
        return plot;
    }
};

}  // namespace lessons
