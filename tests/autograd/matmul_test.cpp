#include "autograd/matmul.h"

#include <cmath>

#include "autograd/arithmetic.h"
#include "autograd/functions.h"
#include "autograd/reductions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::Factor;
using autograd::linear;
using autograd::matmul;
using autograd::tensor;
using autograd::zeros;
using tests::expect_gradients;
using tests::expect_invalid;
using tests::Numbers;
using tests::real;
using tests::Shape;
using tests::Tensor;

// A factor of the given shape as it enters the product: stored the other way round if flipped.
Shape stored(std::int64_t rows, std::int64_t columns, bool flipped) {
    return flipped ? Shape{columns, rows} : Shape{rows, columns};
}
real element(const Tensor& t, bool flipped, std::int64_t i, std::int64_t j) {
    return flipped ? t.at({j, i}) : t.at({i, j});
}

struct Sizes {
    int m, n, k;
};
const Sizes ragged[] = {{1, 1, 1}, {2, 3, 4}, {5, 1, 3}, {1, 4, 2}, {3, 2, 1}, {17, 33, 9}};

TEST(Matmul, ValuesInAllFourTranspositions) {
    for (const Sizes& s : ragged)
        for (bool ta : {false, true})
            for (bool tb : {false, true}) {
                const Tensor a = tests::random(stored(s.m, s.k, ta), 1);
                const Tensor b = tests::random(stored(s.k, s.n, tb), 2);
                const Tensor bias = tests::random({s.n}, 3);
                const Tensor y = matmul(Factor(a, ta), Factor(b, tb));
                const Tensor z = linear(Factor(a, ta), Factor(b, tb), bias);
                ASSERT_EQ(y.shape(), (Shape{s.m, s.n}));
                ASSERT_EQ(z.shape(), (Shape{s.m, s.n}));
                for (int i = 0; i < s.m; ++i)
                    for (int j = 0; j < s.n; ++j) {
                        real expected = 0;
                        for (int l = 0; l < s.k; ++l)
                            expected += element(a, ta, i, l) * element(b, tb, l, j);
                        ASSERT_NEAR(y.at({i, j}), expected, 1e-13);
                        ASSERT_NEAR(z.at({i, j}), expected + bias.at({j}), 1e-13);
                    }
            }
}

TEST(Matmul, TransposedTwiceIsNotTransposed) {
    const Tensor a = tests::counting({2, 3}), b = tests::counting({3, 2});
    EXPECT_EQ(matmul(a, b).to_vector(), (Numbers{22, 28, 49, 64}));
    EXPECT_EQ(matmul(transposed(b), transposed(a)).to_vector(), (Numbers{22, 49, 28, 64}));
    EXPECT_EQ(matmul(transposed(transposed(a)), b).to_vector(), matmul(a, b).to_vector());
}

TEST(Matmul, GradientsInAllFourTranspositions) {
    for (bool ta : {false, true})
        for (bool tb : {false, true}) {
            const Tensor a = tests::random(stored(2, 4, ta), 4);
            const Tensor b = tests::random(stored(4, 3, tb), 5);
            const std::string name = std::string(ta ? "a^T " : "a ") + (tb ? "b^T" : "b");
            const auto product = [=](auto& x) {
                return matmul(Factor(x[0], ta), Factor(x[1], tb));
            };
            expect_gradients("matmul " + name, product, {a, b});
            // Squared, so that the gradient g that comes in depends on a and b, too.
            expect_gradients("squared matmul " + name, [=](auto& x) { return square(product(x)); },
                             {a, b});
            expect_gradients(
                "squared linear " + name,
                [=](auto& x) { return square(linear(Factor(x[0], ta), Factor(x[1], tb), x[2])); },
                {a, b, tests::random({3}, 6)});
        }
}

