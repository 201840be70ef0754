#include "autograd/functions.h"

#include <cmath>
#include <limits>

#include "autograd/arithmetic.h"
#include "autograd/reductions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::tensor;
using tests::expect_gradients;
using tests::expect_invalid;
using tests::Numbers;
using tests::Shape;
using tests::Tensor;

const double infinity = std::numeric_limits<double>::infinity();

struct Case {
    const char* name;
    Tensor (*op)(const Tensor&);
    double (*expected)(double);
    double low, high;  // where it is smooth
};
const Case cases[] = {
    {"square", autograd::square, [](double x) { return x * x; }, -2, 2},
    {"pow 3", [](const Tensor& x) { return pow(x, 3); }, [](double x) { return x * x * x; }, -2, 2},
    {"pow 0.7", [](const Tensor& x) { return pow(x, 0.7); },
     [](double x) { return std::pow(x, 0.7); }, 0.5, 2},
    {"pow -2", [](const Tensor& x) { return pow(x, -2); }, [](double x) { return 1 / (x * x); },
     0.5, 2},
    {"pow 2", [](const Tensor& x) { return pow(x, 2); }, [](double x) { return x * x; }, -2, 2},
    {"pow 1", [](const Tensor& x) { return pow(x, 1); }, [](double x) { return x; }, -2, 2},
    {"pow 0", [](const Tensor& x) { return pow(x, 0); }, [](double) { return 1.0; }, -2, 2},
    {"sqrt", autograd::sqrt, [](double x) { return std::sqrt(x); }, 0.5, 2},
    {"exp", autograd::exp, [](double x) { return std::exp(x); }, -2, 2},
    {"log", autograd::log, [](double x) { return std::log(x); }, 0.5, 2},
    {"abs, x > 0", autograd::abs, [](double x) { return std::abs(x); }, 0.1, 2},
    {"abs, x < 0", autograd::abs, [](double x) { return std::abs(x); }, -2, -0.1},
    {"clamp, inside", [](const Tensor& x) { return clamp(x, -1, 1); }, [](double x) { return x; },
     -0.9, 0.9},
    {"clamp, above", [](const Tensor& x) { return clamp(x, -1, 1); }, [](double) { return 1.0; },
     1.1, 3},
    {"clamp, below", [](const Tensor& x) { return clamp(x, -1, 1); }, [](double) { return -1.0; },
     -3, -1.1},
};

TEST(Functions, ValuesAndGradients) {
    for (const Case& c : cases) {
        const Tensor x = tests::random({2, 3}, 1, c.low, c.high), y = c.op(x);
        ASSERT_EQ(y.shape(), x.shape());
        for (int i = 0; i < 6; ++i)
            EXPECT_DOUBLE_EQ(y.data()[i], c.expected(x.data()[i])) << c.name;
        expect_gradients(c.name, [&](auto& v) { return c.op(v[0]); }, {x});
        expect_gradients(std::string(c.name) + ", squared",
                         [&](auto& v) { return c.op(v[0]) * c.op(v[0]); }, {x});
        EXPECT_EQ(c.op(autograd::zeros({0, 2})).shape(), (Shape{0, 2})) << c.name;
    }
}

// dy/dx at one point
double slope(Tensor (*op)(const Tensor&), double at) {
    Tensor x = at;
    x.requires_grad_();
    op(x).backward();
    return x.grad().item();
}

TEST(Functions, SlopesAtKinksArePyTorchs) {
    EXPECT_EQ(slope(autograd::abs, 0), 0);
    const auto clamp01 = [](const Tensor& x) { return clamp(x, 0, 1); };
    EXPECT_EQ(slope(clamp01, 0), 1);  // the bounds belong to the inside
    EXPECT_EQ(slope(clamp01, 1), 1);
    EXPECT_EQ(slope(clamp01, -1e-9), 0);
    EXPECT_EQ(slope(clamp01, 1 + 1e-9), 0);
    EXPECT_EQ(slope(clamp01, NAN), 0);
    EXPECT_EQ(slope([](const Tensor& x) { return pow(x, 1); }, 0), 1);
    EXPECT_EQ(slope([](const Tensor& x) { return pow(x, 2); }, 0), 0);
    EXPECT_EQ(slope(autograd::sqrt, 0), infinity);
    EXPECT_EQ(slope(autograd::log, 0), infinity);
}

// x^0 = 1 whatever x: nothing flows back, not even 0 times infinity.
TEST(Functions, PowerZeroHasNoSlope) {
    Tensor x = tensor({0, 2});
    x.requires_grad_();
    sum(pow(x, 0) + x).backward();
    EXPECT_EQ(x.grad().to_vector(), (Numbers{1, 1}));
}

// log's slope is infinite at 0; where clamp is flat, the product is 0 nevertheless.
TEST(Functions, ClampStopsAnInfiniteGradient) {
    Tensor x = tensor({-1, 0.5, 2});
    x.requires_grad_();
    sum(log(clamp(x, 0, 1))).backward();
    EXPECT_EQ(x.grad().to_vector(), (Numbers{0, 2, 0}));
}

TEST(Functions, OutsideTheDomain) {
    EXPECT_EQ(log(Tensor(0)).item(), -infinity);
    EXPECT_TRUE(std::isnan(log(Tensor(-1)).item()));
    EXPECT_TRUE(std::isnan(sqrt(Tensor(-1)).item()));
    EXPECT_EQ(exp(Tensor(1000)).item(), infinity);
    EXPECT_EQ(exp(Tensor(-infinity)).item(), 0);
    EXPECT_EQ(pow(Tensor(0), -1).item(), infinity);
    EXPECT_TRUE(std::isnan(pow(Tensor(-1), 0.5).item()));
    for (const Case& c : cases) {
        const bool constant = std::string(c.name) == "pow 0";
        EXPECT_EQ(std::isnan(c.op(Tensor(NAN)).item()), !constant) << c.name;
    }
    EXPECT_EQ(clamp(tensor({-infinity, infinity}), -1, 2).to_vector(), (Numbers{-1, 2}));
}

TEST(Functions, ClampWithOneBound) {
    EXPECT_EQ(clamp(tensor({-5, 5}), 0, infinity).to_vector(), (Numbers{0, 5}));
    EXPECT_EQ(clamp(tensor({-5, 5}), 3, 3).to_vector(), (Numbers{3, 3}));
}

TEST(Functions, Messages) {
    expect_invalid([] { clamp(Tensor(0), 2, 1); }, "clamp: low 2.000000 is above high 1.000000");
    expect_invalid([] { clamp(Tensor(0), NAN, 1); }, "clamp: low nan");
}

}  // namespace
