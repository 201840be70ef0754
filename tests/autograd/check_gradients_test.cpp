#include "autograd/check_gradients.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "autograd/activations.h"
#include "autograd/arithmetic.h"
#include "autograd/functions.h"
#include "autograd/map.h"
#include "autograd/reductions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::check_gradients;
using autograd::GradientCheck;
using autograd::tensor;
using tests::expect_invalid;
using tests::real;
using tests::Tensor;

using Inputs = std::vector<Tensor>;

void expect_part(const GradientCheck& check, const std::string& part) {
    EXPECT_NE(check.message.find(part), std::string::npos)
        << "the message is \"" << check.message << "\", without \"" << part << "\"";
}

TEST(CheckGradients, PassesWhatIsRight) {
    const auto f = [](const Inputs& x) { return tanh(x[0] * x[1]); };
    for (int order : {1, 2}) {
        const GradientCheck check =
            check_gradients(f, {tests::random({2, 3}, 1), tests::random({3}, 2)}, order);
        EXPECT_TRUE(check) << check.message;
        EXPECT_GT(check.largest_error, 0);
        EXPECT_LT(check.largest_error, 1e-8);
        expect_part(check, "input ");  // where the largest error is, although it is small
    }
}

// x^2 with the slope 2.01 x
Tensor careless_square(const Tensor& x) {
    return record("careless_square", map(x, [](real v) { return v * v; }), {x},
                  [](auto& g, auto&, auto& x) { return 2.01 * g * x; });
}

TEST(CheckGradients, FindsAWrongFormula) {
    const GradientCheck check =
        check_gradients([](const Inputs& x) { return x[0] + careless_square(x[1]); },
                        {tests::random({2}, 3), tensor({1, 2})});
    EXPECT_FALSE(check);
    expect_part(check, "input 1 of shape [2], element [");
    // Both numbers stand in the message, and they are in the ratio of 2.01 to 2.
    double engine = 0, differences = 0;
    const std::size_t at = check.message.find("engine");
    ASSERT_EQ(std::sscanf(check.message.c_str() + at, "engine %lf, differences %lf", &engine,
                          &differences),
              2)
        << check.message;
    EXPECT_NEAR(engine / differences, 2.01 / 2, 1e-8);
    EXPECT_NEAR(check.largest_error,
                std::abs(engine - differences) / std::max(1.0, std::abs(engine)), 1e-9);
}

// Right everywhere but in one element.
Tensor one_element_off(const Tensor& x) {
    return record("one_element_off", map(x, [](real v) { return 3 * v; }), {x},
                  [](auto& g, auto&, auto&) {
                      Tensor off = (3 * g).detach();
                      off.mutable_data()[4] += 0.001;
                      return off;
                  });
}

TEST(CheckGradients, SaysWhichElement) {
    const GradientCheck check = check_gradients(
        [](const Inputs& x) { return one_element_off(x[0]); }, {tests::random({2, 3}, 4)});
    EXPECT_FALSE(check);
    expect_part(check, "input 0 of shape [2, 3], element [1, 1]: engine ");
    EXPECT_NEAR(check.largest_error, 0.001, 0.0009);
}

// sin with the right slope, whose own gradient has the wrong sign: only order 2 can see it.
Tensor wrong_sign_at_order_2(const Tensor& x) {
    return record(
        "sin", map(x, [](real v) { return std::sin(v); }), {x}, [](auto& g, auto&, auto& x) {
            const Tensor cosine = record("cos", map(x, [](real v) { return std::cos(v); }), {x},
                                         [](auto& G, auto&, auto& x) {
                                             return G * map(x, [](real v) { return std::sin(v); });
                                         });
            return g * cosine;
        });
}

// exp whose slope is numbers without a graph: at order 2 it looks like a constant.
Tensor not_differentiable_again(const Tensor& x) {
    return record("exp", map(x, [](real v) { return std::exp(v); }), {x},
                  [](auto& g, auto& y, auto&) { return g * y.detach(); });
}

TEST(CheckGradients, FindsAnErrorOfOrder2) {
    for (const auto op : {wrong_sign_at_order_2, not_differentiable_again}) {
        const auto f = [op](const Inputs& x) { return op(x[0]); };
        const Inputs inputs{tests::random({4}, 5, 0.5, 1)};
        const GradientCheck first = check_gradients(f, inputs, 1);
        EXPECT_TRUE(first) << first.message;
        const GradientCheck second = check_gradients(f, inputs, 2);
        EXPECT_FALSE(second);
        expect_part(second, "order 2, input 0 of shape [4], element [");
    }
    // An error of order 1 is told as such.
    const GradientCheck check =
        check_gradients([](const Inputs& x) { return careless_square(x[0]); }, {tensor({1})}, 2);
    EXPECT_FALSE(check);
    EXPECT_EQ(check.message.find("order 2"), std::string::npos) << check.message;
}

