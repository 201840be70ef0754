#pragma once

#include <vector>

#include "lessons/04_choice_of_loss/losses.h"
#include "lessons/support/plot.h"
#include "lessons/support/text.h"

// Both losses of one pixel, drawn.
namespace lessons {

// The loss for every answer x_hat, and its least value, at x_hat = x.
inline support::Plot draw_loss(Loss loss) {
    const bool squared = loss == Loss::squared_error;
    support::Plot plot{.title = squared ? "Squared error: a copy costs nothing"
                                        : "Cross-entropy: a grey copy costs its entropy",
                       .x_label = "reconstruction x_hat of one pixel",
                       .y_label = squared ? "loss" : "loss (nats)",
                       .x_range = support::Range{-0.03, 1.03},
                       .y_range = support::Range{squared ? -0.03 : -0.1, squared ? 1.0 : 3.0},
                       .legend = "top center"};
    std::vector<double> least;
    for (const double x : {0.0, 0.3, 1.0}) {
        const auto value = [&](double x_hat) {
            return reconstruction_loss(loss, autograd::full({1, 1}, x_hat),
                                       autograd::full({1, 1}, x))
                .item();
        };
        std::vector<double> x_hats, losses;
        for (int i = 1; i < 400; ++i)
            x_hats.push_back(i / 400.0), losses.push_back(value(i / 400.0));
        plot.line(x_hats, losses, support::format("x = %g", x));
        least.push_back(value(x));
    }
    return plot.points({0, 0.3, 1}, least, "minimum");
}

// How hard a pixel of ink pulls at its pre-activation.
inline support::Plot draw_gradients() {
    support::Plot plot{.title = "Squared error forgives a wrong certainty (x = 1)",
                       .x_label = "pre-activation a2 (left: x_hat near 0, wrong)",
                       .y_label = "size of the gradient |dL/da2|"};
    std::vector<double> a;
    for (int i = -100; i <= 100; ++i) a.push_back(i / 10.0);
    for (const Loss loss : {Loss::cross_entropy, Loss::squared_error})
        plot.line(a, abs(output_gradient(loss, autograd::tensor(a, {201}), 1)).to_vector(),
                  loss == Loss::cross_entropy ? "cross-entropy" : "squared error");
    return plot;
}

}  // namespace lessons
