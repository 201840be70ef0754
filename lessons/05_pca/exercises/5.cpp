#include "lessons/05_pca/exercises/5.h"

#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, TheDecodersGradientByHand) {
    autograd::Rng rng(5);
    lessons::LinearAutoencoder model(5, 2, rng);
    model.W = autograd::normal({5, 2}, 0, 0.6, rng).requires_grad_();
    model.W_star = autograd::normal({2, 5}, 0, 0.6, rng).requires_grad_();
    const Tensor x = autograd::normal({12, 5}, 0, 1, rng), S = matmul(transposed(x), x) / 12;
    const Tensor loss = squared_error(model, S, sum(square(x)).item() / 12);
    const Tensor right = grad(loss, model.W_star), for_W = grad(loss, model.W);

    const Tensor W = model.W.detach(), W_star = model.W_star.detach();
    Tensor given;
    try {
        given = gradient_of_W_star(W, W_star, S);
    } catch (const std::invalid_argument& error) {
        FAIL() << error.what() << "\nThe shapes do not fit. W^T S is [k, n], and W W* is [n, n].";
    }
    if (given.shape() == for_W.shape())
        FAIL() << "The result has the shape of W, [n, k]. W* is [k, n], and so is its gradient.";
    const Tensor WS = matmul(transpose(W), S), P = matmul(W, W_star);
    check::expect_answer(
        "dL/dW*", given.to_vector(), right.to_vector(),
        {{(0.5 * right).to_vector(),
          "The factor 2 is missing: the derivative of a square brings it."},
         {(-right).to_vector(),
          "The sign is wrong. The residual is X - X W W*, so W* counts in it with a minus."},
         {(-0.5 * right).to_vector(),
          "The sign is wrong, and the factor 2 is missing: the derivative of a square brings it."},
         {(12 * right).to_vector(),
          "It is m times too large: S has the mean over the images in it already."},
         {(-2 * WS).to_vector(),
          "That is -2 W^T S: what the decoder makes already, W W*, is not taken off. With it the "
          "gradient would never be 0."},
         {(-2 * (WS - matmul(WS, transpose(P)))).to_vector(),
          "W W* stands there transposed. It is no symmetric matrix, and the loss has it as it is, "
          "X W W*."},
         {(-2 * (WS - matmul(matmul(transpose(W), P), S))).to_vector(),
          "I - W W* stands before S. It must stand behind it: matrices don't commute."},
         {(2 * matmul(WS, P)).to_vector(),
          "The identity of I - W W* is missing: the part -2 W^T S."},
         {transpose(for_W).to_vector(), "That is dL/dW, transposed. Asked for is dL/dW*."}},
        1e-12);
}
