#include "autograd/kernels/math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace kernels = autograd::kernels;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

// How many floats lie between y and the exact value: 0.5 is the best that rounding can do.
double ulps(float y, double exact) {
    if (std::isinf(y) || std::isinf(static_cast<float>(exact)))
        return y == static_cast<float>(exact) ? 0 : 1e9;
    // The distance from one float to the next at this size; below 2^-126 it is always 2^-149.
    const int exponent = exact == 0 ? -126 : std::max(std::ilogb(exact), -126);
    return std::abs(y - exact) / std::ldexp(1.0, exponent - 23);
}

struct Function {
    const char* name;
    float (*fast)(float);
    double (*exact)(double);
    float low, high;
};
const Function functions[] = {
    {"exp", kernels::exp, std::exp, -110, 95},
    {"log", kernels::log, std::log, 0, 100},
    {"log near 1", kernels::log, std::log, 0.5f, 2},
    {"log1p", kernels::log1p, std::log1p, 0, 10},
    {"tanh", kernels::tanh, std::tanh, -12, 12},
    {"tanh near 0", kernels::tanh, std::tanh, -0.7f, 0.7f},
    {"sigmoid", kernels::sigmoid<float>, [](double x) { return 1 / (1 + std::exp(-x)); }, -110, 30},
    {"softplus", kernels::softplus<float>, [](double x) { return std::log1p(std::exp(x)); }, -110,
     100},
};

TEST(Math, WithinThreeUlpsOfTheExactValue) {
    for (const Function& f : functions) {
        double worst = 0;
        float where = 0;
        const int steps = 200000;
        for (int i = 0; i <= steps; ++i) {
            const float x = f.low + (f.high - f.low) * static_cast<float>(i) / steps;
            const double error = ulps(f.fast(x), f.exact(x));
            if (error <= worst) continue;
            worst = error;
            where = x;
        }
        EXPECT_LE(worst, 3) << f.name << " at " << where;
    }
}

// Evenly spaced bits: each binade the same number of times, the subnormal ones among them.
TEST(Math, WithinThreeUlpsAtEveryMagnitude) {
    struct Range {
        const char* name;
        float (*fast)(float);
        double (*exact)(double);
        float low, high;  // positive
    };
    const Range ranges[] = {
        {"log", kernels::log, std::log, 1e-45f, std::numeric_limits<float>::max()},
        {"log1p", kernels::log1p, std::log1p, 1e-45f, 1e30f},
        {"exp", kernels::exp, std::exp, 1e-45f, 88.f},
        {"tanh", kernels::tanh, std::tanh, 1e-45f, 100.f},
    };
    for (const Range& f : ranges) {
        double worst = 0;
        float where = 0;
        const std::uint32_t end = std::bit_cast<std::uint32_t>(f.high);
        for (std::uint32_t bits = std::bit_cast<std::uint32_t>(f.low); bits < end; bits += 9973) {
            const float x = std::bit_cast<float>(bits);
            const double error = ulps(f.fast(x), f.exact(x));
            if (error <= worst) continue;
            worst = error;
            where = x;
        }
        EXPECT_LE(worst, 3) << f.name << " at " << where;
    }
}

TEST(Math, ExactWhereItShouldBe) {
    EXPECT_EQ(kernels::exp(0.f), 1);
    EXPECT_EQ(kernels::log(1.f), 0);
    EXPECT_EQ(kernels::tanh(0.f), 0);
    EXPECT_EQ(kernels::sigmoid(0.f), 0.5f);
    EXPECT_EQ(kernels::log1p(0.f), 0);
    for (float x : {1e-3f, 0.5f, 0.7f, 3.f})
        EXPECT_EQ(kernels::tanh(-x), -kernels::tanh(x)) << x;  // odd, to the last bit
}

