#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, TiedWeights) {
    autograd::Rng rng(4);
    lessons::LinearAutoencoder model(5, 2, rng);
    model.W = autograd::normal({5, 2}, 0, 0.6, rng).requires_grad_();
    model.W_star = autograd::normal({2, 5}, 0, 0.6, rng).requires_grad_();
    const Tensor x = autograd::normal({12, 5}, 0, 1, rng), S = matmul(transposed(x), x) / 12;
    const double trace = sum(square(x)).item() / 12;
    const Tensor W = model.W, transpose_of_W = transpose(W), W_star = model.W_star;

    Tensor x_hat;
    try {
        x_hat = model(x);
    } catch (const std::invalid_argument& error) {
        FAIL() << "forward: " << error.what()
               << "\nW is [n, k], and W* is [k, n]. So it is W transposed that takes W*'s place.";
    }
    check::expect_answer(
        "x_hat", x_hat.to_vector(), matmul(matmul(x, W), transpose_of_W).to_vector(),
        {{matmul(matmul(x, W), W_star).to_vector(), "`forward` still decodes with W*."},
         {matmul(matmul(x, transpose(W_star)), W_star).to_vector(),
          "`forward` uses W* twice. It is W that must stay: W* is W transposed."}});
    if (testing::Test::HasFailure()) return;

    // The loss of the points for an encoder and a decoder.
    const auto loss = [&](const Tensor& encoder, const Tensor& decoder) {
        return sum(square(x - matmul(matmul(x, encoder), decoder))) / 12;
    };
    const Tensor SW = matmul(S, W), codes = matmul(transpose_of_W, SW);
    const auto covariance_form = [&](const Tensor& in_gram, const Tensor& in_overlap) {
        const Tensor gram = matmul(in_gram, transpose(in_gram));
        const double overlap = sum(in_overlap * transpose(SW)).item();  // tr(W* S W)
        return std::vector{trace - 2 * overlap + sum(codes * gram).item()};
    };
    const Tensor given = squared_error(model, S, trace);
    check::expect_answer("the loss from the covariance", {given.item()},
                         {loss(W, transpose_of_W).item()},
                         {{covariance_form(W_star, W_star),
                           "`forward` is tied, and the loss from the covariance still uses W*. "
                           "It is that loss which is trained."},
                          {covariance_form(W_star, transpose_of_W),
                           "In the covariance form `overlap` is tied, and `gram` still has W*."},
                          {covariance_form(transpose_of_W, W_star),
                           "In the covariance form `gram` is tied, and `overlap` still has W*."}});
    if (testing::Test::HasFailure()) return;

    // W is used twice, and each use sends its part of the gradient.
    const auto gradient = [&](const Tensor& of) { return grad(of, W).to_vector(); };
    const auto right = gradient(loss(W, transpose_of_W));
    const char* const one_use =
        "The loss is right, and W feels only one of its two uses: the other was cut off (by "
        "`detach`?).";
    check::expect_answer("dL/dW of the loss from the covariance", gradient(given), right,
                         {{gradient(loss(W, transpose_of_W.detach())), one_use},
                          {gradient(loss(W.detach(), transpose_of_W)), one_use}});
    check::expect_answer("dL/dW through forward", gradient(sum(square(x - model(x))) / 12), right,
                         {{gradient(loss(W, transpose_of_W.detach())), one_use},
                          {gradient(loss(W.detach(), transpose_of_W)), one_use}});
}
