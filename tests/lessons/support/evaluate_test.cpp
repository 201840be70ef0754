#include "lessons/support/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "autograd/autograd.h"

namespace {

using autograd::Tensor;
using namespace support;

// 2300 images of two pixels: 51 i mod 256 and 255.
Images images() {
    Images all{.count = 2300, .height = 1, .width = 2, .pixels = {}, .labels = {}};
    for (int i = 0; i < all.count; ++i) {
        all.pixels.push_back(std::uint8_t(51 * i % 256));
        all.pixels.push_back(255);
        all.labels.push_back(0);
    }
    return all;
}

TEST(Evaluate, ChunksHoldEveryImageOnceInOrderAndRecordNothing) {
    const Images all = images();
    const Tensor w = autograd::full({}, 1).requires_grad_();
    int next = 0;
    for_each_chunk(all, [&](const Tensor& x, int first) {
        EXPECT_EQ(first, next);
        EXPECT_LE(x.size(0), 1000);
        EXPECT_FALSE((w * x).requires_grad());
        for (int i = 0; i < x.size(0); ++i)
            EXPECT_EQ(x.at({i, 0}), all.pixels[2 * (first + i)] / 255.0);
        next += int(x.size(0));
    });
    EXPECT_EQ(next, all.count);
}

TEST(Evaluate, ReconstructionErrorIsMeanCrossEntropyPerPixelAndSquaredErrorPerImage) {
    const auto error = reconstruction_error(
        images(), [](const Tensor& x) { return autograd::full(x.shape(), 0.25); });
    double bce = 0, sse = 0;
    for (int i = 0; i < 2300; ++i)
        for (const double x : {51 * i % 256 / 255.0, 1.0}) {
            bce -= (x * std::log(0.25) + (1 - x) * std::log(0.75)) / 2 / 2300;
            sse += (x - 0.25) * (x - 0.25) / 2300;
        }
    EXPECT_NEAR(error.bce, bce, 1e-12);
    EXPECT_NEAR(error.sse, sse, 1e-12);
}

TEST(Evaluate, LargestDifferenceLooksAtEveryElementOfEveryTensor) {
    const Tensor a = autograd::tensor({1, -2, 3}), b = autograd::tensor({{0.5, 0}, {0, -7}});
    EXPECT_EQ(largest({a, b}), 7);
    EXPECT_EQ(largest_difference({a, b}, {a, b}), 0);
    EXPECT_EQ(largest_difference({a, b}, {a, b + autograd::tensor({{0, 0}, {-0.25, 0}})}), 0.25);
    EXPECT_EQ(largest_difference({a}, {autograd::tensor({1, 2, 3})}), 4);
}

TEST(Evaluate, LargestIsNotANumberWhereAnElementIsNot) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(std::isnan(largest({autograd::tensor({nan, 1}), autograd::tensor({2, 3})})));
    EXPECT_TRUE(std::isnan(largest({autograd::tensor({1, 2}), autograd::tensor({3, nan})})));
}

TEST(Evaluate, ReconstructionErrorIsNotANumberWhereAPixelIsNot) {
    const auto error = reconstruction_error(images(), [](const Tensor& x) {
        Tensor x_hat = x.detach();
        x_hat.mutable_data()[1] = std::numeric_limits<double>::quiet_NaN();
        return x_hat;
    });
    EXPECT_TRUE(std::isnan(error.bce));
    EXPECT_TRUE(std::isnan(error.sse));
}

TEST(Evaluate, CodesAreThoseOfEveryImage) {
    const Images all = images();
    const Tensor h = codes(all, [](const Tensor& x) { return concat(2 * x, x, 1); });
    EXPECT_EQ(h.shape(), (autograd::Shape{2300, 4}));
    for (const int i : {0, 999, 1000, 2299}) {
        EXPECT_EQ(h.at({i, 0}), 2 * (all.pixels[2 * i] / 255.0));
        EXPECT_EQ(h.at({i, 3}), 1);
    }
}

TEST(Evaluate, FiltersAreColumnsOfLengthOne) {
    autograd::Rng rng(1);
    const Tensor W = autograd::normal({5, 3}, 0, 1, rng), rows = filters(W);
    EXPECT_EQ(rows.shape(), (autograd::Shape{3, 5}));
    for (int l = 0; l < 3; ++l) {
        double length = 0;
        for (int j = 0; j < 5; ++j) length += W.at({j, l}) * W.at({j, l});
        for (int j = 0; j < 5; ++j)
            EXPECT_NEAR(rows.at({l, j}), W.at({j, l}) / std::sqrt(length), 1e-14);
    }
}

}  // namespace
