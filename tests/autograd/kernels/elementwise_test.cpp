#include "autograd/kernels/elementwise.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace kernels = autograd::kernels;

namespace {

using kernels::Broadcast;
using std::int64_t;

// Sets the number of threads for one scope.
struct Threads {
    explicit Threads(int n) : before(kernels::threads()) { kernels::set_threads(n); }
    ~Threads() { kernels::set_threads(before); }
    int before;
};

std::vector<float> random_numbers(int64_t n, std::mt19937& random) {
    std::uniform_real_distribution<float> uniform(-1, 1);
    std::vector<float> x(n);
    for (float& v : x) v = uniform(random);
    return x;
}

TEST(Elementwise, MapAndZipReachEveryElementOnce) {
    for (int threads : {1, 2}) {
        Threads set(threads);
        for (int64_t n : {0, 1, 7, 16384, 16385, 100003}) {
            std::vector<int> a(n), b(n), y(n + 1, -1);
            for (int64_t i = 0; i < n; ++i) a[i] = static_cast<int>(i), b[i] = 2;
            kernels::map(n, a.data(), y.data(), [](int v) { return v + 1; });
            for (int64_t i = 0; i < n; ++i) ASSERT_EQ(y[i], i + 1) << n;
            kernels::zip(n, a.data(), b.data(), y.data(), [](int u, int v) { return u * v; });
            for (int64_t i = 0; i < n; ++i) ASSERT_EQ(y[i], 2 * i) << n;
            ASSERT_EQ(y[n], -1) << "written past the end";
        }
    }
}

// The definition, element by element.
template <class F>
std::vector<float> naive_zip(const Broadcast& l, const std::vector<float>& a,
                             const std::vector<float>& b, F f) {
    int64_t n = 1;
    for (int i = 0; i < l.rank; ++i) n *= l.sizes[i];
    std::vector<float> y(n);
    for (int64_t k = 0; k < n; ++k) {
        int64_t rest = k, at_a = 0, at_b = 0;
        for (int i = l.rank - 1; i >= 0; --i) {
            at_a += rest % l.sizes[i] * l.a[i];
            at_b += rest % l.sizes[i] * l.b[i];
            rest /= l.sizes[i];
        }
        y[k] = f(a[at_a], b[at_b]);
    }
    return y;
}

// Strides of a dense array of the given sizes, where each axis in `repeated` has a stride of 0.
// Returns the number of elements.
int64_t set_strides(const Broadcast& l, unsigned repeated, std::array<int64_t, 4>& strides) {
    int64_t step = 1;
    for (int i = l.rank - 1; i >= 0; --i) {
        const bool once = (repeated >> i & 1) || l.sizes[i] == 1;
        strides[i] = once ? 0 : step;
        if (!once) step *= l.sizes[i];
    }
    return step;
}

void expect_zip_is_naive(const Broadcast& layout, int64_t size_a, int64_t size_b,
                         std::mt19937& random) {
    const auto f = [](float u, float v) { return 2 * u - v; };
    const std::vector<float> a = random_numbers(size_a, random), b = random_numbers(size_b, random);
    const std::vector<float> expected = naive_zip(layout, a, b, f);
    std::vector<float> y(expected.size() + 1, 42);
    kernels::zip(layout, a.data(), b.data(), y.data(), f);
    std::string name;
    for (int i = 0; i < layout.rank; ++i)
        name += std::to_string(layout.sizes[i]) + " (" + std::to_string(layout.a[i]) + ", " +
                std::to_string(layout.b[i]) + ")  ";
    EXPECT_EQ(y.back(), 42) << "written past the end: " << name;
    y.pop_back();
    EXPECT_EQ(y, expected) << name;
}

// Which axes a repeats and which b does: all combinations, on sizes that hold 1 now and then.
TEST(Elementwise, ZipOverEveryCombinationOfRepeatedAxes) {
    std::mt19937 random(1);
    for (int rank = 0; rank <= 4; ++rank)
        for (unsigned in_a = 0; in_a < 1u << rank; ++in_a)
            for (unsigned in_b = 0; in_b < 1u << rank; ++in_b) {
                Broadcast l;
                l.rank = rank;
                for (int i = 0; i < rank; ++i) l.sizes[i] = 1 + static_cast<int>(random() % 5);
                const int64_t size_a = set_strides(l, in_a, l.a),
                              size_b = set_strides(l, in_b, l.b);
                expect_zip_is_naive(l, size_a, size_b, random);
            }
}

TEST(Elementwise, ZipAboveTheGrain) {
    Threads two(2);
    std::mt19937 random(2);
    const std::array<int64_t, 4> shapes[] = {
        {40000, 1, 1, 1}, {3, 20011, 1, 1}, {20011, 3, 1, 1}, {40, 3, 5, 61}};
    for (const auto& sizes : shapes)
        for (unsigned in_a : {0u, 1u, 2u, 5u, 10u, 15u})
            for (unsigned in_b : {0u, 2u, 9u, 15u}) {
                Broadcast l{4, sizes, {}, {}};
                const int64_t size_a = set_strides(l, in_a, l.a),
                              size_b = set_strides(l, in_b, l.b);
                expect_zip_is_naive(l, size_a, size_b, random);
            }
}

TEST(Elementwise, ZipOfNoElements) {
    std::mt19937 random(3);
    for (const std::array<int64_t, 4>& sizes :
         {std::array<int64_t, 4>{0, 3, 2, 5}, {2, 0, 3, 1}, {4, 3, 2, 0}, {0, 0, 0, 0}}) {
        Broadcast l{4, sizes, {}, {}};
        set_strides(l, 3, l.a);
        set_strides(l, 4, l.b);
        expect_zip_is_naive(l, 60, 60, random);
    }
}

// What can be walked through in one go becomes one axis.
TEST(Elementwise, LayoutsAreMerged) {
    const Broadcast equal{3, {2, 3, 4}, {12, 4, 1}, {12, 4, 1}};
    EXPECT_EQ(equal.merged().rank, 1);
    EXPECT_EQ(equal.merged().sizes[0], 24);
    const Broadcast row{3, {2, 3, 4}, {12, 4, 1}, {0, 0, 1}};  // [2, 3, 4] + [4]
    EXPECT_EQ(row.merged().rank, 2);
    EXPECT_EQ(row.merged().sizes[0], 6);
    EXPECT_EQ(row.merged().b[0], 0);
    const Broadcast scalar{2, {3, 4}, {4, 1}, {0, 0}};
    EXPECT_EQ(scalar.merged().rank, 1);
    const Broadcast ones{4, {1, 3, 1, 1}, {3, 1, 1, 1}, {0, 0, 0, 0}};
    EXPECT_EQ(ones.merged().rank, 1);
    EXPECT_EQ(Broadcast{}.merged().rank, 0);
}

}  // namespace
