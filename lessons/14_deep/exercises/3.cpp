#include "lessons/14_deep/exercises/3.h"

#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, ErrorsAsSharesOfTheInk) {
    autograd::Rng rng(5);
    const Tensor x = autograd::uniform({4, 6}, 0.1, 1, rng),
                 x_hat = autograd::uniform({4, 6}, 0.1, 1, rng);
    const Tensor error = sum(square(x - x_hat), 1), ink = sum(square(x), 1);
    const auto values = [](const Tensor& t) { return t.to_vector(); };

    check::expect_answer(
        "the relative errors of four images", relative_errors(x, x_hat), values(error / ink),
        {{std::vector<double>(4), "Nothing is computed yet: each error is 0."},
         {values(error), "The errors are not divided by anything: a 1 still has an advantage."},
         {values(error / sum(square(x_hat), 1)),
          "They are divided by the ink of what came back. It should be that of the image itself: "
          "what came back may be empty."},
         {values(error / sum(x, 1)),
          "They are divided by the sum of the pixels. Squares belong below squares."},
         {values(error / sum(ink)),
          "All are divided by the ink of the whole batch: that changes no order. Each image has "
          "its own."},
         {values(sqrt(error / ink)),
          "That is the root, ||x - x_hat|| / ||x||. It puts the images in the same order, but the "
          "exercise asks for the squares."}});
}
