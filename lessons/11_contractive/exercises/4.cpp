#include <cmath>

#include "lessons/11_contractive/contractive_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, ThePenaltyRoundedDown) {
    autograd::Rng rng(4);
    lessons::ContractiveAutoencoder model(12, 20, rng);
    model.W = autograd::normal({12, 20}, 0, 0.4, rng).requires_grad_();  // so that Omega > 1
    const Tensor x = autograd::uniform({8, 12}, 0, 1, rng), h = model.encode(x);
    const Tensor error = nn::binary_cross_entropy_with_logits(model.logits(h), x);
    const double omega = lessons::closed_form(h, model.W).item(), e = error.item();
    ASSERT_GT(omega, 1) << "closed_form should stay as it is";
    // Weights for which the penalty is 0.4, 2.6 and 7.3.
    std::vector<double> given, penalties = {0.4, 2.6, 7.3};
    std::vector<Tensor> losses;
    for (const double penalty : penalties) {
        losses.push_back(contractive_loss(model, x, penalty / omega));
        given.push_back(losses.back().item());
    }
    const auto of = [&](auto loss) {
        std::vector<double> values;
        for (const double penalty : penalties) values.push_back(loss(penalty));
        return values;
    };
    check::expect_answer(
        "the loss, where lambda Omega is 0.4, 2.6 and 7.3", given,
        of([&](double p) { return e + std::floor(p); }),
        {{of([&](double p) { return e + p; }), "The penalty is not rounded yet."},
         {of([&](double p) { return e + p / omega * std::floor(omega); }),
          "Omega is rounded down, and lambda comes afterwards. That is the tutorial's slip; this "
          "exercise is the other one: round lambda Omega as a whole."},
         {of([&](double p) { return std::floor(e + p); }),
          "The whole loss is rounded down, the reconstruction error with it. Round the penalty "
          "alone."},
         {of([&](double p) { return e + std::floor(p / omega) * omega; }),
          "That rounds lambda down. Round lambda Omega."},
         {of([&](double p) { return e + std::ceil(p); }), "That rounds up."},
         {of([&](double) { return e; }),
          "The penalty is gone altogether, even where it is large."}},
        1e-9);
    if (testing::Test::HasFailure()) return;
    check::expect_answer(
        "dL/dW", grad(losses[1], model.W).to_vector(), grad(error, model.W).to_vector(),
        {{grad(error + 2.6 / omega * lessons::closed_form(h, model.W), model.W).to_vector(),
          "The value is rounded, and the penalty's gradient still comes back."}});
}
