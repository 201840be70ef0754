#include "autograd/kernels/reduce.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace kernels = autograd::kernels;

namespace {

using std::int64_t;

// Sets the number of threads for one scope.
struct Threads {
    explicit Threads(int n) : before(kernels::threads()) { kernels::set_threads(n); }
    ~Threads() { kernels::set_threads(before); }
    int before;
};

std::vector<float> random_numbers(int64_t n, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(-1, 1);
    std::vector<float> x(n);
    for (float& v : x) v = uniform(random);
    return x;
}

float sum_of(const std::vector<float>& x) {
    const float* values = x.data();
    return kernels::sum_of<float>(static_cast<int64_t>(x.size()),
                                  [=](int64_t i) { return values[i]; });
}

const int64_t sizes[] = {0, 1, 15, 16, 17, 4095, 4096, 4097, 100003, 1000000};

TEST(Reduce, SumsEveryTermOnce) {
    for (int threads : {1, 2}) {
        Threads set(threads);
        for (int64_t n : sizes) {
            // Whole numbers, exact in double: one term left out or counted twice shows.
            const double total =
                kernels::sum_of<double>(n, [](int64_t i) { return static_cast<double>(i + 1); });
            EXPECT_EQ(total, 0.5 * static_cast<double>(n) * static_cast<double>(n + 1)) << n;
        }
    }
    EXPECT_EQ(kernels::sum_range<int>(5, 5, [](int64_t) { return 1; }), 0);
    EXPECT_EQ(kernels::sum_range<int>(5, 40, [](int64_t i) { return static_cast<int>(i); }), 770);
}

TEST(Reduce, TheSameBitsAtAnyNumberOfThreads) {
    for (int64_t n : sizes) {
        const std::vector<float> x = random_numbers(n, 1);
        float one, two, three;
        {
            Threads set(1);
            one = sum_of(x);
        }
        {
            Threads set(2);
            two = sum_of(x);
        }
        {
            Threads set(3);
            three = sum_of(x);
        }
        EXPECT_EQ(one, two) << n;
        EXPECT_EQ(one, three) << n;
    }
}

// A chain of a million float additions of 0.1 is off by 1%; blocks keep five digits.
TEST(Reduce, ErrorsStaySmall) {
    const std::vector<float> x(1000000, 0.1f);
    EXPECT_NEAR(sum_of(x), 1000000 * static_cast<double>(0.1f), 0.5);
}

struct Axes {
    int64_t outer, length, inner;
};
const Axes axes[] = {{1, 1, 1},    {3, 5, 1},      {3, 5, 7},    {1, 100, 33},  {4, 1, 6},
                     {2, 3, 1000}, {300, 1000, 1}, {7, 50, 999}, {1, 4, 100003}};

TEST(Reduce, SumAxisIsTheSumOverTheMiddleAxis) {
    for (const Axes& s : axes) {
        const std::vector<float> x = random_numbers(s.outer * s.length * s.inner, 2);
        std::vector<float> one(s.outer * s.inner, NAN), two = one;  // what isn't written shows
        {
            Threads set(1);
            kernels::sum_axis(s.outer, s.length, s.inner, x.data(), one.data());
        }
        {
            Threads set(2);
            kernels::sum_axis(s.outer, s.length, s.inner, x.data(), two.data());
        }
        ASSERT_EQ(one, two) << "the bits depend on the number of threads";
        for (int64_t o = 0; o < s.outer; ++o)
            for (int64_t i = 0; i < s.inner; ++i) {
                double expected = 0;
                for (int64_t l = 0; l < s.length; ++l)
                    expected += x[(o * s.length + l) * s.inner + i];
                ASSERT_NEAR(one[o * s.inner + i], expected, 1e-4)
                    << s.outer << " " << s.length << " " << s.inner;
            }
    }
}

TEST(Reduce, SumAxisOfNoElements) {
    float y[6] = {1, 1, 1, 1, 1, 1};
    kernels::sum_axis<float>(0, 3, 2, nullptr, y);
    kernels::sum_axis<float>(2, 3, 0, nullptr, y);
    kernels::sum_axis<float>(0, 3, 1, nullptr, y);
    EXPECT_EQ(y[0], 1);  // nothing to write
    kernels::sum_axis<float>(2, 0, 3, nullptr, y);
    for (float v : y) EXPECT_EQ(v, 0);  // a sum of no terms
    y[0] = y[1] = 1;
    kernels::sum_axis<float>(2, 0, 1, nullptr, y);
    EXPECT_EQ(y[0] + y[1], 0);
}

TEST(Reduce, NaNAndInfinityReachTheSum) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (int64_t at : {0, 17, 4999, 99999}) {
        std::vector<float> x(100000, 1.f);
        x[at] = infinity;
        EXPECT_EQ(sum_of(x), infinity);
        x[at] = NAN;
        EXPECT_TRUE(std::isnan(sum_of(x)));
    }
}

TEST(Reduce, ArgmaxIsTheFirstOfTheLargest) {
    for (const Axes& s : axes) {
        // Few different values, so that there are equal ones.
        std::vector<float> x = random_numbers(s.outer * s.length * s.inner, 3);
        for (float& v : x) v = std::round(4 * v);
        std::vector<int64_t> at(s.outer * s.inner, -1);
        kernels::argmax_axis(s.outer, s.length, s.inner, x.data(), at.data());
        for (int64_t o = 0; o < s.outer; ++o)
            for (int64_t i = 0; i < s.inner; ++i) {
                const auto value = [&](int64_t l) { return x[(o * s.length + l) * s.inner + i]; };
                const int64_t best = at[o * s.inner + i];
                ASSERT_TRUE(0 <= best && best < s.length);
                for (int64_t l = 0; l < s.length; ++l)
                    ASSERT_TRUE(l < best ? value(l) < value(best) : value(l) <= value(best));
            }
    }
}

TEST(Reduce, ArgmaxFindsNaN) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const std::vector<std::vector<float>> rows = {
        {1, NAN, infinity}, {NAN, 5, NAN}, {1, 2, NAN}, {-infinity, -infinity, -infinity}};
    const int64_t expected[] = {1, 0, 2, 0};
    for (std::size_t r = 0; r < rows.size(); ++r) {
        int64_t at = -1;
        kernels::argmax_axis(1, 3, 1, rows[r].data(), &at);
        EXPECT_EQ(at, expected[r]) << r;
    }
}

}  // namespace
