#include "lessons/16_variational/variational.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, TheDrawWithoutAGradient) {
    autograd::Rng rng(3);
    const lessons::Variational model(6, 5, 2, rng);
    const Tensor x = autograd::uniform({4, 6}, 0, 1, rng), e = autograd::normal({4, 2}, 0, 1, rng);
    const double beta = 3;
    const nn::NamedParameters parameters = model.named_parameters();

    // The gradient of a loss for the encoder's parameters (0 where it has none), or the decoder's.
    const auto gradient = [&](const auto& loss, bool encoder) {
        for (const auto& [name, p] : parameters) Tensor(p).zero_grad();
        const Tensor value = loss();
        if (value.requires_grad()) value.backward();
        std::vector<double> all;
        for (const auto& [name, p] : parameters) {
            const bool here = !name.starts_with("hidden_star") && !name.starts_with("pixels");
            if (here != encoder) continue;
            const Tensor g = p.grad();
            for (std::int64_t i = 0; i < p.size(); ++i)
                all.push_back(g.defined() ? g.data()[i] : 0);
        }
        return all;
    };
    const auto loss_of = [&](const lessons::Gaussian& draw, const lessons::Gaussian& price) {
        const Tensor logits = model.decode(lessons::shifted(draw, e));
        return (nn::binary_cross_entropy_with_logits(logits, x, nn::Reduction::sum) +
                beta * sum(lessons::kl_by_unit(price))) /
               4.0;
    };
    const auto q = [&] { return model.encode(x); };
    const auto cut = [&] {
        return lessons::Gaussian{q().mean.detach(), q().log_variance.detach()};
    };
    const auto given = [&] { return lessons::variational_loss(model, x, e, beta); };
    const auto right = [&] { return loss_of(cut(), q()); };

    check::expect_answer("the loss, which should stay what it is,", {given().item()},
                         {right().item()}, {});
    if (testing::Test::HasFailure()) return;
    check::expect_answer(
        "the gradient for the encoder", gradient(given, true), gradient(right, true),
        {{gradient([&] { return loss_of(q(), q()); }, true),
          "The gradient still comes through the draw. e has no history, and `detach` changes "
          "nothing there: it is z that must lose its own."},
         {gradient([&] { return loss_of(cut(), cut()); }, true),
          "No gradient reaches the encoder now, that of the KL neither. Cut z off, and leave q in "
          "the KL as it is."},
         {gradient([&] { return loss_of(q(), cut()); }, true),
          "That is the other one: the KL has lost its gradient, and the draw has kept it."},
         {gradient(
              [&] {
                  return loss_of({q().mean.detach(), q().log_variance}, q());
              },
              true),
          "The mean is cut off, and the variance is not: a gradient still comes through e times "
          "the standard deviation. Cut off z as a whole."},
         {gradient(
              [&] {
                  return loss_of({q().mean, q().log_variance.detach()}, q());
              },
              true),
          "The variance is cut off, and the mean is not. Cut off z as a whole."}});
    if (testing::Test::HasFailure()) return;
    const std::vector<double> decoder = gradient(right, false);
    check::expect_answer("the gradient for the decoder", gradient(given, false), decoder,
                         {{std::vector<double>(decoder.size()),
                           "The decoder gets no gradient, either: it is cut off behind the "
                           "decoder. Cut between z and the decoder."}});
}
