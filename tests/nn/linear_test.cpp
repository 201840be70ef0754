#include "nn/linear.h"

#include <algorithm>

#include "autograd/functions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::Rng;
using tests::Shape;
using tests::Tensor;

}  // namespace

TEST(Linear, IsXTimesWPlusB) {
    Rng rng(1);
    const nn::Linear layer(3, 2, rng);
    const Tensor x = tests::random({4, 3}, 2);
    const Tensor y = layer(x);
    ASSERT_EQ(y.shape(), (Shape{4, 2}));
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 2; ++j) {
            double expected = layer.bias.at({j});
            for (int l = 0; l < 3; ++l) expected += x.at({i, l}) * layer.weight.at({l, j});
            EXPECT_NEAR(y.at({i, j}), expected, 1e-14);
        }
}

TEST(Linear, NamesItsParameters) {
    Rng rng(1);
    const nn::Linear layer(3, 2, rng);
    const nn::NamedParameters named = layer.named_parameters();
    ASSERT_EQ(named.size(), 2u);
    EXPECT_EQ(named[0].first, "weight");
    EXPECT_EQ(named[0].second.node(), layer.weight.node());
    EXPECT_EQ(named[0].second.shape(), (Shape{3, 2}));
    EXPECT_EQ(named[1].first, "bias");
    EXPECT_EQ(named[1].second.node(), layer.bias.node());
    EXPECT_EQ(named[1].second.shape(), (Shape{2}));
    EXPECT_EQ(layer.parameter_count(), 3 * 2 + 2);
    for (const Tensor& p : layer.parameters()) EXPECT_TRUE(p.requires_grad());
}

TEST(Linear, BeginsUniformByTheNumberOfInputs) {
    Rng rng(1);
    const nn::Linear layer(100, 400, rng);  // both bounds are 1/sqrt(100)
    for (const Tensor& p : layer.parameters()) {
        const auto values = p.to_vector();
        const auto [low, high] = std::minmax_element(values.begin(), values.end());
        EXPECT_GE(*low, -0.1);
        EXPECT_LT(*low, -0.098);
        EXPECT_LT(*high, 0.1);
        EXPECT_GT(*high, 0.098);
    }
}

TEST(Linear, PassesGradientsToInputWeightAndBias) {
    Rng rng(1);
    tests::expect_gradients(
        "linear",
        [&](const std::vector<Tensor>& v) {
            nn::Linear layer(3, 2, rng);
            layer.weight = v[1];
            layer.bias = v[2];
            return square(layer(v[0]));
        },
        {tests::random({4, 3}, 1), tests::random({3, 2}, 2), tests::random({2}, 3)});
}

TEST(Linear, SaysWhichShapesDoNotFit) {
    Rng rng(1);
    const nn::Linear layer(784, 32, rng);
    tests::expect_invalid(
        [&] {
            layer(autograd::zeros({256, 28}));
        },
        "linear: [256, 28] x [784, 32]: inner dimensions 28 and 784 differ");
    tests::expect_invalid([&] { layer(autograd::zeros({784})); },
                          "[784] x [784, 32]: both must be");
}
