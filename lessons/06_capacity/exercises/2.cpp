#include "lessons/02_autoencoder/autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, ALinearCode) {
    autograd::Rng rng(2);
    lessons::Autoencoder model(6, 3, rng);
    model.encoder.weight = autograd::normal({6, 3}, 0, 0.8, rng).requires_grad_();
    model.encoder.bias = autograd::normal({3}, 0, 0.8, rng).requires_grad_();
    model.decoder.bias = autograd::normal({6}, 0, 0.8, rng).requires_grad_();
    const Tensor x = autograd::uniform({8, 6}, 0, 1, rng);
    const Tensor a = matmul(x, model.encoder.weight) + model.encoder.bias;
    const auto values = [](const Tensor& t) { return t.to_vector(); };

    check::expect_answer(
        "the code h", values(model.encode(x)), values(a),
        {{values(leaky_relu(a, lessons::leak)),
          "The code is still bent: `encode` has its leaky ReLU."},
         {values(relu(a)),
          "Without the leak it is a ReLU, and bends more than before. For a code without a bend "
          "leave out leaky_relu altogether."},
         {values(sigmoid(a)), "The code has the output's bend now. It should have none."},
         {values(matmul(x, model.encoder.weight)),
          "The bias b went with the bend. A linear code here is x W + b: inputs that are not "
          "centred need it."}});
    if (testing::Test::HasFailure()) return;
    const Tensor output = matmul(a, model.decoder.weight) + model.decoder.bias;
    check::expect_answer(
        "x_hat", values(model(x)), values(sigmoid(output)),
        {{values(output),
          "The output has lost its bend, too: x_hat is no number in (0, 1) any more. Only the code "
          "should be linear."},
         {values(sigmoid(matmul(leaky_relu(a, lessons::leak), model.decoder.weight) +
                         model.decoder.bias)),
          "The bend is in `decode` now: what the decoder is given is still bent."}});
}
