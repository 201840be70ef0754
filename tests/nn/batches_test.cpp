#include "nn/batches.h"

#include <algorithm>
#include <numeric>

#include "tests/autograd/support.h"

namespace {

using autograd::Rng;
using Batches = std::vector<std::vector<int>>;

std::vector<int> joined(const Batches& batches) {
    std::vector<int> rows;
    for (const auto& batch : batches) rows.insert(rows.end(), batch.begin(), batch.end());
    return rows;
}

}  // namespace

TEST(Batches, HoldEveryRowOnce) {
    Rng rng(1);
    for (const int n : {1, 7, 8, 9, 1000})
        for (const int batch_size : {1, 8, 2000}) {
            const Batches batches = nn::shuffled_batches(n, batch_size, rng);
            std::vector<int> rows = joined(batches), expected(n);
            std::iota(expected.begin(), expected.end(), 0);
            EXPECT_TRUE(n < 1000 || rows != expected);  // in random order
            std::sort(rows.begin(), rows.end());
            EXPECT_EQ(rows, expected);
        }
}

TEST(Batches, AllAreFullButTheLast) {
    Rng rng(1);
    const auto sizes = [&](int n, int batch_size) {
        std::vector<std::size_t> result;
        for (const auto& batch : nn::shuffled_batches(n, batch_size, rng))
            result.push_back(batch.size());
        return result;
    };
    EXPECT_EQ(sizes(9, 4), (std::vector<std::size_t>{4, 4, 1}));
    EXPECT_EQ(sizes(8, 4), (std::vector<std::size_t>{4, 4}));
    EXPECT_EQ(sizes(3, 4), (std::vector<std::size_t>{3}));
    EXPECT_TRUE(sizes(0, 4).empty());
}

TEST(Batches, FollowTheSeed) {
    Rng a(1), b(1), c(2);
    const Batches first = nn::shuffled_batches(100, 10, a);
    EXPECT_EQ(first, nn::shuffled_batches(100, 10, b));
    EXPECT_NE(first, nn::shuffled_batches(100, 10, c));
    EXPECT_NE(first, nn::shuffled_batches(100, 10, a));  // another epoch, another order
}

TEST(Batches, RefuseSizesThatMakeNoSense) {
    Rng rng(1);
    tests::expect_invalid([&] { nn::shuffled_batches(10, 0, rng); }, "a batch of 0 rows");
    tests::expect_invalid([&] { nn::shuffled_batches(10, -3, rng); }, "a batch of -3 rows");
    tests::expect_invalid([&] { nn::shuffled_batches(-1, 3, rng); }, "-1");
}
