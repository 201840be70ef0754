#include "autograd/reductions.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/arithmetic.h"
#include "autograd/backward.h"
#include "autograd/functions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::argmax;
using autograd::grad;
using autograd::max;
using autograd::mean;
using autograd::sum;
using autograd::tensor;
using autograd::to_string;
using autograd::zeros;
using tests::counting;
using tests::expect_gradients;
using tests::expect_invalid;
using tests::Numbers;
using tests::real;
using tests::Shape;
using tests::Tensor;

const Shape shapes[] = {{5}, {1}, {2, 3}, {3, 1}, {2, 3, 4}, {2, 1, 3, 2}};

// The elements of x along one axis, for each place in the others: [outer * inner][length].
std::vector<Numbers> columns(const Tensor& x, int axis) {
    std::int64_t inner = 1, length = x.shape()[axis];
    for (int i = axis + 1; i < x.shape().rank(); ++i) inner *= x.shape()[i];
    std::vector<Numbers> result(x.size() / length);
    for (std::int64_t i = 0; i < x.size(); ++i)
        result[i / (inner * length) * inner + i % inner].push_back(x.data()[i]);
    return result;
}

TEST(Reductions, ValuesAlongEachAxis) {
    for (const Shape& shape : shapes)
        for (int axis = 0; axis < shape.rank(); ++axis) {
            const Tensor x = tests::random(shape, 1);
            const Tensor total = sum(x, axis), average = mean(x, axis), largest = max(x, axis),
                         place = argmax(x, axis);
            for (const Tensor& y : {total, average, largest, place})
                ASSERT_EQ(y.shape(), shape.without(axis));
            std::size_t k = 0;
            for (const Numbers& column : columns(x, axis)) {
                real expected = 0;
                for (real v : column) expected += v;
                const auto first = std::max_element(column.begin(), column.end());
                const std::string where = to_string(shape) + " axis " + std::to_string(axis);
                EXPECT_NEAR(total.data()[k], expected, 1e-14) << where;
                EXPECT_NEAR(average.data()[k], expected / column.size(), 1e-14) << where;
                EXPECT_EQ(largest.data()[k], *first) << where;
                EXPECT_EQ(place.data()[k], first - column.begin()) << where;
                ++k;
            }
            // A negative axis is the same one; keepdim changes nothing but the shape.
            const int negative = axis - shape.rank();
            EXPECT_EQ(sum(x, negative).to_vector(), total.to_vector());
            EXPECT_EQ(max(x, negative).to_vector(), largest.to_vector());
            for (const Tensor& y : {sum(x, axis, true), mean(x, axis, true), max(x, axis, true),
                                    argmax(x, negative, true)})
                EXPECT_EQ(y.shape(), shape.with(axis, 1));
            EXPECT_EQ(mean(x, axis, true).to_vector(), average.to_vector());
        }
}

TEST(Reductions, ValuesOverEverything) {
    EXPECT_EQ(sum(counting({2, 3, 4})).item(), 300);
    EXPECT_EQ(sum(counting({2, 3, 4})).shape(), Shape{});
    EXPECT_EQ(mean(counting({2, 3})).item(), 3.5);
    EXPECT_EQ(sum(Tensor(7)).item(), 7);
    EXPECT_EQ(mean(Tensor(7)).item(), 7);
}

TEST(Reductions, Gradients) {
    for (const Shape& shape : shapes) {
        const Tensor x = tests::random(shape, 2);
        const std::string name = to_string(shape);
        expect_gradients("sum " + name, [](auto& v) { return square(sum(square(v[0]))); }, {x});
        expect_gradients("mean " + name, [](auto& v) { return square(mean(square(v[0]))); }, {x});
        for (int axis = 0; axis < shape.rank(); ++axis)
            for (bool keepdim : {false, true}) {
                const std::string where = name + " axis " + std::to_string(axis);
                expect_gradients("sum " + where,
                                 [&](auto& v) { return square(sum(square(v[0]), axis, keepdim)); },
                                 {x});
                expect_gradients("mean " + where,
                                 [&](auto& v) { return square(mean(square(v[0]), axis, keepdim)); },
                                 {x});
                expect_gradients("max " + where,
                                 [&](auto& v) { return square(max(v[0], axis, keepdim)); }, {x});
            }
    }
}

