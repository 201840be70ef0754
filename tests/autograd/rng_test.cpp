#include "autograd/rng.h"

#include <algorithm>
#include <cmath>

#include "tests/autograd/support.h"

namespace {

using autograd::Rng;
using tests::expect_invalid;
using tests::Tensor;

// What every lesson's printed numbers rest on: these must never change, on any compiler.
TEST(Rng, FirstValuesOfSeed1) {
    Rng rng(1);
    EXPECT_EQ(rng.bits(), 2469588189546311528u);
    EXPECT_EQ(rng.uniform(), 0.13640703636619722);
    // Through the C library's log, sin and cos, which may differ in the last place.
    EXPECT_NEAR(rng.normal(), 1.0859449105047105, 1e-14);
    EXPECT_NEAR(rng.normal(), 0.14429265930606544, 1e-14);
    EXPECT_EQ(rng.below(1000), 384);
    EXPECT_EQ(rng.permutation(8), (std::vector<int>{4, 7, 2, 0, 5, 3, 6, 1}));
}

TEST(Rng, BitsAreTheStandardsTwister) {
    Rng rng(5489);
    for (int i = 1; i < 10000; ++i) rng.bits();
    EXPECT_EQ(rng.bits(), 9981545732273789042u);  // the standard gives the 10000th
}

TEST(Rng, TheSameSeedGivesTheSameNumbers) {
    Rng a(7), b(7), c(8);
    for (int i = 0; i < 100; ++i) ASSERT_EQ(a.normal(), b.normal());
    EXPECT_NE(a.bits(), c.bits());
}

// The average of n independent draws is off by more than 5 standard errors once in two million.
TEST(Rng, UniformHasTheRightMoments) {
    Rng rng(2);
    const int n = 100000;
    double sum = 0, sum2 = 0, least = 1, most = 0;
    for (int i = 0; i < n; ++i) {
        const double u = rng.uniform();
        sum += u;
        sum2 += u * u;
        least = std::min(least, u);
        most = std::max(most, u);
    }
    EXPECT_GE(least, 0);
    EXPECT_LT(most, 1);
    EXPECT_NEAR(sum / n, 1 / 2., 5 * std::sqrt(1 / 12. / n));
    EXPECT_NEAR(sum2 / n, 1 / 3., 5 * std::sqrt(4 / 45. / n));
}

TEST(Rng, NormalHasTheRightMoments) {
    Rng rng(3);
    const int n = 100000;
    double moment[5] = {}, pairs = 0, before = 0;
    for (int i = 0; i < n; ++i) {
        const double z = rng.normal();
        for (int k = 1; k <= 4; ++k) moment[k] += std::pow(z, k) / n;
        pairs += z * before / n;
        before = z;
    }
    EXPECT_NEAR(moment[1], 0, 5 * std::sqrt(1. / n));
    EXPECT_NEAR(moment[2], 1, 5 * std::sqrt(2. / n));
    EXPECT_NEAR(moment[3], 0, 5 * std::sqrt(15. / n));
    EXPECT_NEAR(moment[4], 3, 5 * std::sqrt(96. / n));
    EXPECT_NEAR(pairs, 0, 5 * std::sqrt(1. / n));  // the two that are made at a time: independent
}

TEST(Rng, BelowIsFair) {
    Rng rng(4);
    const int n = 60000;
    int count[6] = {};
    for (int i = 0; i < n; ++i) {
        const std::int64_t k = rng.below(6);
        ASSERT_TRUE(0 <= k && k < 6);
        ++count[k];
    }
    for (int c : count) EXPECT_NEAR(c, n / 6, 5 * std::sqrt(n * (1 / 6.) * (5 / 6.)));
    EXPECT_EQ(rng.below(1), 0);
}

// 2^64 is 5.33 times n here: a plain remainder would favour the lower third of the results by a
// fifth.
TEST(Rng, BelowIsFairForHugeNumbersToo) {
    Rng rng(5);
    const std::int64_t n = 3 * (std::int64_t{1} << 60);
    int low = 0;
    for (int i = 0; i < 30000; ++i) low += rng.below(n) < n / 3;
    EXPECT_NEAR(low, 10000, 5 * std::sqrt(30000 * (1 / 3.) * (2 / 3.)));
}

TEST(Rng, PermutationHoldsEachNumberOnce) {
    Rng rng(6);
    std::vector<int> p = rng.permutation(1000);
    EXPECT_FALSE(std::is_sorted(p.begin(), p.end()));
    std::sort(p.begin(), p.end());
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(p[i], i);
    EXPECT_TRUE(rng.permutation(0).empty());
    EXPECT_EQ(rng.permutation(1), std::vector<int>{0});
}

TEST(Rng, PermutationsOfThreeAreEquallyLikely) {
    Rng rng(7);
    const int n = 12000;
    int count[27] = {};
    for (int i = 0; i < n; ++i) {
        const std::vector<int> p = rng.permutation(3);
        ++count[9 * p[0] + 3 * p[1] + p[2]];
    }
    for (int code : {5, 7, 11, 15, 19, 21})  // 012 021 102 120 201 210 in base 3
        EXPECT_NEAR(count[code], n / 6, 5 * std::sqrt(n * (1 / 6.) * (5 / 6.)));
}

TEST(Rng, Messages) {
    Rng rng(8);
    expect_invalid([&] { rng.below(0); }, "below: 0: n must be positive");
    expect_invalid([&] { rng.below(-3); }, "below: -3");
    expect_invalid([&] { rng.permutation(-1); }, "permutation: -1: n must be 0 or more");
    expect_invalid([&] { bernoulli({2}, 1.5, rng); }, "bernoulli: p = 1.5");
    expect_invalid([&] { bernoulli({2}, -0.1, rng); }, "not in [0, 1]");
    expect_invalid([&] { bernoulli({2}, NAN, rng); }, "not in [0, 1]");
}

TEST(RandomTensors, Bernoulli) {
    Rng rng(9);
    const int n = 100000;
    for (double p : {0.0, 0.3, 1.0}) {
        int ones = 0;
        for (double v : bernoulli({n}, p, rng).to_vector()) {
            ASSERT_TRUE(v == 0 || v == 1);
            ones += v == 1;
        }
        EXPECT_NEAR(ones, p * n, 5 * std::sqrt(p * (1 - p) * n)) << p;
    }
}

TEST(Rng, RefusesBoundsAndDeviationsThatCantBeMeant) {
    autograd::Rng rng(1);
    const double inf = std::numeric_limits<double>::infinity(),
                 nan = std::numeric_limits<double>::quiet_NaN();
    for (const double wrong : {-1.0, nan})
        EXPECT_THROW(autograd::normal({2}, 0, wrong, rng), std::invalid_argument) << wrong;
    EXPECT_THROW(autograd::uniform({2}, -inf, 0, rng), std::invalid_argument);
    EXPECT_THROW(autograd::uniform({2}, 0, inf, rng), std::invalid_argument);
    EXPECT_THROW(autograd::uniform({2}, nan, 0, rng), std::invalid_argument);
}

TEST(RandomTensors, UniformAndNormalAreShiftedAndScaled) {
    Rng rng(10);
    const int n = 10000;
    double sum = 0;
    for (double v : uniform({100, 100}, 3, 5, rng).to_vector()) {
        ASSERT_TRUE(3 <= v && v < 5);
        sum += v;
    }
    EXPECT_NEAR(sum / n, 4, 5 * std::sqrt(4 / 12. / n));
    double sum2 = 0;
    sum = 0;
    for (double v : normal({n}, -1, 2, rng).to_vector()) {
        sum += v;
        sum2 += (v + 1) * (v + 1);
    }
    EXPECT_NEAR(sum / n, -1, 5 * 2 / std::sqrt(n));
    EXPECT_NEAR(sum2 / n, 4, 5 * 4 * std::sqrt(2. / n));
}

}  // namespace
