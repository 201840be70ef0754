#include "lessons/04_choice_of_loss/exercises/5.h"

#include "lessons/04_choice_of_loss/losses.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

namespace {

// The loss, and behind it dL/da2.
std::vector<double> with_gradient(const std::function<Tensor(const Tensor&)>& loss,
                                  const Tensor& at) {
    const Tensor a2 = at.detach().requires_grad_();
    const Tensor value = loss(a2);
    std::vector<double> values = {value.item()};
    if (!value.requires_grad()) return values;
    for (const double v : grad(value, a2).to_vector()) values.push_back(v);
    return values;
}

}  // namespace

TEST(Exercise, CrossEntropyFromPreActivations) {
    autograd::Rng rng(5);
    const double m = 4, n = 6;
    const Tensor x =
        concat(autograd::uniform({4, 3}, 0, 1, rng), autograd::bernoulli({4, 3}, 0.5, rng), 1);
    const Tensor a2 = autograd::normal({4, 6}, 0, 2, rng);
    const auto given = with_gradient([&](auto& a) { return cross_entropy_of(a, x); }, a2);
    if (given.size() == 1) {
        ADD_FAILURE() << "The loss has no history: it was made of plain numbers, and no gradient "
                         "comes through. Make it of tensor operations.";
        return;
    }
    const auto scaled = [&](double factor) {
        return with_gradient([&](auto& a) { return factor * sum(softplus(a) - x * a); }, a2);
    };
    const auto of = [&](auto loss) { return with_gradient(loss, a2); };
    check::expect_answer(
        "the loss (number 0) and dL/da2 (1 to 24), of moderate a2", given, scaled(1 / m),
        {{scaled(0), "`cross_entropy_of` is still empty."},
         {scaled(1), "1/m is forgotten: a batch that holds every image twice has twice the loss."},
         {scaled(1 / (m * n)),
          "That is the mean over the pixels, too. It should be their sum, and the mean over the "
          "images alone."},
         {scaled(-1 / m),
          "Right but for its sign: that is the log of the probability. The loss is minus it."},
         {of([&](auto& a) { return sum(softplus(a) + x * a) / m; }),
          "x a2 has the wrong sign: ink (x = 1) must get cheaper as a2 grows."},
         {of([&](auto& a) { return sum(softplus(-a) - x * a) / m; }),
          "That is softplus(-a2) - x a2. With softplus(-a2) = softplus(a2) - a2 the rest is "
          "(1 - x) a2."},
         {of([&](auto& a) { return sum(softplus(-a) + x * a) / m; }),
          "Ink and paper are exchanged: that is the loss for the targets 1 - x."},
         {of([&](auto& a) { return sum(x * softplus(-a)) / m; }),
          "That is the ink's part alone, -x log x_hat. Paper costs, too: -(1 - x) log(1 - x_hat)."},
         {of([&](auto& a) { return sum((1 - x) * softplus(a)) / m; }),
          "That is the paper's part alone, -(1 - x) log(1 - x_hat). Ink costs, too: -x log "
          "x_hat."},
         {of([&](auto& a) { return sum(softplus(a)) / m; }),
          "x a2 is missing: nothing says which pixels are ink."}});
    if (testing::Test::HasFailure()) return;

    const Tensor far = autograd::tensor({{-800, -40, 40, 800}}),
                 ink = autograd::tensor({{1, 1, 0, 0}});
    const auto far_given = with_gradient([&](auto& a) { return cross_entropy_of(a, ink); }, far);
    for (const double v : far_given)
        if (!std::isfinite(v)) {
            ADD_FAILURE() << "Right for moderate a2, and not a number, or infinite, for a2 = -800, "
                             "-40, 40 and 800: an exp() overflows, or a log() is taken of 0. Which "
                             "operation gives log(1 + exp(a2)) for any a2?";
            return;
        }
    check::expect_answer(
        "the loss (number 0) and dL/da2 (1 to 4) of wrong certainties, a2 = -800, -40, 40, 800",
        far_given, {1680, -1, -1, 1, 1},
        {{with_gradient(
              [&](auto& a) {
                  return reconstruction_loss(lessons::Loss::cross_entropy, sigmoid(a), ink);
              },
              far),
          "Right for moderate a2, and clamped beyond. At a2 = -40, x = 1 the gradient should be "
          "-1, and is nearly 0. The loss is given x_hat, and x_hat has forgotten how far out a2 "
          "was. Make it of a2 itself."}});
}
