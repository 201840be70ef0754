// Every elementwise function at the points where number formats and functions have their corners:
// zeros of both signs, subnormal and huge numbers, kinks, infinities, NaN. Values and derivatives
// to third order are compared with formulas in long double that share nothing with the engine.
#include <cmath>
#include <limits>
#include <string>

#include "autograd/activations.h"
#include "autograd/arithmetic.h"
#include "autograd/backward.h"
#include "autograd/functions.h"
#include "tests/autograd/support.h"

namespace {

using tests::Numbers;
using tests::real;
using tests::Tensor;

using Limits = std::numeric_limits<real>;
using Wide = long double;
constexpr Wide infinity = std::numeric_limits<Wide>::infinity();

Numbers special_points() {
    const real least = Limits::denorm_min(), normal = Limits::min(), eps = Limits::epsilon();
    const real largest = Limits::max(), top = std::log(largest), bottom = std::log(least);
    const real root = std::sqrt(eps), square_root = std::sqrt(largest), cube_root = std::cbrt(eps);
    Numbers points;
    for (const real x : {real(0),
                         least,
                         3 * least,
                         normal - least,
                         normal,
                         1 / largest,
                         eps,
                         root,
                         cube_root,
                         real(0.1),
                         real(0.5),
                         1 - eps,
                         real(1),
                         1 + eps,
                         real(2),
                         real(2.5),
                         real(5),
                         real(20),
                         real(40),
                         top - 1,
                         top + 1,
                         -bottom - 2,
                         -bottom + 2,
                         1 / eps,
                         square_root * (1 - eps),
                         square_root * (1 + 4 * eps),
                         largest / 4,
                         largest,
                         Limits::infinity()}) {
        points.push_back(x);
        points.push_back(-x);
    }
    points.push_back(Limits::quiet_NaN());
    return points;
}

// The n-th derivative of a function at x, n = 0 for its value.
using Exact = Wide (*)(Wide x, int n);

// How far off a result may be, in units of eps, besides an error in proportion to its size. It is 0
// but where a function is as good as constant, and its derivatives are differences like 1 - y.
using Slack = Wide (*)(Wide x);
Wide none(Wide) { return 0; }

struct Function {
    std::string name;
    std::function<Tensor(const Tensor&)> op;
    std::function<Wide(Wide, int)> exact;
    Slack slack = none;
    bool kinks = false;  // then the slope at NaN is anything
};

Wide sigmoid_(Wide x, int n) {
    const Wide s = 1 / (1 + std::exp(-x)), rest = 1 / (1 + std::exp(x));
    switch (n) {
        case 0:
            return s;
        case 1:
            return s * rest;
        case 2:
            return s * rest * (rest - s);
        default:
            return s * rest * (1 - 6 * s * rest);
    }
}
Wide tanh_(Wide x, int n) {
    const Wide y = std::tanh(x), c = std::cosh(x), slope = 1 / (c * c);
    switch (n) {
        case 0:
            return y;
        case 1:
            return slope;
        case 2:
            return -2 * y * slope;
        default:
            return 2 * slope * (2 - 3 * slope);
    }
}
Wide softplus_(Wide x, int n) {
    if (n > 0) return sigmoid_(x, n - 1);
    return std::fmax(x, Wide(0)) + std::log1p(std::exp(-std::fabs(x))) + 0 * (x != x ? x : 0);
}
Wide exp_(Wide x, int) { return std::exp(x); }
Wide log_(Wide x, int n) {
    switch (n) {
        case 0:
            return x == 0 ? -infinity : std::log(x);
        case 1:
            return 1 / x;
        case 2:
            return -1 / x / x;
        default:
            return 2 / x / x / x;
    }
}
Wide sqrt_(Wide x, int n) {
    const Wide y = std::sqrt(x);
    switch (n) {
        case 0:
            return y;
        case 1:
            return 0.5L / y;
        case 2:
            return -0.25L / y / y / y;
        default:
            return 0.375L / y / y / y / y / y;
    }
}
Wide reciprocal(Wide x, int n) {
    switch (n) {
        case 0:
            return 1 / x;
        case 1:
            return -1 / x / x;
        case 2:
            return 2 / x / x / x;
        default:
            return -6 / x / x / x / x;
    }
}
Wide cube(Wide x, int n) { return n == 0 ? x * x * x : n == 1 ? 3 * x * x : n == 2 ? 6 * x : 6; }
// x^p for any p. The coefficient p (p - 1) ... comes first: where it is 0, so is the derivative.
Wide power(Wide x, Wide p, int n) {
    Wide coefficient = 1;
    for (int i = 0; i < n; ++i) coefficient *= p - static_cast<Wide>(i);
    return coefficient == 0 ? 0 : coefficient * std::pow(x, p - static_cast<Wide>(n));
}
// slope x + offset
Wide line(Wide x, Wide slope, Wide offset, int n) {
    return n == 0 ? slope * x + offset : n == 1 ? slope : 0;
}

Wide on_the_right(Wide x) { return x > -2 ? 8 : 0; }
Wide away_from_0(Wide x) { return std::fabs(x) > 0.4L ? 8 : 0; }

Function power_of(double p) {
    return {"pow " + std::to_string(p), [p](const Tensor& x) { return pow(x, p); },
            [p](Wide x, int n) { return power(x, p, n); }};
}

std::vector<Function> functions() {
    const real slope = real(0.01);
    std::vector<Function> all = {
        {"sigmoid", autograd::sigmoid, sigmoid_, on_the_right},
        {"tanh", autograd::tanh, tanh_, away_from_0},
        {"softplus", autograd::softplus, softplus_, on_the_right},
        {"exp", autograd::exp, exp_},
        {"log", autograd::log, log_},
        {"sqrt", autograd::sqrt, sqrt_},
        {"square", autograd::square, [](Wide x, int n) { return power(x, 2, n); }},
        {"neg", autograd::neg, [](Wide x, int n) { return line(x, -1, 0, n); }},
        {"1 / x", [](const Tensor& x) { return 1 / x; }, reciprocal},
        {"x x x", [](const Tensor& x) { return x * x * x; }, cube},
        {"x + 3", [](const Tensor& x) { return x + 3; },
         [](Wide x, int n) { return line(x, 1, 3, n); }},
        {"3 - x", [](const Tensor& x) { return 3 - x; },
         [](Wide x, int n) { return line(x, -1, 3, n); }},
        {"x / 4", [](const Tensor& x) { return x / 4; },
         [](Wide x, int n) { return line(x, 0.25L, 0, n); }},
        {"relu", autograd::relu, [](Wide x, int n) { return x <= 0 ? 0 : line(x, 1, 0, n); }, none,
         true},
        {"leaky_relu", [](const Tensor& x) { return leaky_relu(x, 0.01); },
         [slope](Wide x, int n) { return line(x, x > 0 ? 1 : slope, 0, n); }, none, true},
        {"abs", autograd::abs,
         [](Wide x, int n) {
             return line(x, x > 0 ? 1 : x < 0 ? -1 : x, 0, n);
         },
         none, true},
        {"clamp", [](const Tensor& x) { return clamp(x, -1, 2.5); },
         [](Wide x, int n) {
             return x < -1     ? line(-1, n == 0, 0, n)
                    : x > 2.5L ? line(2.5L, n == 0, 0, n)
                               : line(x, 1, 0, n);
         },
         none, true},
    };
    for (const double p : {0.0, 1.0, 2.0, 3.0, 4.0, -1.0, -2.0, 0.5, 1.5, 2.5, -0.5})
        all.push_back(power_of(p));
    return all;
}

// dy/dx for each element; 0 where y no longer depends on x.
Tensor derivative(const Tensor& y, const Tensor& x) {
    if (!y.requires_grad()) return autograd::zeros(x.shape());
    const Tensor outputs[] = {y}, inputs[] = {x}, ones[] = {autograd::ones(y.shape())};
    try {
        return grad(outputs, inputs, true, ones)[0];
    } catch (const std::invalid_argument&) {  // the graph ended at a step
        return autograd::zeros(x.shape());
    }
}

bool agree(real got, Wide exact, Wide slack) {
    if (std::isnan(exact)) return std::isnan(got);
    const Wide size = std::fabs(exact);
    if (size > Limits::max()) return got == (exact > 0 ? Limits::infinity() : -Limits::infinity());
    const Wide tolerance = (16 * size + slack) * Limits::epsilon() + 4 * Wide(Limits::denorm_min());
    return std::fabs(got - exact) <= tolerance;
}

void expect_values_and_three_derivatives() {
    const Numbers points = special_points();
    const std::vector<double> values(points.begin(), points.end());
    for (const Function& f : functions()) {
        const Tensor x = autograd::tensor(values, {std::ssize(values)}).requires_grad_();
        Tensor y = f.op(x);
        for (int n = 0; n <= 3; ++n) {
            if (n > 0) y = derivative(y, x);
            for (std::size_t i = 0; i < points.size(); ++i) {
                if (f.kinks && n > 0 && std::isnan(points[i])) continue;
                const real got = y.data()[i];
                const Wide exact = f.exact(points[i], n);
                EXPECT_TRUE(agree(got, exact, f.slack(points[i])))
                    << f.name << ", derivative " << n << " at " << points[i] << ": " << got
                    << ", exactly " << exact;
            }
        }
    }
}

// ctest knows a test by its name.
#ifdef HOURGLASS_DOUBLE
TEST(SpecialPoints, ValuesAndThreeDerivatives) { expect_values_and_three_derivatives(); }
#else
TEST(Float, ValuesAndThreeDerivativesAtSpecialPoints) { expect_values_and_three_derivatives(); }
#endif

}  // namespace
