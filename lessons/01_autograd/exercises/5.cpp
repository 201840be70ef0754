#include "lessons/01_autograd/autograd_basics.h"
#include "lessons/support/check/expect_answer.h"

TEST(Exercise, HalfTheGradientForX) {
    autograd::Rng rng(5);
    const lessons::Inputs x = {autograd::normal({2, 3}, 0, 1, rng),
                               autograd::normal({3, 2}, 0, 1, rng)};
    const auto by_hand = lessons::product_by_hand(x);
    check::expect_answer("the loss", {lessons::product_loss(x).item()}, {by_hand.value}, {});
    if (testing::Test::HasFailure()) return;
    const auto scaled = [&](double for_x, double for_w) {
        auto g = by_hand.gradients;  // six for X, six for W
        for (std::size_t i = 0; i < g.size(); ++i) g[i] *= i < 6 ? for_x : for_w;
        return g;
    };
    check::expect_answer(
        "dL/dX (numbers 0 to 5), dL/dW (6 to 11)",
        lessons::gradients_by_engine(lessons::product_loss, x), scaled(0.5, 1),
        {{scaled(1, 1),
          "Both gradients are still right: product_loss doesn't use your product, or "
          "its gradient for X is not halved."},
         {scaled(0.5, 0.5),
          "Both gradients are halved. Only that for X, the first input, should be."},
         {scaled(1, 0.5), "The gradient for W is halved; it should be that for X."},
         {scaled(1.5, 2),
          "The right gradient flows as well: the value given to record() has a history "
          "of its own. Make it of detached inputs."}});
}
