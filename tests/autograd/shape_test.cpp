#include "autograd/shape.h"

#include "tests/autograd/support.h"

namespace {

using autograd::broadcast;
using autograd::to_string;
using tests::expect_invalid;
using tests::Shape;

TEST(Shape, KnowsItsAxes) {
    const Shape scalar, matrix{256, 784};
    EXPECT_EQ(scalar.rank(), 0);
    EXPECT_EQ(scalar.size(), 1);
    EXPECT_EQ(to_string(scalar), "[]");
    EXPECT_EQ(matrix.rank(), 2);
    EXPECT_EQ(matrix[1], 784);
    EXPECT_EQ(matrix.size(), 256 * 784);
    EXPECT_EQ(to_string(matrix), "[256, 784]");
    EXPECT_EQ((Shape{3, 0, 2}.size()), 0);
    EXPECT_EQ((Shape{1 << 20, 1 << 20}.size()), std::int64_t{1} << 40);  // the largest
}

TEST(Shape, EqualMeansSameRankAndSizes) {
    EXPECT_EQ((Shape{2, 3}), (Shape{2, 3}));
    EXPECT_NE((Shape{2, 3}), (Shape{3, 2}));
    EXPECT_NE((Shape{2}), (Shape{2, 1}));
    EXPECT_NE((Shape{}), (Shape{1}));
    EXPECT_EQ((Shape{2, 3}.without(1)), (Shape{2}));  // nothing stays behind in the removed axis
}

TEST(Shape, NegativeAxesCountFromTheEnd) {
    const Shape s{2, 3, 4};
    EXPECT_EQ(s.axis(0, "op"), 0);
    EXPECT_EQ(s.axis(-1, "op"), 2);
    EXPECT_EQ(s.axis(-3, "op"), 0);
    expect_invalid([&] { s.axis(3, "sum"); }, "sum: [2, 3, 4] has no axis 3: it has 3 axes");
    expect_invalid([&] { s.axis(-4, "sum"); }, "no axis -4");
    expect_invalid([&] { Shape{5}.axis(1, "sum"); }, "it has 1 axis");
    expect_invalid([&] { Shape{}.axis(0, "sum"); }, "sum: [] has no axis 0: it has 0 axes");
}

TEST(Shape, WithAndWithoutAnAxis) {
    const Shape s{2, 3, 4};
    EXPECT_EQ(s.with(1, 7), (Shape{2, 7, 4}));
    EXPECT_EQ(s.without(0), (Shape{3, 4}));
    EXPECT_EQ(s.without(1), (Shape{2, 4}));
    EXPECT_EQ(s.without(2), (Shape{2, 3}));
    EXPECT_EQ(Shape{5}.without(0), Shape{});
}

TEST(Shape, RefusesWhatNoTensorCanHave) {
    const std::int64_t big = std::int64_t{1} << 31;
    expect_invalid([] { Shape{1, 2, 3, 4, 5}; }, "shape: 5 axes: a tensor has at most 4");
    expect_invalid([] { Shape{2, -1}; }, "shape: axis 1 has size -1: a size is 0 or more");
    expect_invalid([&] { Shape{big}; }, "too large");
    expect_invalid([] { Shape{1 << 20, 1 << 20, 2}; }, "more than 2^40 elements");
    expect_invalid(
        [] {
            Shape{2, 3'000'000'000};
        },
        "axis 1 has size 3000000000: too large, at most 2^31 - 1");
    expect_invalid([&] { Shape{big - 1, big - 1, big - 1, big - 1}; }, "too large");  // > 2^64
    expect_invalid([&] { Shape{2}.with(0, big); }, "too large");
    expect_invalid([&] { (Shape{1 << 20, 1 << 20}.with(1, 1 << 21)); }, "too large");
    expect_invalid([] { Shape{2}.with(0, -1); }, "size -1");
}

TEST(Broadcast, FollowsNumPy) {
    struct Case {
        Shape a, b, result;
    };
    const Case cases[] = {
        {{2, 3}, {2, 3}, {2, 3}},        // equal
        {{2, 3}, {}, {2, 3}},            // a number
        {{2, 3}, {3}, {2, 3}},           // a row
        {{2, 3}, {2, 1}, {2, 3}},        // a column
        {{2, 1}, {1, 3}, {2, 3}},        // 1 on both sides
        {{4, 2, 3}, {2, 3}, {4, 2, 3}},  // a missing axis
        {{5, 1, 3, 1}, {4, 1, 6}, {5, 4, 3, 6}},
        {{1}, {0}, {0}},  // 1 gives way to 0, too
        {{2, 0}, {2, 1}, {2, 0}},
        {{1, 1}, {1}, {1, 1}},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(broadcast(c.a, c.b, "op"), c.result) << to_string(c.a) << to_string(c.b);
        EXPECT_EQ(broadcast(c.b, c.a, "op"), c.result) << to_string(c.b) << to_string(c.a);
    }
}

TEST(Broadcast, NamesTheAxisThatClashes) {
    expect_invalid(
        [] {
            broadcast({2, 3}, {4, 3}, "add");
        },
        "add: [2, 3] and [4, 3]: axis -2 has sizes 2 and 4: they must be equal");
    expect_invalid(
        [] {
            broadcast({4}, {2, 3}, "mul");
        },
        "mul: [4] and [2, 3]: axis -1 has sizes 4 and 3");
    expect_invalid([] { broadcast({0}, {2}, "mul"); }, "sizes 0 and 2");
    expect_invalid([] { broadcast({2}, {0}, "mul"); }, "sizes 2 and 0");
    expect_invalid([] { broadcast({1 << 22, 1}, {1, 1 << 22}, "add"); }, "more than 2^40");
}

}  // namespace
