#include <cmath>

#include "autograd/autograd.h"
#include "nn/losses.h"
#include "tests/autograd/support.h"

// What training meets: the same conventions in single precision, where certainty comes early.
namespace {

using autograd::tensor;
using nn::binary_cross_entropy;
using nn::binary_cross_entropy_with_logits;
using nn::Reduction;
using tests::Numbers;
using tests::Tensor;

}  // namespace

TEST(LossesFloat, ACertaintyCosts100AtMost) {
    Tensor p = tensor({0, 1, 0, 1, 1e-45}).requires_grad_();
    const Tensor t = tensor({1, 0, 0, 1, 1});
    const Numbers none = binary_cross_entropy(p, t, Reduction::none).to_vector();
    EXPECT_EQ(none[0], 100);
    EXPECT_EQ(none[1], 100);
    EXPECT_EQ(none[2], 0);
    EXPECT_EQ(none[3], 0);
    EXPECT_EQ(none[4], 100);  // the smallest float: log is -103
    binary_cross_entropy(p, t, Reduction::sum).backward();
    const Numbers g = p.grad().to_vector();
    EXPECT_FLOAT_EQ(g[0], -1e12f);
    EXPECT_FLOAT_EQ(g[1], 1e12f);
    EXPECT_EQ(g[2], 0);
    EXPECT_EQ(g[3], 0);
    EXPECT_FLOAT_EQ(g[4], -1e12f);
}

TEST(LossesFloat, RefusesWhatIsNoProbability) {
    for (const double bad : {-1e-30, 1.0000002, -2.0})
        tests::expect_invalid([&] { binary_cross_entropy(tensor({bad}), tensor({1})); },
                              "is no probability");
    tests::expect_invalid([] { binary_cross_entropy(tensor({1.0000002}), tensor({1})); },
                          "a prediction of 1.00000024 is");
}

TEST(LossesFloat, LogitsAreExactFarOut) {
    Tensor z = tensor({1000, -1000, 1000, -1000, 1e30}).requires_grad_();
    const Tensor t = tensor({0, 0, 1, 1, 0});
    EXPECT_EQ(binary_cross_entropy_with_logits(z, t, Reduction::none).to_vector(),
              (Numbers{1000, 0, 0, 1000, 1e30f}));
    binary_cross_entropy_with_logits(z, t, Reduction::sum).backward();
    EXPECT_EQ(z.grad().to_vector(), (Numbers{1, 0, 0, -1, 1}));
}

// The slope of a right answer is -sigmoid(-z), of a wrong one sigmoid(z); at z = 20 float rounds
// sigmoid(z) to 1.
TEST(LossesFloat, TheSlopesOfCertainAnswersKeepTheirDigits) {
    for (const double u : {1., 10., 20., 80.}) {
        const double small = std::exp(-u) / (1 + std::exp(-u));
        Tensor z = tensor({u, -u, u, -u}).requires_grad_();
        const Tensor slope = grad(
            binary_cross_entropy_with_logits(z, tensor({1, 0, 0, 1}), Reduction::sum), z, true);
        const Numbers s = slope.to_vector(), curvature = grad(sum(slope), z).to_vector();
        const double expected[] = {-small, small, 1 - small, small - 1};
        for (int i = 0; i < 4; ++i) {
            EXPECT_NEAR(s[i] / expected[i], 1, 1e-6) << u;
            EXPECT_NEAR(curvature[i] / (small * (1 - small)), 1, 1e-6) << u;
        }
        Tensor scores = tensor({{u, 0.}}).requires_grad_();
        const Numbers right = grad(nn::cross_entropy(scores, {0}), scores).to_vector();
        EXPECT_NEAR(right[0] / -small, 1, 1e-6) << u;
        EXPECT_NEAR(right[1] / small, 1, 1e-6) << u;
    }
}

// A batch of MNIST's size: a sum that were formed one by one would be off by 1e-4.
TEST(LossesFloat, TheMeanOfManyElementsIsAccurate) {
    const Tensor p = tests::random({256, 784}, 1, 0.01, 0.99),
                 t = tests::random({256, 784}, 2, 0, 1);
    double sum = 0;
    for (std::int64_t i = 0; i < p.size(); ++i) {
        const double u = p.data()[i], v = t.data()[i];
        sum -= v * std::log(u) + (1 - v) * std::log(1 - u);
    }
    const double expected = sum / static_cast<double>(p.size());
    EXPECT_NEAR(binary_cross_entropy(p, t).item(), expected, 1e-6 * expected);
}
