#include "autograd/shaping.h"

#include "autograd/arithmetic.h"
#include "autograd/functions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::to_string;
using autograd::zeros;
using tests::counting;
using tests::expect_gradients;
using tests::expect_invalid;
using tests::Numbers;
using tests::Shape;
using tests::Tensor;

// small is what is repeated, large what comes out; and the other way round for sum_to.
struct Pair {
    Shape small, large;
};
const Pair pairs[] = {
    {{}, {3}},
    {{}, {2, 3}},
    {{1}, {3}},
    {{3}, {2, 3}},
    {{1, 3}, {2, 3}},
    {{2, 1}, {2, 3}},
    {{1, 1}, {2, 3}},
    {{2, 3}, {2, 3}},
    {{1}, {1, 1, 1}},
    {{3, 1}, {2, 3, 4}},
    {{2, 1, 4}, {2, 3, 4}},
    {{1, 3, 1}, {2, 3, 4}},
    {{2, 1, 3, 1}, {2, 2, 3, 2}},
    {{1, 2, 1, 2}, {2, 2, 3, 2}},
    {{3, 2}, {2, 2, 3, 2}},
    {{0}, {2, 0}},
    {{2, 1}, {2, 0}},
};

// The element of `small` that element i of `large` is a copy of.
std::int64_t source(const Pair& p, std::int64_t i) {
    std::int64_t offset = 0, step = 1;
    for (int axis = p.large.rank() - 1; axis >= 0; --axis) {
        const std::int64_t index = i % p.large[axis];
        i /= p.large[axis];
        const int in_small = axis - (p.large.rank() - p.small.rank());
        if (in_small < 0) continue;
        if (p.small[in_small] != 1) offset += index * step;
        step *= p.small[in_small];
    }
    return offset;
}

TEST(Shaping, BroadcastToRepeats) {
    for (const Pair& p : pairs) {
        const Tensor x = counting(p.small), y = broadcast_to(x, p.large);
        ASSERT_EQ(y.shape(), p.large);
        for (std::int64_t i = 0; i < y.size(); ++i)
            ASSERT_EQ(y.data()[i], x.data()[source(p, i)])
                << to_string(p.small) << " to " << to_string(p.large);
    }
}

TEST(Shaping, SumToSumsWhatWasRepeated) {
    for (const Pair& p : pairs) {
        const Tensor x = counting(p.large), y = sum_to(x, p.small);
        ASSERT_EQ(y.shape(), p.small);
        Numbers expected(p.small.size());
        for (std::int64_t i = 0; i < x.size(); ++i) expected[source(p, i)] += x.data()[i];
        EXPECT_EQ(y.to_vector(), expected) << to_string(p.large) << " to " << to_string(p.small);
    }
}

TEST(Shaping, GradientsOfBroadcastToAndSumTo) {
    for (const Pair& p : pairs) {
        const std::string shapes = to_string(p.small) + " " + to_string(p.large);
        expect_gradients("broadcast_to " + shapes,
                         [&](auto& x) { return broadcast_to(square(x[0]), p.large); },
                         {tests::random(p.small, 1)});
        expect_gradients("sum_to " + shapes,
                         [&](auto& x) { return square(sum_to(square(x[0]), p.small)); },
                         {tests::random(p.large, 2)});
    }
}

TEST(Shaping, ReshapeKeepsTheOrder) {
    const Tensor x = counting({2, 6});
    for (const Shape& shape : {Shape{12}, Shape{3, 4}, Shape{2, 3, 2}, Shape{1, 12, 1, 1}}) {
        EXPECT_EQ(reshape(x, shape).shape(), shape);
        EXPECT_EQ(reshape(x, shape).to_vector(), x.to_vector());
        expect_gradients("reshape " + to_string(shape),
                         [&](auto& v) { return square(reshape(v[0], shape)); },
                         {tests::random({2, 6}, 3)});
    }
    EXPECT_EQ(reshape(counting({1, 1}), {}).item(), 1);
    EXPECT_EQ(reshape(zeros({0, 3}), {2, 0}).shape(), (Shape{2, 0}));
}

TEST(Shaping, ReshapeFindsTheSizeOfMinusOne) {
    const Tensor x = tests::counting({4, 6});
    EXPECT_EQ(reshape(x, {-1}).shape(), (Shape{24}));
    EXPECT_EQ(reshape(x, {2, -1, 3}).shape(), (Shape{2, 4, 3}));
    EXPECT_EQ(reshape(x, {-1, 24}).to_vector(), x.to_vector());
    EXPECT_EQ(reshape(autograd::zeros({0, 3}), {-1, 3}).shape(), (Shape{0, 3}));
    EXPECT_EQ(reshape(tests::counting({1}), {}).shape(), Shape{});
    tests::expect_gradients("reshape",
                            [](const auto& v) {
                                return square(reshape(v[0], {-1, 2}));
                            },
                            {x});
    expect_invalid(
        [&] {
            reshape(x, {5, -1});
        },
        "reshape: [4, 6] has 24 elements: the other sizes");
    expect_invalid([&] { reshape(autograd::zeros({0}), {0, -1}); }, "no size for the axis of -1");
    expect_invalid([&] { reshape(x, {-1, -1}); }, "-1: a size is 0 or more");
    expect_invalid([&] { reshape(x, {-2, -1}); }, "-2: a size is 0 or more");
}

TEST(Shaping, Messages) {
    expect_invalid(
        [] {
            broadcast_to(zeros({2, 3}), {3});
        },
        "broadcast_to: [2, 3] can't be repeated to [3]");
    expect_invalid([] { broadcast_to(zeros({2}), {1}); }, "can't be repeated to [1]");
    expect_invalid([] { broadcast_to(zeros({2}), {3}); }, "broadcast_to: [2] and [3]: axis -1");
    expect_invalid([] { sum_to(zeros({3}), {2, 3}); }, "sum_to: [3] can't be summed to [2, 3]");
    expect_invalid([] { sum_to(zeros({1}), {3}); }, "sum_to: [1] can't be summed to [3]");
    expect_invalid([] { sum_to(zeros({2, 3}), {2}); }, "sum_to: [2] and [2, 3]");
    expect_invalid(
        [] {
            reshape(zeros({2, 3}), {4});
        },
        "reshape: [2, 3] has 6 elements, [4] has 4");
}

TEST(Transpose, SwapsRowsAndColumnsAndPassesGradients) {
    const Tensor x = counting({2, 3});
    EXPECT_EQ(transpose(x).shape(), (Shape{3, 2}));
    EXPECT_EQ(transpose(x).to_vector(), (Numbers{1, 4, 2, 5, 3, 6}));
    expect_gradients("transpose",
                     [](const std::vector<Tensor>& v) { return square(transpose(v[0])); },
                     {tests::random({2, 3}, 1)});
    expect_invalid([] { transpose(counting({3})); }, "transpose: [3] is not a matrix");
}

}  // namespace
