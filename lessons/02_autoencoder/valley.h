#pragma once

#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/support/plot.h"
#include "nn/nn.h"

// What Adam does that plain gradient descent does not, on a loss that one can see.
namespace lessons {

// A valley fifty times as steep across as it is along: L = (u^2 + 50 v^2) / 2.   at: [2], u and v
inline autograd::Tensor valley(const autograd::Tensor& at) {
    return 0.5 * sum(autograd::tensor({1, 50}) * square(at));
}

struct Walk {
    double lr = 0, end = 0;              // end: the loss after the last step
    std::vector<double> u = {}, v = {};  // where each step led
};

template <class Optimiser>
Walk walk(double lr, int steps) {
    const autograd::Tensor at = autograd::tensor({-4, 1}).requires_grad_();
    Optimiser optimiser({at}, {.lr = lr});
    Walk walk{.lr = lr};
    for (int step = 0; step <= steps; ++step) {
        walk.u.push_back(at.data()[0]), walk.v.push_back(at.data()[1]);
        const autograd::Tensor loss = valley(at);
        walk.end = loss.item();
        optimiser.zero_grad();
        loss.backward();
        optimiser.step();
    }
    return walk;
}

// With the learning rate, of many, that leads lowest.
template <class Optimiser>
Walk best_walk(int steps) {
    Walk best = walk<Optimiser>(1e-3, steps);
    for (double lr = 1e-3; lr < 2; lr *= 1.02)
        if (Walk other = walk<Optimiser>(lr, steps); other.end < best.end) best = other;
    return best;
}

inline support::Plot draw_valley(const Walk& descent, const Walk& adam) {
    return support::Plot{.title = "A narrow valley: across it is fifty times as steep as along it",
                         .x_label = "u, along the valley (lowest at 0)",
                         .y_label = "v, across"}
        .line_points(descent.u, descent.v, "plain descent")
        .line_points(adam.u, adam.v, "Adam");
}

}  // namespace lessons
