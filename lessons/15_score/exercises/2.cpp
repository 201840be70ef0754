#include "lessons/15_score/score.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, TheScoreWithAWrongSign) {
    const double sigma = 0.4;
    const auto restore = [](const Tensor& x) { return 0.3 * square(x) + 0.5; };
    const Tensor x = autograd::tensor({{-1, 0.2}, {0.7, 2}}), x_hat = restore(x);
    const auto values = [](const Tensor& t) { return t.to_vector(); };
    const double s2 = sigma * sigma;
    check::expect_answer(
        "score_of(restore, 0.4) at some points", values(lessons::score_of(restore, sigma)(x)),
        values((x - x_hat) / s2),
        {{values((x_hat - x) / s2), "That is still the right score, (x_hat - x~) / sigma^2."},
         {values((x - x_hat) / sigma),
          "The sign is turned, but it is divided by sigma, in place of sigma^2."},
         {values(x - x_hat), "The sign is turned, and the division by sigma^2 has got lost."},
         {values((x - x_hat) * s2),
          "The sign is turned, but it is multiplied by sigma^2, in place of divided."},
         {values(-x_hat - x / s2), "Only a part is divided by sigma^2: brackets are missing."},
         {values(x - x_hat / s2),
          "Only x_hat is divided by sigma^2: brackets are missing round the difference."},
         {values((-x_hat - x) / s2),
          "Only the first sign is turned: -x_hat - x~. Turn the difference as a whole."},
         {values((x_hat + x) / s2), "That is the sum. Asked for is the difference, turned round."},
         {values((x_hat - x) / -sigma),
          "The sign is turned, but it is divided by sigma, in place of sigma^2."}});
}