TEST(Reductions, OfNoElements) {
    const Tensor none = zeros({0, 3});
    EXPECT_EQ(sum(none).item(), 0);
    EXPECT_TRUE(std::isnan(mean(none).item()));
    EXPECT_EQ(sum(none, 0).to_vector(), (Numbers{0, 0, 0}));
    EXPECT_EQ(sum(none, 1).shape(), (Shape{0}));
    EXPECT_EQ(mean(none, 1, true).shape(), (Shape{0, 1}));
    for (real v : mean(none, 0).to_vector()) EXPECT_TRUE(std::isnan(v));
    EXPECT_EQ(max(none, 1).shape(), (Shape{0}));  // no rows: no maxima to find
    EXPECT_EQ(argmax(none, 1, true).shape(), (Shape{0, 1}));
    expect_invalid([&] { max(none, 0); }, "max: axis 0 of [0, 3] is empty: there is no largest");
    expect_invalid([&] { argmax(none, -2); }, "argmax: axis 0 of [0, 3] is empty");
}

TEST(Reductions, MaxGivesTheGradientToTheFirstOfEquals) {
    Tensor x = tensor({{1, 5, 5}, {2, 2, 2}});
    x.requires_grad_();
    EXPECT_EQ(grad(sum(max(x, 1)), x).to_vector(), (Numbers{0, 1, 0, 1, 0, 0}));
    EXPECT_EQ(argmax(x, 1).to_vector(), (Numbers{1, 0}));
    EXPECT_EQ(argmax(x, 0).to_vector(), (Numbers{1, 0, 0}));
}

TEST(Reductions, MaxKeepsNaNAndInfinity) {
    const double infinity = std::numeric_limits<double>::infinity();
    const Tensor x = tensor({{1, NAN, 3}, {NAN, 2, NAN}, {-infinity, -infinity, -infinity}});
    const Tensor largest = max(x, 1);
    EXPECT_TRUE(std::isnan(largest.at({0})) && std::isnan(largest.at({1})));
    EXPECT_EQ(largest.at({2}), -infinity);
    EXPECT_EQ(argmax(x, 1).to_vector(), (Numbers{1, 0, 0}));
    EXPECT_TRUE(std::isnan(sum(x).item()));
}

TEST(Reductions, ArgmaxHasNoGraph) {
    Tensor x = tensor({1, 2});
    x.requires_grad_();
    EXPECT_TRUE(argmax(x, 0).is_leaf() && !argmax(x, 0).requires_grad());
}

TEST(Reductions, Messages) {
    const Tensor x = zeros({2, 3});
    expect_invalid([&] { sum(x, 2); }, "sum: [2, 3] has no axis 2: it has 2 axes");
    expect_invalid([&] { mean(x, -3); }, "mean: [2, 3] has no axis -3");
    expect_invalid([&] { max(x, 2); }, "max: [2, 3] has no axis 2");
    expect_invalid([&] { argmax(x, 2); }, "argmax: [2, 3] has no axis 2");
    expect_invalid([&] { sum(Tensor(1), 0); }, "sum: [] has no axis 0");
}

// d log(x)/dx at 0 is infinite; what was not selected receives 0, not 0 times infinity.
TEST(Max, AnInfiniteGradientReachesTheLargestAlone) {
    Tensor x = autograd::tensor({0, -1}).requires_grad_();
    log(max(x, 0)).backward();
    EXPECT_EQ(x.grad().at({0}), std::numeric_limits<real>::infinity());
    EXPECT_EQ(x.grad().at({1}), 0);
    Tensor z = autograd::tensor({0}).requires_grad_();
    sum(log(abs(z))).backward();
    EXPECT_EQ(z.grad().item(), 0);
}

}  // namespace
