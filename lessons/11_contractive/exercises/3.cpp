#include "lessons/11_contractive/contractive_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, HalfTheHandGradient) {
    autograd::Rng rng(3);
    lessons::ContractiveAutoencoder model(6, 4, rng);
    model.b = autograd::normal({4}, 0.3, 0.5, rng).requires_grad_();
    const Tensor x = autograd::uniform({5, 6}, 0, 1, rng), h = model.encode(x).detach();
    const Tensor W = model.W.detach(), s = sum(square(W), 0), d2 = square(h * (1 - h));
    // 2/m (sum_i d^2 W + x^T delta) and 2/m sum_i delta, with the factors that may be missing.
    const auto by_hand = [&](double for_W, double for_b, const Tensor& bend) {
        const Tensor delta = d2 * bend * s;
        std::vector<double> all =
            (for_W / 5 * (sum(d2, 0) * W + matmul(transpose(x), delta))).to_vector();
        for (const double v : (for_b / 5 * sum(delta, 0)).to_vector()) all.push_back(v);
        return all;
    };
    const lessons::HandGradient given = lessons::hand_gradient(x, h, W);
    std::vector<double> both = given.W.to_vector();
    for (const double v : given.b.to_vector()) both.push_back(v);
    check::expect_answer(
        "hand_gradient (0 to 23 for W, then b)", both, by_hand(1, 1, 1 - 2 * h),
        {{by_hand(2, 2, 1 - 2 * h), "The factor 2 is still there."},
         {by_hand(1, 2, 1 - 2 * h), "The 2 is gone for W, and still there for b."},
         {by_hand(2, 1, 1 - 2 * h), "The 2 is gone for b, and still there for W."},
         {by_hand(2, 2, 1 - h),
          "That is the other 2, of 1 - 2h. The exercise means the one in front, of 2 / m: it comes "
          "from the square."},
         {by_hand(1, 1, 1 - h),
          "Both are gone: the 2 in front, of 2 / m, and that of 1 - 2h. The "
          "second should stay."},
         {by_hand(10, 10, 1 - 2 * h), "The division by m is gone, and the 2 still there."},
         {by_hand(5, 5, 1 - 2 * h), "The 2 is gone, and the division by m with it."}});
}
