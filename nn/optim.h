#pragma once

#include <utility>
#include <vector>

#include "autograd/tensor.h"

// Optimisers, in order of complexity. Each holds handles on the parameters and, at step(), moves
// them in place against their gradients. Formulas and defaults are PyTorch's, except that no weight
// decays unless it is asked to (PyTorch's AdamW has weight_decay 0.01).
//
//     nn::Adam adam(model.parameters(), {.lr = 0.005});
//     ...  adam.zero_grad();  loss.backward();  adam.step();
namespace nn::inline HOURGLASS_PRECISION {

using autograd::real;
using autograd::Tensor;

// What they share. The parameters may have any shapes; one that has received no gradient stays as
// it is at step(). Gradients are not checked: a NaN goes into the parameters. Throws
// std::invalid_argument when there are no parameters, when one of them has no requires_grad_() or
// is there twice, for a setting that is negative or NaN and a beta outside [0, 1), and at step()
// when none has received a gradient.
class Optimizer {
  public:
    void zero_grad();  // forget the gradients: backward() adds to what it finds

  protected:
    explicit Optimizer(std::vector<Tensor> parameters);
    void require_gradients() const;

    std::vector<Tensor> parameters_;
};

// Stochastic gradient descent. v begins at 0. (Sutskever et al. 2013, in the form of PyTorch, where
// lr multiplies the velocity)
//     g <- g + weight_decay p          the gradient of weight_decay/2 ||p||^2
//     v <- momentum v + g
//     p <- p - lr v
class Sgd : public Optimizer {
  public:
    struct Settings {
        double lr = 1e-3, momentum = 0, weight_decay = 0;
    };
    Sgd(std::vector<Tensor> parameters, Settings s);
    explicit Sgd(std::vector<Tensor> parameters) : Sgd(std::move(parameters), {}) {}
    void step();
    Settings settings;  // may be changed between steps

  private:
    std::vector<std::vector<real>> velocity_;
};

// Steps of about lr in each coordinate, whatever the scale of its gradient. (Kingma & Ba 2015,
// algorithm 1)
//     g <- g + weight_decay p
//     m <- beta1 m + (1 - beta1) g         running mean of the gradient
//     v <- beta2 v + (1 - beta2) g^2       and of its square
//     p <- p - lr m' / (sqrt(v') + eps)    m' = m / (1 - beta1^t), v' = v / (1 - beta2^t)
// m and v begin at 0, and the divisors undo that bias; t counts each parameter's own steps.
class Adam : public Optimizer {
  public:
    struct Settings {
        double lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0;
    };
    Adam(std::vector<Tensor> parameters, Settings s) : Adam(std::move(parameters), s, false) {}
    explicit Adam(std::vector<Tensor> parameters) : Adam(std::move(parameters), {}) {}
    void step();
    Settings settings;  // may be changed between steps

  protected:
    Adam(std::vector<Tensor> parameters, Settings s, bool decoupled);

  private:
    std::vector<std::vector<real>> m_, v_;
    std::vector<int> t_;  // the steps that each parameter has taken
    bool decoupled_;      // weight decay beside the step, as AdamW has it
};

// Adam in which weight decay does not pass through the running means: p <- p - lr weight_decay p,
// beside Adam's step without it. Like PyTorch's, the decay counts lr in. (Loshchilov & Hutter 2019,
// algorithm 2)
class AdamW : public Adam {
  public:
    AdamW(std::vector<Tensor> parameters, Settings s) : Adam(std::move(parameters), s, true) {}
    explicit AdamW(std::vector<Tensor> parameters) : AdamW(std::move(parameters), {}) {}
};

// Between backward() and step(): makes longer gradients shorter. All of them together, seen as one
// vector, keep their direction and get the length max_norm, if they were longer. Returns the length
// that they had, sqrt(sum of g^2). If that is NaN, all become NaN, and where it is infinite, the
// infinite ones: look at what is returned. They are scaled in place; parameters without a gradient
// are left out. Throws std::invalid_argument for a max_norm that is NaN or below 0. (PyTorch:
// clip_grad_norm_; Pascanu et al. 2013, algorithm 1)
//     g <- g min(1, max_norm / (norm + 1e-6))
double clip_grad_norm(const std::vector<Tensor>& parameters, double max_norm);

}  // namespace nn::inline HOURGLASS_PRECISION
