#include "lessons/11_contractive/contractive_autoencoder.h"
#include "lessons/11_contractive/spectrum.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, TheClosedFormForTanh) {
    autograd::Rng rng(2);
    lessons::ContractiveAutoencoder model(6, 4, rng);
    model.b = autograd::normal({4}, 0.3, 0.5, rng).requires_grad_();
    const Tensor x = autograd::uniform({5, 6}, 0, 1, rng), W = model.W, b = model.b;
    const Tensor h = tanh(linear(x, W, b)), squares = sum(square(W), 0);

    check::expect_answer("the code h", model.encode(x).to_vector(), h.to_vector(),
                         {{sigmoid(linear(x, W, b)).to_vector(),
                           "`encode` of ContractiveAutoencoder is still logistic."},
                          {(2 * sigmoid(linear(x, W, b)) - 1).to_vector(),
                           "2 sigmoid(z) - 1 is tanh(z / 2). Use `tanh`."}});
    if (testing::Test::HasFailure()) return;
    const auto omega = [&](const Tensor& slope) {  // slope: dh/dz
        return std::vector<double>{sum(square(slope) * squares).item() / 5};
    };
    check::expect_answer(
        "closed_form", {lessons::closed_form(h, W).item()}, omega(1 - square(h)),
        {{omega(h * (1 - h)),
          "`closed_form` is still that of the logistic function, h (1 - h). For h = tanh(z), what "
          "is dh/dz in terms of h?"},
         {{sum((1 - square(h)) * squares).item() / 5},
          "1 - h^2 is not squared. It is dh/dz, and Omega sums the squares of the derivatives."},
         {omega(1 - h), "dh/dz is 1 - h^2: the square of h is missing."},
         {omega(square(h)), "dh/dz is 1 - h^2: the 1 is missing."},
         {{5 * omega(1 - square(h))[0]}, "It is not divided by the number of images."},
         {omega(1 + h * (1 - h)), "dh/dz is (1 - h) (1 + h) = 1 - h^2."}});
    if (testing::Test::HasFailure()) return;

    // dOmega/dW = 2/m (sum_i d^2 W + x^T delta), delta = s_l d^2 times `bend`: d' = d times `bend`.
    const auto by_hand = [&](const Tensor& d2, const Tensor& bend) {
        const Tensor delta = d2 * bend * squares;
        std::vector<double> all =
            (0.4 * (sum(d2, 0) * W + matmul(transpose(x), delta))).to_vector();
        for (const double v : (0.4 * sum(delta, 0)).to_vector()) all.push_back(v);
        return all;
    };
    const lessons::HandGradient given = lessons::hand_gradient(x, h, W);
    std::vector<double> both = given.W.to_vector();
    for (const double v : given.b.to_vector()) both.push_back(v);
    const Tensor d = 1 - square(h), logistic = square(h * (1 - h));
    check::expect_answer(
        "hand_gradient (0 to 23 for W, then b)", both, by_hand(square(d), -2 * h),
        {{by_hand(logistic, 1 - 2 * h),
          "`closed_form` is right, and `hand_gradient` is still that of the logistic function: "
          "both "
          "h (1 - h) and its derivative's factor 1 - 2h stand in it."},
         {by_hand(square(d), 1 - 2 * h),
          "In `hand_gradient` the factor 1 - 2h is still that of the logistic function. For d = 1 "
          "- h^2, what is dd/dz?"},
         {by_hand(square(d), -h),
          "In `hand_gradient` the factor should be -2h: the derivative of 1 - h^2 with respect to "
          "h is -2h, and the 2 is missing. (The 2 / m in front belongs to the square.)"},
         {by_hand(square(d), 2 * h),
          "In `hand_gradient` the sign is wrong: the derivative of 1 - h^2 falls with h."},
         {by_hand(square(d), -2 * h * d),
          "In `hand_gradient` one factor 1 - h^2 is too many: d2 has it twice already, and that is "
          "d times dd/dz = d (-2h d)."},
         {by_hand(d, -2 * h), "In `hand_gradient` 1 - h^2 is not squared."},
         {by_hand(logistic, -2 * h),
          "In `hand_gradient` the factor is right, and d2 is still (h (1 - h))^2."}});
    if (testing::Test::HasFailure()) return;
    // Two more know the layer.
    const Tensor first = narrow(x, 0, 0, 1), slope = 1 - square(narrow(h, 0, 0, 1));
    check::expect_answer("`jacobian` in spectrum.h", lessons::jacobian(model, first),
                         (transpose(W) * transpose(slope)).to_vector(),
                         {{(transpose(W) * transpose(narrow(h * (1 - h), 0, 0, 1))).to_vector(),
                           "Right so far. But `jacobian` in spectrum.h still has h (1 - h)."}});
    if (testing::Test::HasFailure()) return;
    const auto sensitivity = [&](const Tensor& of) {
        return std::vector<double>{mean(sqrt(sum(square(of * matmul(first, W)), 1))).item()};
    };
    check::expect_answer(
        "`sensitivity`", {lessons::sensitivity(model, x, first)}, sensitivity(d),
        {{sensitivity(h * (1 - h)), "Right so far. But `sensitivity` still has h (1 - h)."}});
}
