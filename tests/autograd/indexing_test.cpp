#include "autograd/indexing.h"

#include <numeric>

#include "autograd/arithmetic.h"
#include "autograd/backward.h"
#include "autograd/functions.h"
#include "autograd/reductions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::concat;
using autograd::grad;
using autograd::index_select;
using autograd::narrow;
using autograd::tensor;
using autograd::to_string;
using autograd::zeros;
using tests::counting;
using tests::expect_gradients;
using tests::expect_invalid;
using tests::Numbers;
using tests::Shape;
using tests::Tensor;

TEST(IndexSelect, TakesRowsInTheGivenOrder) {
    const Tensor x = counting({3, 2});
    EXPECT_EQ(index_select(x, std::vector{2, 0, 2}).to_vector(), (Numbers{5, 6, 1, 2, 5, 6}));
    EXPECT_EQ(index_select(x, std::vector{2, 0, 2, 1}).shape(), (Shape{4, 2}));
    EXPECT_EQ(index_select(counting({4}), std::vector{3}).to_vector(), (Numbers{4}));
    const Tensor y = index_select(counting({2, 2, 2, 2}), std::vector{1});
    EXPECT_EQ(y.shape(), (Shape{1, 2, 2, 2}));
    EXPECT_EQ(y.data()[0], 9);
}

// A row that was taken three times gets three gradients, one that wasn't gets none.
TEST(IndexSelect, GradientsAddWhereARowIsRepeated) {
    Tensor x = counting({3, 2}).requires_grad_();
    const Tensor y = index_select(x, std::vector{2, 0, 2, 2});
    EXPECT_EQ(grad(sum(y), x).to_vector(), (Numbers{1, 1, 0, 0, 3, 3}));
    for (const Shape& shape : {Shape{3}, Shape{3, 2}, Shape{3, 1, 2, 2}})
        for (const std::vector<int>& rows : {std::vector{0, 1, 2}, {2, 0, 2, 2}, {1}, {}}) {
            const std::string name = to_string(shape) + " " + std::to_string(rows.size());
            expect_gradients("index_select " + name,
                             [&](auto& v) { return index_select(v[0], rows); },
                             {tests::random(shape, 1)});
            expect_gradients("its square " + name,
                             [&](auto& v) { return square(index_select(v[0], rows)); },
                             {tests::random(shape, 2)});
        }
}

TEST(IndexSelect, TakesBraces) {
    const Tensor x = tests::counting({3, 1});
    EXPECT_EQ(index_select(x, {2, 0}).to_vector(), (tests::Numbers{3, 1}));
    EXPECT_EQ(index_select(x, {1}).to_vector(), (tests::Numbers{2}));
    EXPECT_EQ(index_select(x, {}).shape(), (Shape{0, 1}));
}

TEST(Concat, TakesBraces) {
    const Tensor a = tests::counting({1, 2}), b = -a;
    EXPECT_EQ(concat({a, b, a}, 1).to_vector(), (tests::Numbers{1, 2, -1, -2, 1, 2}));
    EXPECT_EQ(concat({a, b}).shape(), (Shape{2, 2}));
    EXPECT_EQ(concat({a}, 1).node(), a.node());
    EXPECT_EQ(concat(std::vector{a, b}, 1).shape(), (Shape{1, 4}));
}

TEST(IndexSelect, OfNoElements) {
    EXPECT_EQ(index_select(zeros({0, 3}), {}).shape(), (Shape{0, 3}));
    EXPECT_EQ(index_select(zeros({2, 3}), {}).shape(), (Shape{0, 3}));
    EXPECT_EQ(index_select(zeros({2, 0}), std::vector{1, 1, 0}).shape(), (Shape{3, 0}));
}

TEST(IndexSelect, Messages) {
    const Tensor x = zeros({3, 2});
    expect_invalid([&] { index_select(x, std::vector{3}); },
                   "index_select: row 3 is outside [3, 2]");
    expect_invalid([&] { index_select(x, std::vector{0, -1}); }, "row -1 is outside [3, 2]");
    expect_invalid([&] { index_select(zeros({0, 2}), std::vector{0}); }, "row 0 is outside [0, 2]");
    expect_invalid([] { index_select(Tensor(1), std::vector{0}); },
                   "index_select: [] has no axis 0");
    expect_invalid([] { index_select(zeros({(1 << 24) + 1, 0}), {}); }, "at most 2^24 rows");
}

const Shape shapes[] = {{4}, {2, 3}, {3, 2, 2}, {2, 3, 2, 2}};