TEST(CheckGradients, FindsAMissingGradient) {
    const GradientCheck check = check_gradients(
        [](const Inputs& x) {
            return record("lost", map(x[0], [](real v) { return v; }), {x[0]},
                          autograd::no_gradient);
        },
        {tests::random({2}, 6)});
    EXPECT_FALSE(check);
    expect_part(check, "engine 0, differences ");
}

TEST(CheckGradients, FindsNaN) {
    const GradientCheck check =
        check_gradients([](const Inputs& x) { return sqrt(x[0]); }, {tensor({1, -1, 4})});
    EXPECT_FALSE(check);
    EXPECT_TRUE(std::isnan(check.largest_error));
    expect_part(check, "nan");
}

TEST(CheckGradients, AnInputMayBeIgnored) {
    for (int order : {1, 2}) {
        const Inputs inputs{tests::random({2}, 7), tests::random({3, 1}, 8)};
        EXPECT_TRUE(check_gradients([](const Inputs& x) { return exp(x[0]); }, inputs, order));
        EXPECT_TRUE(check_gradients([](const Inputs& x) { return 2 * x[1]; }, inputs, order));
        EXPECT_TRUE(check_gradients([](const Inputs&) { return Tensor(1); }, inputs, order));
    }
}

TEST(CheckGradients, LeavesTheInputsAlone) {
    Tensor x = tensor({1, 2});
    x.requires_grad_();
    EXPECT_TRUE(check_gradients([](const Inputs& v) { return exp(v[0]); }, {x}, 2));
    EXPECT_FALSE(x.grad().defined());
    EXPECT_EQ(x.to_vector(), (tests::Numbers{1, 2}));
}

TEST(CheckGradients, AKinkShows) {
    const GradientCheck check =
        check_gradients([](const Inputs& x) { return relu(x[0]); }, {tensor({1, 0})});
    EXPECT_FALSE(check);
    expect_part(check, "perhaps a kink");
}

TEST(CheckGradients, SaysWhatMayBeBehindAnError) {
    const GradientCheck unrecorded = check_gradients(
        [](const Inputs& x) { return not_differentiable_again(x[0]); }, {tensor({1})}, 2);
    expect_part(unrecorded, "engine 0, ");
    expect_part(unrecorded, "(perhaps a gradient function that is not recorded");
    // A plain wrong formula is neither.
    const GradientCheck careless =
        check_gradients([](const Inputs& x) { return careless_square(x[0]); }, {tensor({1})});
    EXPECT_EQ(careless.message.find("perhaps"), std::string::npos) << careless.message;
}

// The loss holds its leaves itself.
TEST(CheckGradients, OfALossOfItsOwnLeaves) {
    Tensor x = tests::random({2, 3}, 9), y = tests::random({3}, 10);
    const tests::Numbers x_before = x.to_vector(), y_before = y.to_vector();
    x.requires_grad_(), y.requires_grad_();
    const auto unchanged = [&] { return x.to_vector() == x_before && y.to_vector() == y_before; };
    for (int order : {1, 2}) {
        const GradientCheck right = check_gradients([&] { return tanh(x * y); }, {x, y}, order);
        EXPECT_TRUE(right) << right.message;
        EXPECT_GT(right.largest_error, 0);  // the leaves have been moved
        EXPECT_TRUE(unchanged());
        EXPECT_FALSE(x.grad().defined());

        const GradientCheck wrong =
            check_gradients([&] { return x * careless_square(y); }, {x, y}, order);
        EXPECT_FALSE(wrong);
        expect_part(wrong, "input 1 of shape [3], element [");
        EXPECT_TRUE(unchanged());
    }
    const GradientCheck second = check_gradients([&] { return wrong_sign_at_order_2(x); }, {x}, 2);
    EXPECT_FALSE(second);
    expect_part(second, "order 2, input 0 of shape [2, 3]");
}

TEST(CheckGradients, PutsTheLeavesBackWhenTheLossThrows) {
    Tensor x = tensor({0.1, 0.2});
    x.requires_grad_();
    int calls = 0;
    const auto loss = [&] {
        if (++calls == 3) throw std::runtime_error("enough");
        return exp(x);
    };
    EXPECT_THROW(check_gradients(loss, {x}), std::runtime_error);
    EXPECT_EQ(x.to_vector(), (tests::Numbers{0.1, 0.2}));
}

TEST(CheckGradients, TheToleranceIsTheCallers) {
    const auto f = [](const Inputs& x) { return careless_square(x[0]); };
    EXPECT_TRUE(check_gradients(f, {tensor({1})}, 1, 0.1));
    EXPECT_FALSE(check_gradients(f, {tensor({1})}, 1, 1e-4));
}

TEST(CheckGradients, Messages) {
    const auto f = [](const Inputs& x) { return x[0]; };
    expect_invalid([&] { check_gradients(f, {tensor({1})}, 3); },
                   "check_gradients: order 3: it is 1 or 2");
    expect_invalid([&] { check_gradients(f, {tensor({1})}, 0); }, "order 0");
    expect_invalid([&] { check_gradients([] { return Tensor(1); }, {tensor({1})}); },
                   "parameter 0 is not a leaf that requires a gradient");
}

}  // namespace
