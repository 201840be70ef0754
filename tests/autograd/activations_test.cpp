#include "autograd/activations.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/arithmetic.h"
#include "autograd/backward.h"
#include "autograd/functions.h"
#include "autograd/reductions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::grad;
using autograd::tensor;
using tests::expect_gradients;
using tests::Numbers;
using tests::Shape;
using tests::Tensor;

const double infinity = std::numeric_limits<double>::infinity();

struct Case {
    const char* name;
    Tensor (*op)(const Tensor&);
    double (*expected)(double);
};
const Case cases[] = {
    {"sigmoid", autograd::sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }},
    {"tanh", autograd::tanh, [](double x) { return std::tanh(x); }},
    {"relu", autograd::relu, [](double x) { return std::max(x, 0.0); }},
    {"leaky_relu", [](const Tensor& x) { return leaky_relu(x); },
     [](double x) { return x > 0 ? x : 0.01 * x; }},
    {"leaky_relu 0.3", [](const Tensor& x) { return leaky_relu(x, 0.3); },
     [](double x) { return x > 0 ? x : 0.3 * x; }},
    {"softplus", autograd::softplus, [](double x) { return std::log(1 + std::exp(x)); }},
};

TEST(Activations, ValuesAndGradients) {
    for (const Case& c : cases) {
        const Tensor x = tests::random_away_from_0({3, 4}, 1), y = c.op(x);
        ASSERT_EQ(y.shape(), x.shape());
        for (int i = 0; i < 12; ++i)
            EXPECT_NEAR(y.data()[i], c.expected(x.data()[i]), 1e-15) << c.name;
        expect_gradients(c.name, [&](auto& v) { return c.op(v[0]); }, {x});
        // With a gradient that depends on x, too: all terms of the second derivative.
        expect_gradients(std::string(c.name) + ", squared",
                         [&](auto& v) { return square(c.op(v[0] * v[0] - 0.01)); }, {x});
        EXPECT_EQ(c.op(autograd::zeros({0})).shape(), (Shape{0})) << c.name;
    }
}

// The fused gradients have gradients of their own: f' against the third derivative.
TEST(Activations, ThirdDerivatives) {
    const auto first_derivative = [](Tensor (*op)(const Tensor&)) {
        return [op](const std::vector<Tensor>& v) { return grad(sum(op(v[0])), v[0], true); };
    };
    const Tensor x = tests::random({5}, 2);
    expect_gradients("sigmoid'", first_derivative(autograd::sigmoid), {x});
    expect_gradients("tanh'", first_derivative(autograd::tanh), {x});
    expect_gradients("softplus'", first_derivative(autograd::softplus), {x});
}

TEST(Activations, SlopesAtKinksArePyTorchs) {
    Tensor x = tensor({-1, 0, 1});
    x.requires_grad_();
    EXPECT_EQ(grad(sum(relu(x)), x).to_vector(), (Numbers{0, 0, 1}));
    EXPECT_EQ(grad(sum(leaky_relu(x, 0.25)), x).to_vector(), (Numbers{0.25, 0.25, 1}));
}

// log's slope is infinite at 0; where relu is flat, the product is 0 nevertheless.
TEST(Activations, ReluStopsAnInfiniteGradient) {
    Tensor x = tensor({-1, 0, 4});
    x.requires_grad_();
    EXPECT_EQ(grad(sum(log(relu(x))), x).to_vector(), (Numbers{0, 0, 0.25}));
    EXPECT_EQ(grad(sum(log(leaky_relu(x, 0))), x).to_vector(), (Numbers{0, 0, 0.25}));
    EXPECT_EQ(leaky_relu(Tensor(-infinity), 0).item(), 0);
}

TEST(Activations, FarOutNothingOverflows) {
    const Tensor far = tensor({-infinity, -1000, 1000, infinity});
    EXPECT_EQ(sigmoid(far).to_vector(), (Numbers{0, 0, 1, 1}));
    EXPECT_EQ(tanh(far).to_vector(), (Numbers{-1, -1, 1, 1}));
    EXPECT_EQ(relu(far).to_vector(), (Numbers{0, 0, 1000, infinity}));
    EXPECT_EQ(softplus(far).to_vector(), (Numbers{0, 0, 1000, infinity}));
    Tensor x = tensor({-1000, 1000});
    x.requires_grad_();
    EXPECT_EQ(grad(sum(sigmoid(x)), x).to_vector(), (Numbers{0, 0}));
    EXPECT_EQ(grad(sum(softplus(x)), x).to_vector(), (Numbers{0, 1}));
    EXPECT_NEAR(softplus(Tensor(-40)).item(), std::exp(-40.0), 1e-32);  // 1 + exp(-40) is 1
}

TEST(Activations, KeepNaN) {
    for (const Case& c : cases) EXPECT_TRUE(std::isnan(c.op(Tensor(NAN)).item())) << c.name;
}

}  // namespace
