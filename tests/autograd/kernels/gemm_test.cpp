#include "autograd/kernels/gemm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "autograd/kernels/gemm_ladder.h"
#include "autograd/kernels/parallel.h"

namespace kernels = autograd::kernels;

namespace {

using kernels::gemm;
using kernels::gemm_naive;

template <class T>
std::vector<T> random_numbers(std::size_t n, std::mt19937& random) {
    std::uniform_real_distribution<T> uniform(-1, 1);
    std::vector<T> x(n);
    for (T& v : x) v = uniform(random);
    return x;
}

// One product: its operands, and the result of gemm, whose memory is NaN at first, so that an
// element left out shows, and ends in a guard, so that one written too far shows too.
template <class T>
struct Product {
    bool transpose_a, transpose_b;
    int m, n, k;
    std::vector<T> a, b, bias;

    Product(bool ta, bool tb, int m_, int n_, int k_, bool with_bias, std::mt19937& random)
        : transpose_a(ta),
          transpose_b(tb),
          m(m_),
          n(n_),
          k(k_),
          a(random_numbers<T>(std::size_t(m_) * k_, random)),
          b(random_numbers<T>(std::size_t(k_) * n_, random)),
          bias(random_numbers<T>(with_bias ? n_ : 0, random)) {}

    template <class Gemm>
    std::vector<T> run(Gemm&& f) const {
        const std::size_t size = std::size_t(m) * n, guard = 70;
        std::vector<T> c(size + guard, std::numeric_limits<T>::quiet_NaN());
        std::fill(c.begin() + size, c.end(), T(42));
        f(transpose_a, transpose_b, m, n, k, a.data(), b.data(), c.data(),
          bias.empty() ? nullptr : bias.data());
        for (std::size_t i = size; i < c.size(); ++i) EXPECT_EQ(c[i], 42) << "written past the end";
        c.resize(size);
        return c;
    }
    std::vector<T> fast() const { return run(gemm<T>); }
    std::vector<T> naive() const { return run(gemm_naive<T>); }

    std::string name() const {
        return std::string(transpose_a ? "t" : "n") + (transpose_b ? "t " : "n ") +
               std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k) +
               (bias.empty() ? "" : " + bias");
    }
};

template <class T>
class Gemm : public ::testing::Test {
  protected:
    void TearDown() override { kernels::set_threads(threads_before_); }
    const int threads_before_ = kernels::threads();
    std::mt19937 random_{1};
};
using Scalars = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Gemm, Scalars);

// |fast - naive| <= (k + 2) eps sum |a| |b| bounds any two orders of summation; all |a|, |b| <= 1.
template <class T>
void expect_close(const Product<T>& p) {
    const std::vector<T> fast = p.fast(), naive = p.naive();
    const T bound = std::numeric_limits<T>::epsilon() * (p.k + 2) * T(0.5) * std::max(p.k, 1);
    for (std::size_t i = 0; i < fast.size(); ++i)
        ASSERT_NEAR(fast[i], naive[i], bound) << p.name() << ", element " << i;
}

TYPED_TEST(Gemm, AgreesWithNaiveOnRaggedSizes) {
    for (const int m : {0, 1, 2, 5, 6, 11, 12, 13, 37, 100})
        for (const int n : {0, 1, 7, 8, 15, 16, 31, 32, 33, 65})
            for (const int k : {0, 1, 2, 15, 16, 17, 50})
                for (int flags = 0; flags < 8; ++flags)
                    expect_close(Product<TypeParam>(flags & 1, flags & 2, m, n, k, flags & 4,
                                                    this->random_));
}

// Each rung of the ladder, at its edges and inside.
TYPED_TEST(Gemm, EveryRungOfTheLadderAgrees) {
    using T = TypeParam;
    for (const int m : {0, 1, 5, 6, 7, 25})
        for (const int n : {0, 1, 31, 32, 33, 70})
            for (const int k : {1, 2, 17}) {
                const Product<T> p(false, false, m, n, k, false, this->random_);
                const auto naive = p.naive();
                const auto rung = [&](auto multiply) {
                    return p.run([&](bool, bool, int, int, int, const T* a, const T* b, T* c,
                                     const T*) { multiply(m, n, k, a, b, c); });
                };
                const auto tiled = rung(kernels::gemm_tiled<T>);
                const auto packed = rung(kernels::gemm_packed<T>);
                for (std::size_t i = 0; i < naive.size(); ++i) {
                    ASSERT_NEAR(tiled[i], naive[i], 1e-5) << p.name() << ", element " << i;
                    ASSERT_NEAR(packed[i], naive[i], 1e-5) << p.name() << ", element " << i;
                }
            }
}