TEST(Matmul, GradientsOfATensorUsedTwice) {
    const Tensor a = tests::random({2, 3}, 7), square_matrix = tests::random({3, 3}, 8);
    expect_gradients("a a^T", [](auto& x) { return matmul(x[0], transposed(x[0])); }, {a});
    expect_gradients("a^T a", [](auto& x) { return matmul(transposed(x[0]), x[0]); }, {a});
    expect_gradients("a a", [](auto& x) { return matmul(x[0], x[0]); }, {square_matrix});
    // Tied weights: x W W^T
    expect_gradients("x W W^T",
                     [](auto& x) { return matmul(matmul(x[0], x[1]), transposed(x[1])); },
                     {a, square_matrix});
}

TEST(Matmul, OfNoElements) {
    EXPECT_EQ(matmul(zeros({0, 3}), zeros({3, 2})).shape(), (Shape{0, 2}));
    EXPECT_EQ(matmul(zeros({2, 3}), zeros({3, 0})).shape(), (Shape{2, 0}));
    // A sum of no terms is 0.
    EXPECT_EQ(matmul(zeros({2, 0}), zeros({0, 2})).to_vector(), (Numbers{0, 0, 0, 0}));
    EXPECT_EQ(linear(zeros({2, 0}), zeros({0, 2}), tensor({5, 6})).to_vector(),
              (Numbers{5, 6, 5, 6}));
    EXPECT_EQ(linear(zeros({0, 3}), zeros({3, 2}), zeros({2})).shape(), (Shape{0, 2}));
    expect_gradients("linear of no rows", [](auto& x) { return linear(x[0], x[1], x[2]); },
                     {zeros({0, 3}), tests::random({3, 2}, 9), tests::random({2}, 10)});
    expect_gradients("matmul over no terms", [](auto& x) { return matmul(x[0], x[1]) + x[2]; },
                     {zeros({2, 0}), zeros({0, 3}), tests::random({2, 3}, 11)});
}

TEST(Matmul, KeepsNaN) {
    // 0 times NaN is NaN: no product is left out because a factor is 0.
    const Tensor y = matmul(tensor({{0, 1}, {1, 1}}), tensor({{NAN, 1}, {1, 1}}));
    EXPECT_TRUE(std::isnan(y.at({0, 0})) && std::isnan(y.at({1, 0})));
    EXPECT_EQ(y.at({0, 1}), 1);
}

TEST(Matmul, Messages) {
    const Tensor x = zeros({256, 784}), W = zeros({32, 784}), b = zeros({32});
    expect_invalid([&] { matmul(x, W); },
                   "matmul: [256, 784] x [32, 784]: inner dimensions 784 and 32 differ");
    expect_invalid([&] { matmul(transposed(x), transposed(W)); },
                   "matmul: [256, 784]^T x [32, 784]^T: inner dimensions 256 and 784 differ");
    expect_invalid([&] { matmul(x, b); }, "matmul: [256, 784] x [32]: both must be matrices");
    expect_invalid([&] { matmul(Tensor(2), x); }, "matmul: [] x [256, 784]: both must be matrices");
    expect_invalid([&] { matmul(zeros({1, 2, 3}), zeros({3, 1})); }, "both must be matrices");
    expect_invalid(
        [] {
            matmul(zeros({(1 << 30) + 1, 0}), zeros({0, 1}));
        },
        "matmul: [1073741825, 0] x [0, 1]: too large: sizes of at most 2^30");
    expect_invalid([&] { linear(x, W, zeros({784})); },
                   "linear: [256, 784] x [32, 784]: inner dimensions 784 and 32 differ");
    expect_invalid([&] { linear(x, transposed(W), zeros({784})); },
                   "linear: W [32, 784]^T has 32 columns, so b must be [32], not [784]");
    expect_invalid([&] { linear(x, transposed(W), zeros({1, 32})); }, "not [1, 32]");
    expect_invalid([&] { linear(x, b, b); }, "linear: [256, 784] x [32]: both must be matrices");
}

}  // namespace
