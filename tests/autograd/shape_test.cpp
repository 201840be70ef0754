#include "autograd/shape.h"

#include "autograd/arithmetic.h"
#include "tests/autograd/support.h"

namespace {

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

// Beside an axis of size 0 strides are products of the other sizes, which would overflow.
TEST(Shape, AnEmptyAxisDoesNotHideSizesThatAreTooLarge) {
    const std::int64_t most = 2147483647;
    const std::string problem = "more than 2^40 elements";
    expect_invalid([=] { Shape{0, most, most, most}; }, problem);
    expect_invalid([=] { Shape{most, most, 0}; }, problem);
    expect_invalid([=] { autograd::zeros({0, most, 2}).shape().with(2, most); }, problem);
    EXPECT_EQ((Shape{0, most, 512}.size()), 0);
    EXPECT_EQ((autograd::zeros({0, most, 512}) + autograd::zeros({512})).size(), 0);
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

}  // namespace