TEST(Math, InfinitiesAndTheEnds) {
    EXPECT_EQ(kernels::exp(infinity), infinity);
    EXPECT_EQ(kernels::exp(-infinity), 0);
    EXPECT_EQ(kernels::exp(88.73f), infinity);  // e^88.73 > 2^128
    EXPECT_LT(kernels::exp(88.72f), infinity);
    EXPECT_EQ(kernels::exp(-104.f), 0);  // e^-104 < 2^-150
    EXPECT_EQ(kernels::exp(3e38f), infinity);
    EXPECT_EQ(kernels::exp(-3e38f), 0);
    EXPECT_EQ(kernels::log(0.f), -infinity);
    EXPECT_EQ(kernels::log(-0.f), -infinity);
    EXPECT_EQ(kernels::log(infinity), infinity);
    EXPECT_TRUE(std::isnan(kernels::log(-1.f)));
    EXPECT_TRUE(std::isnan(kernels::log(-1e-45f)));
    EXPECT_TRUE(std::isnan(kernels::log(-infinity)));
    EXPECT_EQ(kernels::tanh(infinity), 1);
    EXPECT_EQ(kernels::tanh(-infinity), -1);
    EXPECT_EQ(kernels::sigmoid(infinity), 1);
    EXPECT_EQ(kernels::sigmoid(-infinity), 0);
    EXPECT_EQ(kernels::softplus(infinity), infinity);
    EXPECT_EQ(kernels::softplus(-infinity), 0);
    EXPECT_EQ(kernels::softplus(3e38f), 3e38f);
}

template <class T>
void expect_ends_of_log1p_and_signs() {
    const T infinite = std::numeric_limits<T>::infinity();
    EXPECT_EQ(kernels::log1p(infinite), infinite);
    EXPECT_TRUE(std::isnan(kernels::log1p(std::numeric_limits<T>::quiet_NaN())));
    EXPECT_LT(kernels::log1p(std::numeric_limits<T>::max()), infinite);
    for (const T zero : {T(0), -T(0)}) {
        EXPECT_EQ(kernels::log1p(zero), 0);
        EXPECT_EQ(std::signbit(kernels::tanh(zero)), std::signbit(zero));
        EXPECT_EQ(kernels::exp(zero), 1);
        EXPECT_EQ(kernels::log(zero), -infinite);
        EXPECT_EQ(kernels::sigmoid(zero), T(0.5));
        EXPECT_EQ(kernels::softplus(zero), std::log(T(2)));
    }
    const T tiny = std::numeric_limits<T>::denorm_min();
    EXPECT_EQ(kernels::log1p(tiny), tiny);
    EXPECT_EQ(kernels::tanh(-tiny), -tiny);
    EXPECT_NEAR(kernels::log(tiny), std::log(tiny), 1e-4);
    for (const T x : {tiny, -tiny}) {
        EXPECT_EQ(kernels::exp(x), 1);
        EXPECT_EQ(kernels::sigmoid(x), T(0.5));
        EXPECT_EQ(kernels::softplus(x), std::log(T(2)));
    }
}

TEST(Math, EndsAndSignsInBothPrecisions) {
    expect_ends_of_log1p_and_signs<float>();
    expect_ends_of_log1p_and_signs<double>();
}

TEST(Math, UnderflowIsGradual) {
    const float subnormal = kernels::exp(-95.f);
    EXPECT_GT(subnormal, 0);
    EXPECT_LT(subnormal, std::numeric_limits<float>::min());
    EXPECT_EQ(kernels::exp(-1e-45f), 1);
    EXPECT_EQ(kernels::tanh(1e-45f), 1e-45f);
    EXPECT_EQ(kernels::sigmoid(-95.f), subnormal);
    EXPECT_EQ(kernels::sigmoid(-104.f), 0);
    EXPECT_DOUBLE_EQ(kernels::sigmoid(-740.0), std::exp(-740.0));
    EXPECT_EQ(kernels::sigmoid(-746.0), 0);
}

TEST(Math, NaNStaysNaN) {
    for (float x : {nan, -nan}) {
        EXPECT_TRUE(std::isnan(kernels::exp(x)));
        EXPECT_TRUE(std::isnan(kernels::log(x)));
        EXPECT_TRUE(std::isnan(kernels::log1p(x)));
        EXPECT_TRUE(std::isnan(kernels::tanh(x)));
        EXPECT_TRUE(std::isnan(kernels::sigmoid(x)));
        EXPECT_TRUE(std::isnan(kernels::softplus(x)));
    }
}

TEST(Math, DoubleIsTheLibrarys) {
    for (double x : {-700.0, -1e-3, 0.1, 5.0, 700.0}) {
        EXPECT_DOUBLE_EQ(kernels::exp(x), std::exp(x));
        EXPECT_DOUBLE_EQ(kernels::tanh(x), std::tanh(x));
        EXPECT_DOUBLE_EQ(kernels::log(std::abs(x)), std::log(std::abs(x)));
        EXPECT_DOUBLE_EQ(kernels::sigmoid(x), 1 / (1 + std::exp(-x)));
    }
    EXPECT_DOUBLE_EQ(kernels::softplus(-700.0), std::exp(-700.0));
    EXPECT_EQ(kernels::softplus(800.0), 800);
}

}  // namespace
