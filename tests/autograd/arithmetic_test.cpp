#include "autograd/arithmetic.h"

#include <cmath>
#include <limits>

#include "autograd/backward.h"
#include "autograd/reductions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::tensor;
using autograd::to_string;
using tests::expect_gradients;
using tests::expect_invalid;
using tests::Numbers;
using tests::Shape;
using tests::Tensor;

struct Operation {
    const char* name;
    Tensor (*op)(const Tensor&, const Tensor&);
    double (*expected)(double, double);
};
const Operation operations[] = {
    {"add", autograd::add, [](double a, double b) { return a + b; }},
    {"sub", autograd::sub, [](double a, double b) { return a - b; }},
    {"mul", autograd::mul, [](double a, double b) { return a * b; }},
    {"div", autograd::div, [](double a, double b) { return a / b; }},
};

// Every way in which two shapes can broadcast, and the result.
struct Shapes {
    Shape a, b, y;
};
const Shapes broadcasts[] = {
    {{}, {}, {}},     // two numbers
    {{3}, {3}, {3}},  // equal
    {{2, 3}, {2, 3}, {2, 3}},
    {{2, 3}, {}, {2, 3}},  // a number
    {{2, 3}, {1}, {2, 3}},
    {{2, 3}, {1, 1}, {2, 3}},
    {{2, 3}, {3}, {2, 3}},  // a row: a bias
    {{2, 3}, {1, 3}, {2, 3}},
    {{2, 3}, {2, 1}, {2, 3}},  // a column
    {{2, 1}, {1, 3}, {2, 3}},  // an outer product
    {{2, 1}, {3}, {2, 3}},
    {{1}, {1, 1}, {1, 1}},        // only the rank differs
    {{2, 3, 4}, {4}, {2, 3, 4}},  // 3-D
    {{2, 3, 4}, {3, 1}, {2, 3, 4}},
    {{2, 3, 4}, {2, 1, 4}, {2, 3, 4}},  // the middle axis
    {{2, 1, 4}, {3, 1}, {2, 3, 4}},
    {{2, 2, 2, 3}, {2, 3}, {2, 2, 2, 3}},        // 4-D
    {{2, 1, 2, 1}, {1, 2, 1, 3}, {2, 2, 2, 3}},  // turn by turn
    {{2, 1, 1, 3}, {2, 2, 1}, {2, 2, 2, 3}},
    {{1, 2, 1, 1}, {2, 1, 2, 3}, {2, 2, 2, 3}},
};

// Element [i, j, ...] of x broadcast to `y`, by the rule itself.
double broadcast_element(const Tensor& x, const Shape& y, std::int64_t element) {
    std::int64_t offset = 0, step = 1;
    for (int axis = y.rank() - 1; axis >= 0; --axis) {
        const std::int64_t index = element % y[axis];
        element /= y[axis];
        const int in_x = axis - (y.rank() - x.shape().rank());
        if (in_x < 0) continue;
        if (x.shape()[in_x] != 1) offset += index * step;
        step *= x.shape()[in_x];
    }
    return x.data()[offset];
}

TEST(Arithmetic, ValuesInEveryBroadcastShape) {
    for (const Operation& o : operations)
        for (const Shapes& s : broadcasts)
            for (bool swapped : {false, true}) {
                const Tensor a = tests::random(swapped ? s.b : s.a, 1);
                const Tensor b = tests::random(swapped ? s.a : s.b, 2);
                const Tensor y = o.op(a, b);
                ASSERT_EQ(y.shape(), s.y) << o.name << to_string(s.a) << to_string(s.b);
                for (std::int64_t i = 0; i < y.size(); ++i)
                    ASSERT_EQ(y.data()[i], o.expected(broadcast_element(a, s.y, i),
                                                      broadcast_element(b, s.y, i)))
                        << o.name << to_string(a.shape()) << to_string(b.shape()) << " at " << i;
            }
}

TEST(Arithmetic, GradientsInEveryBroadcastShape) {
    for (const Operation& o : operations)
        for (const Shapes& s : broadcasts)
            for (bool swapped : {false, true}) {
                const Shape &a = swapped ? s.b : s.a, &b = swapped ? s.a : s.b;
                // The divisor stays away from 0.
                expect_gradients(std::string(o.name) + " " + to_string(a) + " " + to_string(b),
                                 [&](auto& x) { return o.op(x[0], x[1]); },
                                 {tests::random(a, 3), tests::random_away_from_0(b, 4, 0.5)});
            }
}

