#pragma once

#include <deque>
#include <functional>

#include "nn/optim.h"

namespace nn::inline HOURGLASS_PRECISION {

// Limited-memory BFGS, for a loss over all the data (a loss that changes from batch to batch
// misleads it). Newton's step -H g with an approximation H of the inverse Hessian that is never
// formed: the last few steps s and the changes y of the gradient that they made say how the loss is
// curved. (Nocedal & Wright 2006, algorithms 7.4 and 7.5; the line search is algorithms 3.5 and
// 3.6.) The parameters may have any shapes. With n numbers in all, it keeps 2 history n of them and
// a few more, in double.
//
//     nn::Lbfgs lbfgs(model.parameters());
//     while (!lbfgs.converged()) lbfgs.step([&] { return loss(model(x), x); });
class Lbfgs : public Optimizer {
  public:
    struct Settings {
        int history = 10;         // pairs (s, y) to remember
        double tolerance = 1e-6;  // converged when no element of the gradient is larger, in the
                                  // units of the loss per unit of the parameter
    };
    // Throws std::invalid_argument for a history below 1, and as Optimizer does.
    Lbfgs(std::vector<Tensor> parameters, Settings s);
    explicit Lbfgs(std::vector<Tensor> parameters) : Lbfgs(std::move(parameters), {}) {}

    // One iteration: a direction, and along it a point that fulfils the strong Wolfe conditions.
    // `loss` computes the loss, of one element, from the parameters as they stand, and gives the
    // same at every call; it is called about once an iteration, 26 times at the most along one
    // direction, and each call is followed by backward(). Returns the loss at the new point. Once
    // converged it does nothing.
    //
    // Throws std::runtime_error when the loss or its gradient is NaN or infinite at the start, or
    // at every point that was tried downhill, and std::invalid_argument when no parameter receives
    // a gradient; the parameters are then where the loss was computed last. A point where they are
    // not finite is otherwise one to step back from.
    double step(const std::function<Tensor()>& loss);

    // The gradient is within the tolerance, or round-off hides whether there is anything left to
    // gain.
    bool converged() const { return converged_; }
    int evaluations() const { return evaluations_; }  // of the loss and its gradient, so far

    Settings settings;  // may be changed between steps

  private:
    using Vector = std::vector<double>;  // all parameters, one after the other
    struct Pair {
        Vector s, y;
        double inverse_sy;  // 1 / s'y
    };
    // A step of length `alpha` along the direction: the loss there, and its slope along the
    // direction.
    struct Point {
        double alpha, loss, slope;
    };

    Vector direction() const;
    Point evaluate(double alpha, const Vector& d, const std::function<Tensor()>& loss);
    Point line_search(double alpha, const Vector& d, const std::function<Tensor()>& loss);

    std::deque<Pair> pairs_;  // oldest first
    Vector x_;                // where the line search begins
    Vector g_;                // the gradient where the loss was computed last
    double loss_ = 0;         // and that loss
    int idle_ = 0;            // iterations since the loss fell by more than round-off
    bool started_ = false, converged_ = false;
    int evaluations_ = 0;
};

}  // namespace nn::inline HOURGLASS_PRECISION
