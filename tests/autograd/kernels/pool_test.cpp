#include "autograd/kernels/pool.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace kernels = autograd::kernels;

namespace {

using kernels::allocate;
using kernels::release;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool reuses = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool reuses = false;
#else
constexpr bool reuses = true;
#endif
#else
constexpr bool reuses = true;
#endif

// Every byte of a block may be written without touching another: the sanitizer, or the check of the
// contents, would see it.
TEST(Pool, BlocksAreAlignedAndDoNotOverlap) {
    std::vector<std::size_t> sizes;
    for (std::size_t n = 0; n <= 1100; ++n) sizes.push_back(n);
    for (std::size_t n = 2048; n <= (1 << 20); n *= 2)
        for (std::size_t near : {n - 1, n, n + 1, n + n / 4, n + n / 4 + 1, n + n / 2 + 65})
            sizes.push_back(near);
    for (int round = 0; round < 2; ++round) {  // the second time from the lists
        std::vector<unsigned char*> blocks;
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            blocks.push_back(static_cast<unsigned char*>(allocate(sizes[i])));
            ASSERT_NE(blocks[i], nullptr);
            ASSERT_EQ(reinterpret_cast<std::uintptr_t>(blocks[i]) % 64, 0u) << sizes[i];
            std::memset(blocks[i], static_cast<int>(i % 251), sizes[i]);
        }
        for (std::size_t i = 0; i < sizes.size(); ++i)
            if (sizes[i] > 0) {
                ASSERT_EQ(blocks[i][0], i % 251) << sizes[i];
                ASSERT_EQ(blocks[i][sizes[i] - 1], i % 251) << sizes[i];
            }
        for (std::size_t i = 0; i < sizes.size(); ++i) release(blocks[i], sizes[i]);
    }
}

TEST(Pool, HandsOutWhatWasReleased) {
    if (!reuses) GTEST_SKIP() << "under AddressSanitizer every block is fresh";
    for (std::size_t n : {0, 1, 64, 65, 1000, 4096, 100000, 10000000}) {
        void* first = allocate(n);
        release(first, n);
        void* second = allocate(n);
        EXPECT_EQ(second, first) << n;
        void* third = allocate(n);
        EXPECT_NE(third, first) << n;
        release(second, n);
        release(third, n);
    }
}

TEST(Pool, OneSizeIsNeverServedFromAnother) {
    // Too large by a fifth at the most, never too small: 5 lines are 320 bytes, 8 are 512.
    void* small = allocate(320);
    release(small, 320);
    void* large = allocate(321);
    EXPECT_NE(large, small);
    release(large, 321);
}

TEST(Pool, BlocksMayWanderBetweenThreads) {
    void* here = allocate(777);
    std::thread([&] {
        std::memset(here, 1, 777);
        release(here, 777);
        here = allocate(777);
    }).join();
    std::memset(here, 2, 777);
    release(here, 777);
}

TEST(Pool, ServesTheStandardLibrary) {
    std::vector<double, kernels::PoolAllocator<double>> v;
    for (int i = 0; i < 1000; ++i) v.push_back(i);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(v[i], i);
    std::set<int, std::less<>, kernels::PoolAllocator<int>> s{3, 1, 2};
    EXPECT_EQ(*s.begin(), 1);
    const auto shared = std::allocate_shared<int>(kernels::PoolAllocator<int>(), 42);
    EXPECT_EQ(*shared, 42);
}

TEST(Pool, SaysWhatItKeepsAndGivesItBack) {
    if (!reuses) GTEST_SKIP() << "under AddressSanitizer nothing is kept";
    kernels::release_kept();
    EXPECT_EQ(kernels::kept(), 0u);
    void *a = allocate(1000), *b = allocate(100000);
    EXPECT_EQ(kernels::kept(), 0u);
    release(a, 1000);
    EXPECT_EQ(kernels::kept(), 1024u);
    release(b, 100000);
    EXPECT_GE(kernels::kept(), 101024u);
    kernels::release_kept();
    EXPECT_EQ(kernels::kept(), 0u);
}

// Batches that one thread makes and another lets go do not pile up.
TEST(Pool, KeepsNoMoreThanTheThreadOnceMade) {
    if (!reuses) GTEST_SKIP() << "under AddressSanitizer nothing is kept";
    kernels::release_kept();
    for (int i = 0; i < 5; ++i) {
        void* batch = nullptr;
        std::thread([&] { batch = allocate(1 << 20); }).join();
        release(batch, 1 << 20);
        EXPECT_EQ(kernels::kept(), 0u);
    }
}

}  // namespace