TEST(Arithmetic, GradientsOfATensorUsedTwice) {
    for (const Operation& o : operations)
        expect_gradients(std::string(o.name) + " of x and x",
                         [&](auto& x) { return o.op(x[0], x[0]); },
                         {tests::random_away_from_0({2, 3}, 5, 0.5)});
    expect_gradients("x and its own row",
                     [](auto& x) { return (x[0] + x[1]) * x[1] / (2 + x[1] * x[1]) - x[0] * x[1]; },
                     {tests::random({2, 3}, 6), tests::random({3}, 7)});
}

TEST(Arithmetic, NumbersOnEitherSide) {
    const Tensor x = tensor({1, 2, 4});
    EXPECT_EQ((x + 1).to_vector(), (Numbers{2, 3, 5}));
    EXPECT_EQ((1 - x).to_vector(), (Numbers{0, -1, -3}));
    EXPECT_EQ((2 * x).to_vector(), (Numbers{2, 4, 8}));
    EXPECT_EQ((8 / x).to_vector(), (Numbers{8, 4, 2}));
    EXPECT_EQ((-x).to_vector(), (Numbers{-1, -2, -4}));
    expect_gradients("numbers", [](auto& v) { return (3 - v[0]) * 2 / (v[0] + 5) - 1 / -v[0]; },
                     {tests::random_away_from_0({4}, 8, 0.5)});
}

TEST(Arithmetic, OutsideTheNumbers) {
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ((tensor({1, -1}) / 0).to_vector(), (Numbers{infinity, -infinity}));
    for (double v : (tensor({0, NAN}) / tensor({0, 1})).to_vector()) EXPECT_TRUE(std::isnan(v));
    EXPECT_TRUE(std::isnan((Tensor(infinity) - Tensor(infinity)).item()));
}

TEST(Arithmetic, OfNoElements) {
    const Tensor none = autograd::zeros({0, 3});
    for (const Operation& o : operations) {
        EXPECT_EQ(o.op(none, tensor({1, 2, 3})).shape(), (Shape{0, 3}));
        EXPECT_EQ(o.op(2, none).shape(), (Shape{0, 3}));
        EXPECT_EQ(o.op(autograd::zeros({2, 1, 1}), none).shape(), (Shape{2, 0, 3}));
        // A row that is repeated no times has the gradient 0.
        expect_gradients(o.name, [&](auto& x) { return o.op(x[0], x[1]); },
                         {none, tests::random_away_from_0({3}, 9)});
    }
    EXPECT_EQ((-none).shape(), (Shape{0, 3}));
}

TEST(Arithmetic, Messages) {
    for (const Operation& o : operations)
        expect_invalid(
            [&] {
                o.op(autograd::zeros({2, 3}), autograd::zeros({2}));
            },
            std::string(o.name) + ": [2, 3] and [2]: axis -1 has sizes 3 and 2");
}

TEST(Arithmetic, ATemporaryLendsItsMemoryWhereNobodyCanTell) {
    const Tensor x = autograd::tensor({1, 2, 3});
    const auto before = autograd::live_nodes();
    const Tensor y = x * (x - (x + x.detach()));
    EXPECT_EQ(y.to_vector(), (Numbers{-1, -4, -9}));
    EXPECT_EQ(autograd::live_nodes(), before + 1);

    Tensor shared = x.detach(), other = shared;
    EXPECT_EQ((x * std::move(shared)).to_vector(), (Numbers{1, 4, 9}));
    EXPECT_EQ(other.to_vector(), (Numbers{1, 2, 3}));

    Tensor w = x.detach().requires_grad_();  // a gradient will read what stands beside it
    const Tensor z = w * x.detach(), L = sum(z * (w + x.detach()));
    EXPECT_EQ(grad(L, w).to_vector(), (Numbers{3, 12, 27}));  // L = w x (w + x)
    {
        const autograd::NoGrad no_grad;
        const Tensor doubled = w + std::move(w);
        EXPECT_EQ(doubled.to_vector(), (Numbers{2, 4, 6}));
    }
}

}  // namespace
