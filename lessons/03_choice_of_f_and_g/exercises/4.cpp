#include "lessons/03_choice_of_f_and_g/exercises/4.h"

#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, AStretchedTanh) {
    const lessons::Activation& f = lessons::activation::stretched;
    const std::vector<double> at = {-800, -3, -1, -0.2, 0, 0.1, 0.7, 2, 800};
    const auto values = [&](auto function) {
        std::vector<double> y;
        for (const double z : at) y.push_back(function(z));
        return y;
    };
    const Tensor z = autograd::tensor(at, {9}).requires_grad_();
    const Tensor y = f.apply(z);
    check::expect_answer(
        "3 tanh(z) at -800, -3, -1, -0.2, 0, 0.1, 0.7, 2, 800", y.to_vector(),
        values([](double z) { return 3 * std::tanh(z); }),
        {{values([](double z) { return z; }), "`three_tanh` still returns z as it is."},
         {values([](double z) { return std::tanh(z); }),
          "That is tanh, not stretched: it ends at 1. Take it three times."},
         {values([](double z) { return std::tanh(3 * z); }),
          "That is tanh(3 z): steeper, and still between -1 and 1. The 3 belongs before the tanh."},
         {values([](double z) { return 3 * std::tanh(z / 3); }),
          "That is 3 tanh(z/3): the range is right, but it is stretched both ways. Leave z as it "
          "is."},
         {values([](double z) { return std::tanh(z / 3); }),
          "That is tanh(z/3): wider, not higher, and still between -1 and 1."},
         {values([](double z) { return std::clamp(z, -3., 3.); }),
          "That is a clamp: the range is right, but beyond 3 it has no slope at all, and inside it "
          "is no tanh."}});
    if (testing::Test::HasFailure()) return;
    const double end = 1e9;
    check::expect_answer(
        "the ends of the range (-1e9, 1e9 for all numbers)",
        {std::max(f.low, -end), std::min(f.high, end)}, {-3, 3},
        {{{-end, end},
          "The function is right, and the range still says that any number can come out: then the "
          "floor is 0. What is the largest number that 3 tanh(z) can be?"},
         {{-1, 1},
          "The function is right, and the range is still tanh's: the floor comes out as if the "
          "output ended at 1."},
         {{0, 3}, "3 tanh(z) has negative values, too: how far down do they go?"},
         {{3, -3}, "The ends of the range are exchanged: the lower one comes first."}});
    if (testing::Test::HasFailure()) return;
    if (!y.requires_grad()) {
        ADD_FAILURE() << "The values are right, and have no history: no gradient would come "
                         "through. Make them of tensor operations, such as autograd::tanh.";
        return;
    }
    check::expect_answer("its derivative", grad(sum(y), z).to_vector(),
                         values([](double z) { return 3 * (1 - std::tanh(z) * std::tanh(z)); }),
                         {});
}
