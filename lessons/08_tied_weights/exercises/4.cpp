#include "lessons/08_tied_weights/tied_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, TheDecodersPathIsCut) {
    autograd::Rng rng(4);
    lessons::TiedAutoencoder model(6, 4, rng);
    model.b = autograd::normal({4}, 0, 0.3, rng).requires_grad_();
    model.c = autograd::normal({6}, 0, 0.3, rng).requires_grad_();
    const Tensor x = autograd::uniform({5, 6}, 0, 1, rng);
    const Tensor W = model.W, b = model.b, c = model.c;

    // x_hat with one matrix for each path.
    const auto network = [&](const Tensor& in_encoder, const Tensor& in_decoder) {
        const Tensor h = leaky_relu(linear(x, in_encoder, b), lessons::leak);
        return sigmoid(linear(h, transpose(in_decoder), c));
    };
    check::expect_answer("x_hat, which doesn't change,", model(x).to_vector(),
                         network(W, W).to_vector(), {});
    if (testing::Test::HasFailure()) return;
    const auto gradient = [&](const Tensor& x_hat, const Tensor& of) {
        // What the loss doesn't depend on has the gradient 0, and is no error.
        return grad(lessons::reconstruction_loss(x_hat, x) + 0 * sum(of), of).to_vector();
    };
    const Tensor cut = W.detach(), x_hat = model(x);
    check::expect_answer(
        "dL/dW", gradient(x_hat, W), gradient(network(W, cut), W),
        {{gradient(network(W, W), W),
          "dL/dW is still the sum of both paths. It is `decode` of TiedAutoencoder that must "
          "change; TiedLogisticAutoencoder belongs to lesson 09."},
         {gradient(network(cut, W), W),
          "That is the other path: the decoder's gradient is there, and the encoder's is cut. "
          "Detach W in `decode`, and nothing else."},
         {std::vector<double>(std::size_t(W.size())),
          "No gradient reaches W at all: both paths are cut. Detach W, and not the product."}});
    if (testing::Test::HasFailure()) return;
    check::expect_answer("dL/dc", gradient(x_hat, c), gradient(network(W, cut), c), {});
}
