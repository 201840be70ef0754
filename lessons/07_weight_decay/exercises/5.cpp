#include "lessons/07_weight_decay/weight_decay.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

namespace {

std::vector<double> numbers(const std::vector<Tensor>& tensors) {
    std::vector<double> all;
    for (const Tensor& t : tensors)
        for (const double v : t.to_vector()) all.push_back(v);
    return all;
}

}  // namespace

TEST(Exercise, ThePenaltyOfAbsoluteValues) {
    autograd::Rng rng(5);
    const lessons::Autoencoder model(7, 3, rng);
    const Tensor x = autograd::uniform({6, 7}, 0, 1, rng);
    const double lambda = 0.3;
    const std::vector<Tensor> W = weights(model);
    const auto of_weights = [&](auto f) {
        double total = 0;
        for (const double w : numbers(W)) total += f(w);
        return std::vector{total};
    };
    const double size = of_weights([](double w) { return std::abs(w); })[0],
                 count = double(numbers(W).size());
    check::expect_answer(
        "sum |w|", {lessons::norm2(W).item()}, {size},
        {{of_weights([](double w) { return w * w; }), "`norm2` is still the sum of squares."},
         {of_weights([](double w) { return w; }),
          "That is the sum of w. Negative weights must count as much as positive ones."},
         {{size / count}, "That is the mean of |w|. The penalty is the sum over all weights."},
         {{size / 2}, "That is half the sum. The penalty is lambda times the sum of |w|, whole."},
         {{std::sqrt(of_weights([](double w) { return w * w; })[0])},
          "That is the length of theta, the root of the sum of squares. Asked for is the sum of "
          "the |w|, one by one."}},
        1e-12);
    if (testing::Test::HasFailure()) return;

    // The penalty's part of the gradient.
    const Tensor plain = lessons::reconstruction_loss(model(x), x);
    const auto without = numbers(grad(std::span(&plain, 1), W));
    const auto part = [&](std::vector<double> gradient) {
        for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] -= without[i];
        return gradient;
    };
    const Tensor loss = decayed_loss(model, x, lambda);
    const auto each = [&](auto f) {
        auto values = numbers(W);
        for (double& w : values) w = f(w);
        return values;
    };
    const auto sign = [](double w) { return w > 0 ? 1.0 : -1.0; };
    check::expect_answer("the engine's gradient of lambda sum |w|",
                         part(numbers(grad(std::span(&loss, 1), W))),
                         each([&](double w) { return lambda * sign(w); }),
                         {{each([](double) { return 0; }),
                           "The penalty has the right value and no gradient: it was made of plain "
                           "numbers, or detached. Make it of tensor operations."}},
                         1e-12);
    if (testing::Test::HasFailure()) return;
    check::expect_answer(
        "the gradient of lambda sum |w| by hand", part(numbers(hand_gradients(model, x, lambda))),
        each([&](double w) { return lambda * sign(w); }),
        {{each([&](double w) { return 2 * lambda * w; }),
          "`hand_gradients` still adds 2 lambda W, the gradient of the squares."},
         {each([&](double w) { return 2 * lambda * sign(w); }),
          "The factor 2 is left from the squares: the derivative of |w| is the sign of w, without "
          "a 2. (`factor` is 2.)"},
         {each([&](double w) { return lambda * std::abs(w); }),
          "That adds lambda |w|, the penalty itself. Its derivative is lambda times the sign."},
         {each([&](double w) { return 2 * lambda * std::abs(w); }),
          "That adds 2 lambda |w|. The derivative of |w| is the sign of w, without a 2."},
         {each([&](double w) { return -lambda * sign(w); }),
          "The sign is turned round: such a step would make weights larger. Where w is above 0, "
          "|w| grows with w."},
         {each([&](double w) { return sign(w); }),
          "lambda is forgotten: that is the gradient of sum |w| alone."},
         {each([&](double) { return lambda; }),
          "The gradient is lambda for every weight: that of lambda times sum w. Below 0, |w| "
          "falls when w grows."},
         {each([&](double w) { return lambda * w; }),
          "That adds lambda W, the gradient of half the squares. Of |w|, only the sign counts."}},
        1e-12);
}
