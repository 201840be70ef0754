#include "autograd/axes.h"

#include "tests/autograd/support.h"

namespace {

using autograd::Around;
using autograd::broadcast;
using autograd::to_string;
using tests::expect_invalid;
using tests::Shape;

TEST(Around, SeesAShapeFromOneAxis) {
    const Around middle(Shape{2, 3, 4, 5}, 1), last(Shape{6}, 0);
    EXPECT_EQ(middle.outer, 2);
    EXPECT_EQ(middle.length, 3);
    EXPECT_EQ(middle.inner, 20);
    EXPECT_EQ(middle.block(), 60);
    EXPECT_EQ(last.outer * last.inner, 1);
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
