#include "lessons/09_denoising/denoising_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, TheDamagedImageAsTheTarget) {
    autograd::Rng rng(1);
    const lessons::DenoisingAutoencoder model(12, 5, rng);
    const Tensor x = autograd::uniform({8, 12}, 0, 1, rng);
    const Tensor x_tilde = x * autograd::bernoulli(x.shape(), 0.6, rng);
    const auto loss = [&](const Tensor& input, const Tensor& target) {
        return nn::binary_cross_entropy(model(input), target);
    };
    const Tensor given = lessons::denoising_loss(model, x_tilde, x);
    check::expect_answer(
        "the loss", {given.item()}, {loss(x_tilde, x_tilde).item()},
        {{{loss(x_tilde, x).item()}, "The target is still the clean x."},
         {{loss(x, x_tilde).item()},
          "Input and target have changed places: the network sees the clean image now. It should "
          "still see x~."},
         {{loss(x, x).item()},
          "The network sees x, and is asked for x: the damage is gone altogether. It is the "
          "target alone that becomes x~."}});
    if (testing::Test::HasFailure()) return;
    check::expect_answer("dL/dW", grad(given, model.W).to_vector(),
                         grad(loss(x_tilde, x_tilde), model.W).to_vector(), {});
}
