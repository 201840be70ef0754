#include "lessons/15_score/cloud.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, AWalkWithoutChance) {
    const lessons::Score score = [](const Tensor& x) { return 1 - 2 * x; };
    const Tensor start = autograd::tensor({{-1, 0}, {0.2, 0.5}, {2, 3}});
    const double sigma = 0.6, delta = 0.3;
    const int steps = 3;
    autograd::Rng rng(1);
    const auto walked = [&](auto step) {
        autograd::Rng draws(1);
        Tensor x = start;
        for (int i = 0; i < steps; ++i) x = step(x, draws);
        return x.to_vector();
    };
    const auto along = [&](double factor) {
        return walked(
            [&, factor](const Tensor& x, autograd::Rng&) { return x + factor * score(x); });
    };
    const double right = delta * sigma * sigma, noise = std::sqrt(2 * delta) * sigma;
    check::expect_answer(
        "where walkers are after three steps",
        lessons::langevin(score, start, sigma, steps, rng).to_vector(), along(right),
        {{walked([&](const Tensor& x, autograd::Rng& draws) {
              return x + right * score(x) + noise * autograd::normal(x.shape(), 0, 1, draws);
          }),
          "The random step is still there."},
         {walked([&](const Tensor& x, autograd::Rng& draws) {
              return x + noise * autograd::normal(x.shape(), 0, 1, draws);
          }),
          "The drift along the score is gone, and the random step is left. It should be the other "
          "way round."},
         {along(delta), "sigma^2 has got lost: a step is delta sigma^2 times the score."},
         {along(delta * sigma),
          "A step is delta sigma^2 times the score; sigma stands there once."},
         {along(sigma * sigma), "delta has got lost: a step is delta sigma^2 times the score."},
         {along(-right), "Walkers go against the score, to where fewer of the data are."},
         {along(right + noise),
          "The random step's factor, sqrt(2 delta) sigma, is still there, and multiplies the "
          "score now. It should go with the draw."},
         {along(0), "Nobody walks any more: only the random step should go."},
         {(start + right * score(start)).to_vector(),
          "Only one step is made. Leave the loop as it is."},
         {walked([&](const Tensor& x, autograd::Rng&) { return right * score(x); }),
          "The step takes the place of x. It must be added to it."}});
}