// More than one block of B in both directions, more than one chunk per thread.
TYPED_TEST(Gemm, AgreesWithNaiveAcrossBlocks) {
    const int sizes[][3] = {
        {37, 530, 300}, {53, 1100, 257}, {200, 33, 800}, {1, 700, 600}, {500, 1, 700}};
    for (const int n_threads : {1, 2, 3}) {
        kernels::set_threads(n_threads);
        for (const auto& [m, n, k] : sizes)
            for (int flags = 0; flags < 8; ++flags)
                expect_close(
                    Product<TypeParam>(flags & 1, flags & 2, m, n, k, flags & 4, this->random_));
    }
}

TYPED_TEST(Gemm, WithoutInnerDimensionGivesTheBiasOrZeros) {
    std::mt19937& random = this->random_;
    EXPECT_EQ((Product<TypeParam>(false, false, 3, 40, 0, false, random).fast()),
              std::vector<TypeParam>(3 * 40, 0));
    const Product<TypeParam> p(false, false, 1, 40, 0, true, random);
    EXPECT_EQ(p.fast(), p.bias);
}

TYPED_TEST(Gemm, SameBitsAtAnyNumberOfThreads) {
    const int sizes[][3] = {{256, 32, 784}, {101, 203, 307}, {260, 784, 32}, {1500, 3, 1000}};
    for (const auto& [m, n, k] : sizes)
        for (int flags = 0; flags < 8; ++flags) {
            const Product<TypeParam> p(flags & 1, flags & 2, m, n, k, flags & 4, this->random_);
            kernels::set_threads(1);
            const std::vector<TypeParam> one = p.fast();
            for (const int n_threads : {2, 3}) {
                kernels::set_threads(n_threads);
                for (int repeat = 0; repeat < 3; ++repeat) {
                    const std::vector<TypeParam> many = p.fast();
                    ASSERT_EQ(std::memcmp(one.data(), many.data(), one.size() * sizeof(TypeParam)),
                              0)
                        << p.name() << ", " << n_threads << " threads";
                }
            }
        }
}

// An element of C depends on its row of A and its column of B alone, not on where in C it stands.
TYPED_TEST(Gemm, SameBitsAtAnyPosition) {
    for (int flags = 0; flags < 4; ++flags) {
        const int m = 29, n = 75, k = 300;
        Product<TypeParam> p(flags & 1, flags & 2, m, n, k, false, this->random_);
        for (int q = 0; q < k; ++q) {
            for (int i = 0; i < m; ++i)
                (p.transpose_a ? p.a[q * m + i] : p.a[i * k + q]) = 1 / TypeParam(q + 3);
            for (int j = 0; j < n; ++j)
                (p.transpose_b ? p.b[j * k + q] : p.b[q * n + j]) = 1 / TypeParam(q + 7);
        }
        const std::vector<TypeParam> c = p.fast();
        for (const TypeParam v : c) ASSERT_EQ(v, c[0]) << p.name();
    }
}

template <class T>
int kind(T v) {
    return std::isnan(v) ? 3 : std::isinf(v) ? (v > 0 ? 2 : 1) : 0;
}

TYPED_TEST(Gemm, NanAndInfinityAppearWhereNaiveHasThemAndNowhereElse) {
    using T = TypeParam;
    const T infinity = std::numeric_limits<T>::infinity();
    const T specials[] = {std::numeric_limits<T>::quiet_NaN(), infinity, -infinity};
    const int sizes[][3] = {{5, 7, 3},   {13, 33, 17}, {29, 70, 40},
                            {1, 40, 20}, {30, 1, 20},  {14, 500, 300}};
    for (const auto& [m, n, k] : sizes)
        for (int flags = 0; flags < 8; ++flags)
            for (const T special : specials) {
                Product<T> p(flags & 1, flags & 2, m, n, k, flags & 4, this->random_);
                p.a[this->random_() % p.a.size()] = special;
                p.b[this->random_() % p.b.size()] = special;
                p.a[this->random_() % p.a.size()] = 0;  // 0 * inf = NaN
                for (int j = 0; j < n; ++j)             // meets every column
                    if (j % 5 == 0) (p.transpose_b ? p.b[j * k + k / 2] : p.b[k / 2 * n + j]) = 0;
                if (!p.bias.empty()) p.bias[this->random_() % p.bias.size()] = special;
                const std::vector<T> fast = p.fast(), naive = p.naive();
                for (std::size_t i = 0; i < fast.size(); ++i)
                    ASSERT_EQ(kind(fast[i]), kind(naive[i]))
                        << p.name() << ", element " << i << ": " << fast[i] << " for " << naive[i];
            }
}

}  // namespace
