#include "lessons/14_deep/deep_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, TheCodeHasUnits) {
    autograd::Rng rng(3);
    lessons::StackedAutoencoder model({6, 5, 2}, lessons::elu, rng);
    for (auto* half : {&model.encoder, &model.decoder})
        for (nn::Linear& layer : *half)
            layer.bias = autograd::normal(layer.bias.shape(), 0, 1, rng).requires_grad_();
    const Tensor x = autograd::uniform({8, 6}, 0, 1, rng);
    const Tensor h1 = lessons::elu(model.encoder[0](x)), z = model.encoder[1](h1);
    const auto values = [](const Tensor& t) { return t.to_vector(); };

    check::expect_answer(
        "the code", values(model.encode(x)), values(lessons::elu(z)),
        {{values(z), "The code is still linear: no unit stands behind the encoder's last layer."},
         {values(lessons::elu(lessons::elu(z))),
          "The code goes through its units twice: once in `hidden`, once in `encode`."},
         {values(sigmoid(z)),
          "The code is logistic. It should have the network's own unit, `g`, which here is the "
          "ELU."},
         {values(model.encoder[1](model.encoder[0](x))),
          "The hidden layer has lost its units, and the code has none. Only the code's was to be "
          "added."}});
    if (testing::Test::HasFailure()) return;
    const Tensor logits =
        model.decoder[1](lessons::elu(model.decoder[0](autograd::tensor(values(z), {8, 2}))));
    check::expect_answer(
        "what goes into the logistic pixels", values(model.logits(z)), values(logits),
        {{values(lessons::elu(logits)),
          "The pixels have a unit now, too: what goes into the logistic function can't fall below "
          "-1, so no pixel gets darker than 0.27. The decoder's last layer should stay linear."}});
    check::expect_answer("x_hat", values(model(x)), values(sigmoid(model.logits(lessons::elu(z)))),
                         {{values(sigmoid(model.logits(z))),
                           "`encode` has its units, but `forward` goes round them."}});
}
