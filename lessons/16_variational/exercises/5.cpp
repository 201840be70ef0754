#include <cmath>

#include "lessons/16_variational/variational.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, AWiderPrior) {
    autograd::Rng rng(5);
    const Tensor mean = autograd::normal({3, 2}, 0, 2, rng),
                 log_variance = autograd::normal({3, 2}, 0, 1, rng);
    const Tensor m2 = square(mean), v = exp(log_variance);
    const double log4 = std::log(4.0);
    // 1/2 (a mean^2 + b variance - 1 - log variance + c)
    const auto kl = [&](double a, double b, double c) {
        return (0.5 * (a * m2 + b * v - 1 - log_variance + c)).to_vector();
    };
    check::expect_answer(
        "kl_by_unit for three images and two units",
        lessons::kl_by_unit({mean, log_variance}).to_vector(), kl(0.25, 0.25, log4),
        {{kl(1, 1, 0), "The prior is still N(0, 1)."},
         {kl(0.25, 0.25, 0),
          "log 4 is missing: a unit that is N(0, 4) whatever the image should cost 0."},
         {kl(0.25, 0.25, -log4),
          "log 4 has the wrong sign: log(variance / 4) stands in the formula with a minus."},
         {kl(0.25, 0.25, log4 / 2),
          "That is log 2. In the bracket stands the logarithm of the variance, which is 4."},
         {kl(0.25, 0.25, 2 * log4), "log 4 stands inside the bracket: the 1/2 is in front of it."},
         {kl(0.25, 1, log4), "The variance is not divided by 4."},
         {kl(0.25, 1, 0), "The variance is not divided by 4, and log 4 is missing."},
         {kl(1, 0.25, log4), "The square of the mean is not divided by 4."},
         {kl(0.5, 0.5, std::log(2.0)),
          "That is the KL to N(0, 2). The prior's standard deviation is 2, and its variance 4."},
         {kl(0.5, 0.25, log4), "Take the square of mean / 2: it is mean^2 / 4."},
         {kl(4, 4, -log4),
          "That is the KL to N(0, 1/4): multiplied where it should be divided, or the other way "
          "round."}});
    if (testing::Test::HasFailure()) return;
    const Tensor at = mean.detach().requires_grad_();
    check::expect_answer("its gradient for the mean",
                         grad(sum(lessons::kl_by_unit({at, log_variance})), at).to_vector(),
                         (mean / 4).to_vector(), {});
}
