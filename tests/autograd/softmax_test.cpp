#include "autograd/activations.h"

#include <cmath>
#include <limits>

#include "autograd/arithmetic.h"
#include "autograd/backward.h"
#include "autograd/functions.h"
#include "autograd/reductions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::log_softmax;
using autograd::tensor;
using autograd::to_string;
using autograd::zeros;
using tests::expect_gradients;
using tests::expect_invalid;
using tests::Numbers;
using tests::Shape;
using tests::Tensor;

const Shape shapes[] = {{1}, {5}, {3, 1}, {2, 20}, {2, 3, 4}, {2, 1, 2, 3}};

// log softmax of the right, certain answer is -log(1 + rest), and the rest is small.
TEST(LogSoftmax, KeepsTheDigitsOfACertainAnswer) {
    for (const double z : {10.0, 20.0, 40.0, 80.0}) {
        const auto y = log_softmax(tensor({{z, 0, 0}})).to_vector();
        EXPECT_NEAR(y[0] / -std::log1p(2 * std::exp(-z)), 1, 1e-6) << z;
        EXPECT_NEAR(y[1] / (-z - std::log1p(2 * std::exp(-z))), 1, 1e-6) << z;
    }
}

TEST(LogSoftmax, ValuesByTheFormula) {
    for (const Shape& shape : shapes) {
        const Tensor x = tests::random(shape, 1), y = log_softmax(x);
        ASSERT_EQ(y.shape(), shape);
        const std::int64_t classes = x.size(-1);
        for (std::int64_t i = 0; i < x.size(); ++i) {
            const std::int64_t row = i / classes * classes;
            double total = 0;
            for (std::int64_t j = 0; j < classes; ++j) total += std::exp(x.data()[row + j]);
            EXPECT_NEAR(y.data()[i], x.data()[i] - std::log(total), 1e-14) << to_string(shape);
        }
    }
}

TEST(LogSoftmax, Gradients) {
    for (const Shape& shape : shapes) {
        const Tensor x = tests::random(shape, 2);
        expect_gradients("log_softmax " + to_string(shape),
                         [](auto& v) { return log_softmax(v[0]); }, {x});
        expect_gradients("its square " + to_string(shape),
                         [](auto& v) { return square(log_softmax(v[0])); }, {x});
        expect_gradients("softmax " + to_string(shape),
                         [](auto& v) { return exp(log_softmax(v[0])); }, {x});
    }
}

TEST(LogSoftmax, HugeScoresDontOverflow) {
    EXPECT_EQ(log_softmax(tensor({1000, 0, -1000})).to_vector(), (Numbers{0, -1000, -2000}));
    EXPECT_EQ(log_softmax(tensor({1e300, 1e300})).to_vector(),
              (Numbers{-std::log(2.0), -std::log(2.0)}));
    EXPECT_EQ(log_softmax(tensor({-1e300, 0})).to_vector(), (Numbers{-1e300, 0}));
    Tensor x = tensor({1000, 0});
    x.requires_grad_();
    EXPECT_EQ(autograd::grad(sum(log_softmax(x) * tensor({0, 1})), x).to_vector(),
              (Numbers{-1, 1}));
}

TEST(LogSoftmax, ImpossibleClassesAndNaN) {
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(log_softmax(tensor({0, -infinity})).to_vector(), (Numbers{0, -infinity}));
    const Tensor y = log_softmax(tensor({{1, NAN, 2}, {NAN, 1, 2}, {0, 0, 0}}));
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(std::isnan(y.data()[i])) << i;
    EXPECT_DOUBLE_EQ(y.at({2, 0}), -std::log(3.0));  // other rows are unharmed
}

TEST(LogSoftmax, OfNoElements) {
    EXPECT_EQ(log_softmax(zeros({0, 3})).shape(), (Shape{0, 3}));
    EXPECT_EQ(log_softmax(zeros({3, 0})).shape(), (Shape{3, 0}));
}

TEST(LogSoftmax, Messages) {
    expect_invalid([] { log_softmax(Tensor(1)); }, "log_softmax: [] has no axis -1");
}

}  // namespace
