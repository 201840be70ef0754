#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

TEST(Exercise, TheSlopeWithTheWrongSign) {
    const std::vector<double> rho_hats = {0.05, 0.2, 0.4, 0.9};
    const double rho = 0.2;
    const auto of = [&](auto f) {
        std::vector<double> values;
        for (const double r : rho_hats) values.push_back(f(r));
        return values;
    };
    check::expect_answer(
        "kl_slope for rho = 0.2 at 0.05, 0.2, 0.4 and 0.9",
        lessons::kl_slope(rho, autograd::tensor(rho_hats, {4})).to_vector(),
        of([&](double r) { return rho / r - (1 - rho) / (1 - r); }),
        {{of([&](double r) { return (1 - rho) / (1 - r) - rho / r; }),
          "The slope is still right: negative for a unit that is too quiet. The exercise asks for "
          "the other sign."},
         {of([&](double r) { return (1 - rho) / (1 - r) + rho / r; }),
          "The terms are added. They are to change places, with the minus between them."},
         {of([&](double r) { return -(1 - rho) / (1 - r) - rho / r; }),
          "Both terms have a minus. They are to change places, with the minus between them."},
         {of([&](double r) { return rho / (1 - r) - (1 - rho) / r; }),
          "rho and 1 - rho have changed places. The whole fractions are to do so."},
         {of([&](double r) { return (1 - rho) / r - rho / (1 - r); }),
          "The denominators have changed places. The whole fractions are to do so."}});
    if (testing::Test::HasFailure()) return;
    const autograd::Tensor rho_hat = autograd::tensor(rho_hats, {4});
    check::expect_answer(
        "kl_penalty, which should stay as it is,", {lessons::kl_penalty(rho, rho_hat).item()},
        {sum(rho * log(rho / rho_hat) + (1 - rho) * log((1 - rho) / (1 - rho_hat))).item()}, {});
}