TEST(Concat, IsUndoneByNarrowAlongEachAxis) {
    for (const Shape& shape : shapes)
        for (int axis = 0; axis < shape.rank(); ++axis) {
            const Tensor a = counting(shape), b = -counting(shape.with(axis, 5));
            const Tensor y = concat(a, b, axis);
            const std::string where = to_string(shape) + " axis " + std::to_string(axis);
            ASSERT_EQ(y.shape(), shape.with(axis, shape[axis] + 5)) << where;
            EXPECT_EQ(narrow(y, axis, 0, shape[axis]).to_vector(), a.to_vector()) << where;
            EXPECT_EQ(narrow(y, axis, shape[axis], 5).to_vector(), b.to_vector()) << where;
            const int negative = axis - shape.rank();
            EXPECT_EQ(concat(a, b, negative).to_vector(), y.to_vector()) << where;
        }
}

TEST(Concat, Values) {
    const Tensor a = tensor({{1, 2}, {3, 4}}), b = tensor({{5, 6}, {7, 8}});
    EXPECT_EQ(concat(a, b).to_vector(), (Numbers{1, 2, 3, 4, 5, 6, 7, 8}));
    EXPECT_EQ(concat(a, b, 1).to_vector(), (Numbers{1, 2, 5, 6, 3, 4, 7, 8}));
    const std::vector<Tensor> parts{tensor({1}), tensor({2, 3}), zeros({0}), tensor({4}),
                                    tensor({5, 6})};
    EXPECT_EQ(concat(parts).to_vector(), (Numbers{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(concat(std::vector<Tensor>{a}, 1).to_vector(), a.to_vector());
    EXPECT_EQ(concat(zeros({0, 2}), a).to_vector(), a.to_vector());
    EXPECT_EQ(concat(zeros({2, 0}), zeros({2, 0}), 1).shape(), (Shape{2, 0}));
}

TEST(Narrow, Values) {
    const Tensor x = counting({2, 4});
    EXPECT_EQ(narrow(x, 1, 1, 2).to_vector(), (Numbers{2, 3, 6, 7}));
    EXPECT_EQ(narrow(x, 0, 1, 1).to_vector(), (Numbers{5, 6, 7, 8}));
    EXPECT_EQ(narrow(x, -1, 3, 1).to_vector(), (Numbers{4, 8}));
    EXPECT_EQ(narrow(x, 1, 4, 0).shape(), (Shape{2, 0}));
    EXPECT_EQ(narrow(zeros({0, 3}), 1, 1, 2).shape(), (Shape{0, 2}));
}

TEST(ConcatAndNarrow, GradientsAlongEachAxis) {
    for (const Shape& shape : shapes)
        for (int axis = 0; axis < shape.rank(); ++axis) {
            const std::string where = to_string(shape) + " axis " + std::to_string(axis);
            const Tensor a = tests::random(shape, 3), b = tests::random(shape.with(axis, 1), 4);
            expect_gradients("concat " + where,
                             [&](auto& x) { return square(concat(x[0], x[1], axis)); }, {a, b});
            expect_gradients("concat of x, x " + where,
                             [&](auto& x) { return square(concat(x[0], x[0], axis)); }, {a});
            for (std::int64_t start = 0; start < shape[axis]; ++start)
                expect_gradients("narrow " + where,
                                 [&](auto& x) { return square(narrow(x[0], axis, start, 1)); },
                                 {a});
        }
    expect_gradients(
        "concat of three", [](auto& x) { return square(concat(x, 1)); },
        {tests::random({2, 1}, 5), tests::random({2, 3}, 6), tests::random({2, 2}, 7)});
}

TEST(ConcatAndNarrow, Messages) {
    const Tensor x = zeros({2, 3});
    expect_invalid(
        [&] {
            concat(x, zeros({2, 4}));
        },
        "concat: [2, 3] and [2, 4] differ outside axis 0");
    expect_invalid([&] { concat(x, zeros({3}), 1); }, "[2, 3] and [3] differ outside axis 1");
    expect_invalid([&] { concat(x, x, 2); }, "concat: [2, 3] has no axis 2");
    expect_invalid([] { concat(std::span<const Tensor>{}); }, "concat: there is nothing to join");
    expect_invalid([] { concat(Tensor(1), Tensor(2)); }, "concat: [] has no axis 0");
    expect_invalid([] { concat(zeros({1 << 30, 0}), zeros({1 << 30, 0})); }, "too large");
    expect_invalid([&] { narrow(x, 1, 2, 2); },
                   "narrow: elements 2 to 4 of axis 1 are outside [2, 3]");
    expect_invalid([&] { narrow(x, 1, -1, 2); }, "elements -1 to 1");
    expect_invalid([&] { narrow(x, 1, 1, -1); }, "narrow: elements 1 to 0");
    expect_invalid([&] { narrow(x, 0, 0, 3); }, "are outside [2, 3]");
    expect_invalid([&] { narrow(x, 5, 0, 1); }, "narrow: [2, 3] has no axis 5");
}

}  // namespace
