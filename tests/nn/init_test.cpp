#include "nn/init.h"

#include <algorithm>
#include <cmath>

#include "tests/autograd/support.h"

namespace {

using autograd::Rng;
using tests::Shape;
using tests::Tensor;

constexpr int in = 300, out = 100;  // 30,000 draws: a standard deviation is good to 0.4%

struct Moments {
    double mean = 0, stddev = 0, low = 0, high = 0;
    explicit Moments(const Tensor& t) {
        const auto values = t.to_vector();
        for (const double v : values) mean += v / values.size();
        for (const double v : values) stddev += (v - mean) * (v - mean) / values.size();
        stddev = std::sqrt(stddev);
        low = *std::min_element(values.begin(), values.end());
        high = *std::max_element(values.begin(), values.end());
    }
};

// Uniform in [-bound, bound): within it, close to its ends, and flat in between.
void expect_uniform(const Tensor& t, double bound) {
    const Moments m(t);
    EXPECT_GE(m.low, -bound);
    EXPECT_LT(m.high, bound);
    EXPECT_LT(m.low, -0.998 * bound);
    EXPECT_GT(m.high, 0.998 * bound);
    EXPECT_NEAR(m.mean, 0, 0.02 * bound);
    EXPECT_NEAR(m.stddev, bound / std::sqrt(3), 0.02 * bound);
}

// Normal with mean 0: 31.7% lie beyond one standard deviation, 4.55% beyond two.
void expect_normal(const Tensor& t, double stddev) {
    const Moments m(t);
    EXPECT_NEAR(m.mean, 0, 0.03 * stddev);
    EXPECT_NEAR(m.stddev, stddev, 0.02 * stddev);
    double beyond1 = 0, beyond2 = 0;
    for (const double v : t.to_vector()) {
        beyond1 += std::abs(v) > stddev;
        beyond2 += std::abs(v) > 2 * stddev;
    }
    EXPECT_NEAR(beyond1 / t.size(), 0.317, 0.015);
    EXPECT_NEAR(beyond2 / t.size(), 0.0455, 0.006);
}

}  // namespace

TEST(Init, LinearDefault) {
    Rng rng(1);
    const Tensor W = nn::init::linear_default(in, {in, out}, rng);
    EXPECT_EQ(W.shape(), (Shape{in, out}));
    expect_uniform(W, 1 / std::sqrt(300.0));
    expect_uniform(nn::init::linear_default(4, {30000}, rng),
                   0.5);  // a bias, of a layer with 4 inputs
    EXPECT_EQ(nn::init::linear_default(0, {2}, rng).to_vector(), tests::Numbers(2, 0));
}

TEST(Init, XavierUniform) {
    Rng rng(2);
    const Tensor W = nn::init::xavier_uniform(in, out, rng);
    EXPECT_EQ(W.shape(), (Shape{in, out}));
    expect_uniform(W, std::sqrt(6.0 / 400));
}

TEST(Init, KaimingNormal) {
    Rng rng(3);
    const Tensor W = nn::init::kaiming_normal(in, out, rng);
    EXPECT_EQ(W.shape(), (Shape{in, out}));
    expect_normal(W, std::sqrt(2.0 / 300));
}

TEST(Init, Normal) {
    Rng rng(4);
    const Tensor W = nn::init::normal({100, 300}, 0.1, rng);
    EXPECT_EQ(W.shape(), (Shape{100, 300}));
    expect_normal(W, 0.1);
}

TEST(Init, FollowsTheSeed) {
    Rng a(5), b(5);
    const Tensor first = nn::init::xavier_uniform(3, 4, a);
    EXPECT_EQ(first.to_vector(), nn::init::xavier_uniform(3, 4, b).to_vector());
    EXPECT_NE(first.to_vector(), nn::init::xavier_uniform(3, 4, a).to_vector());
}
