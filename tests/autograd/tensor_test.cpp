#include "autograd/tensor.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <sstream>
#include <string>
#include <type_traits>

#include "autograd/autograd.h"
#include "tests/autograd/support.h"

namespace {

using autograd::captures_plain_numbers;
using autograd::empty;
using autograd::full;
using autograd::live_nodes;
using autograd::NoGrad;
using autograd::Recording;
using autograd::tensor;
using autograd::to_string;
using autograd::Unread;
using autograd::zeros;
using tests::expect_invalid;
using tests::Numbers;
using tests::Shape;
using tests::Tensor;

TEST(Tensor, IsMadeFromNumbers) {
    EXPECT_EQ(full({2, 2}, 3).to_vector(), (Numbers{3, 3, 3, 3}));
    EXPECT_EQ(zeros({2}).to_vector(), (Numbers{0, 0}));
    EXPECT_EQ(autograd::ones({1, 3}).to_vector(), (Numbers{1, 1, 1}));
    const Tensor vector = tensor({1, 2, 3}), matrix = tensor({{1, 2, 3}, {4, 5, 6}});
    EXPECT_EQ(vector.shape(), (Shape{3}));
    EXPECT_EQ(matrix.shape(), (Shape{2, 3}));
    EXPECT_EQ(matrix.to_vector(), (Numbers{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(tensor(std::vector<double>{1, 2}, {2, 1}).shape(), (Shape{2, 1}));
    const Tensor number = 1.5;
    EXPECT_EQ(number.shape(), Shape{});
    EXPECT_EQ(number.item(), 1.5);
    expect_invalid(
        [] {
            tensor(std::vector<double>{1, 2, 3}, {2, 2});
        },
        "tensor: 3 values don't fill [2, 2]");
    expect_invalid([] { tensor({{1, 2, 3}, {4, 5}}); }, "a row of 2 values after one of 3");
}

TEST(Tensor, GivesItsNumbers) {
    const Tensor x = tests::counting({2, 3});
    EXPECT_EQ(x.size(), 6);
    EXPECT_EQ(x.size(0), 2);
    EXPECT_EQ(x.size(-1), 3);
    EXPECT_EQ(x.at({1, 0}), 4);
    EXPECT_EQ(Tensor(7).at({}), 7);
    EXPECT_EQ(full({1, 1}, 5).item(), 5);
    expect_invalid([&] { x.size(2); }, "size: [2, 3] has no axis 2");
    expect_invalid([&] { x.item(); }, "item: [2, 3] has 6 elements, not one");
    expect_invalid([] { zeros({0}).item(); }, "has 0 elements");
    expect_invalid([&] { x.at({2, 0}); }, "at: {2, 0} is not an element of [2, 3]");
    expect_invalid([&] { x.at({0, -1}); }, "at: {0, -1}");
    expect_invalid([&] { x.at({1}); }, "at: {1} is not");
    expect_invalid([&] { x.at({0, 0, 0}); }, "at: {0, 0, 0} is not");
}

TEST(Tensor, IsAHandle) {
    Tensor x = zeros({2}), same = x, copy = x.detach();
    x.mutable_data()[0] = 5;
    EXPECT_EQ(same.at({0}), 5);
    EXPECT_EQ(copy.at({0}), 0);
    EXPECT_EQ(same.node(), x.node());
    EXPECT_EQ(x.use_count(), 2);
}

TEST(Tensor, WithoutAValueIsRefusedByName) {
    Tensor nothing;
    EXPECT_FALSE(nothing.defined());
    EXPECT_TRUE(Tensor(0).defined());
    const std::string problem = ": the tensor is undefined";
    expect_invalid([&] { nothing.shape(); }, "shape" + problem);
    expect_invalid([&] { nothing.data(); }, "data" + problem);
    expect_invalid([&] { nothing.mutable_data(); }, problem);
    expect_invalid([&] { nothing.requires_grad(); }, "requires_grad" + problem);
    expect_invalid([&] { nothing.requires_grad_(); }, problem);
    expect_invalid([&] { nothing.is_leaf(); }, "is_leaf" + problem);
    expect_invalid([&] { nothing.grad(); }, "grad" + problem);
    expect_invalid([&] { nothing.zero_grad(); }, "zero_grad" + problem);
    expect_invalid([&] { nothing.backward(); }, problem);
    expect_invalid([&] { nothing.detach(); }, problem);
    expect_invalid([&] { nothing.item(); }, problem);
    expect_invalid([&] { nothing.item(); }, "item" + problem);
    expect_invalid([&] { nothing.at({0}); }, "at" + problem);
    expect_invalid([&] { nothing.size(); }, "size" + problem);
}

TEST(Graph, AnOperationOnAnUndefinedTensorIsRefusedByName) {
    const Tensor nothing, x = full({2, 2}, 1);
    const std::pair<const char*, std::function<void()>> operations[] = {
        {"add", [&] { nothing + 1; }},
        {"sub", [&] { x - nothing; }},
        {"mul", [&] { x* nothing; }},
        {"div", [&] { nothing / x; }},
        {"neg", [&] { -nothing; }},
        {"sigmoid", [&] { sigmoid(nothing); }},
        {"tanh", [&] { tanh(nothing); }},
        {"relu", [&] { relu(nothing); }},
        {"leaky_relu", [&] { leaky_relu(nothing); }},
        {"softplus", [&] { softplus(nothing); }},
        {"log_softmax", [&] { log_softmax(nothing); }},
        {"square", [&] { square(nothing); }},
        {"pow", [&] { pow(nothing, 2); }},
        {"sqrt", [&] { sqrt(nothing); }},
        {"exp", [&] { exp(nothing); }},
        {"log", [&] { log(nothing); }},
        {"abs", [&] { abs(nothing); }},
        {"clamp", [&] { clamp(nothing, 0, 1); }},
        {"sum", [&] { sum(nothing); }},
        {"sum", [&] { sum(nothing, 0); }},
        {"mean", [&] { mean(nothing); }},
        {"mean", [&] { mean(nothing, 0); }},
        {"max", [&] { max(nothing, 0); }},
        {"argmax", [&] { argmax(nothing, 0); }},
        {"matmul", [&] { matmul(nothing, x); }},
        {"matmul", [&] { matmul(x, transposed(nothing)); }},
        {"linear", [&] { linear(x, nothing, full({2}, 0)); }},
        {"linear", [&] { linear(x, x, nothing); }},
        {"index_select", [&] { index_select(nothing, {0}); }},
        {"narrow", [&] { narrow(nothing, 0, 0, 1); }},
        {"concat", [&] { concat(x, nothing); }},
        {"concat",
         [&] {
             autograd::concat({nothing, x}, 1);
         }},
        {"broadcast_to", [&] { broadcast_to(nothing, {2}); }},
        {"sum_to", [&] { sum_to(nothing, {}); }},
        {"reshape", [&] { reshape(nothing, {-1}); }},
        {"reshape", [&] { reshape(nothing, {1}); }},
        {"transpose", [&] { transpose(nothing); }},
        {"backward", [&] { backward(nothing); }},
        {"grad", [&] { grad(nothing, x); }},
        {"detach", [&] { nothing.detach(); }},
    };
    for (const auto& [op, f] : operations)
        expect_invalid(f, std::string(op) + ": the tensor is undefined");
}

std::string printed(const Tensor& x) {
    std::ostringstream out;
    out << x;
    return out.str();
}

TEST(Tensor, IsPrinted) {
    EXPECT_EQ(printed(Tensor()), "undefined");
    EXPECT_EQ(printed(Tensor(0.5)), "0.5 of shape []");
    EXPECT_EQ(printed(tensor({1, -2.5, std::nan("")})), "[1, -2.5, nan] of shape [3]");
    EXPECT_EQ(printed(tensor({{1, 2}, {3, 4}})), "[[1, 2],\n [3, 4]] of shape [2, 2]");
    EXPECT_EQ(printed(tests::counting({2, 2, 1})),
              "[[[1],\n  [2]],\n [[3],\n  [4]]] of shape [2, 2, 1]");
    EXPECT_EQ(printed(zeros({0, 3})), "[] of shape [0, 3]");
    EXPECT_EQ(printed(zeros({2, 0})), "[[],\n []] of shape [2, 0]");
    EXPECT_EQ(printed(tests::counting({101})), "[1, 2, 3, ..., 99, 100, 101] of shape [101]");
    EXPECT_EQ(printed(tests::counting({2, 60})),
              "[[1, 2, 3, ..., 58, 59, 60],\n [61, 62, 63, ..., 118, 119, 120]] of shape [2, 60]");
    EXPECT_EQ(printed(tests::counting({60, 2})),
              "[[1, 2],\n [3, 4],\n [5, 6],\n ...,\n [115, 116],\n [117, 118],\n [119, 120]] "
              "of shape [60, 2]");
}

TEST(Tensor, IsMadeFromVectorsOfAnyNumbers) {
    const std::vector<float> floats{1, 0.5f};
    const std::vector<int> ints{1, 2, 3, 4};
    EXPECT_EQ(tensor(floats, {2}).to_vector(), (tests::Numbers{1, 0.5}));
    EXPECT_EQ(tensor(ints, {2, 2}).at({1, 0}), 3);
    EXPECT_EQ(tensor(std::vector<double>{0.1}, {1, 1}).item(), autograd::real(0.1));
    EXPECT_EQ(tensor({1, 2, 3, 4}, {2, 2}).at({1, 1}), 4);
    EXPECT_EQ(tensor(tensor({1, 2}).to_vector(), {1, 2}).to_vector(), (Numbers{1, 2}));
    expect_invalid([&] { tensor(ints, {3}); }, "tensor: 4 values don't fill [3]");
}

TEST(Graph, RecordsWhereAGradientIsRequired) {
    Tensor W = full({2}, 3).requires_grad_(), x = full({2}, 2);
    const Tensor y = W * x, data_only = x * x;
    EXPECT_TRUE(W.is_leaf() && W.requires_grad());
    EXPECT_TRUE(y.requires_grad() && !y.is_leaf());
    EXPECT_TRUE(data_only.is_leaf() && !data_only.requires_grad());
    EXPECT_STREQ(y.node()->op, "mul");
    EXPECT_EQ(y.node()->input_count, 2);
    EXPECT_EQ(y.node()->inputs[0].tensor.node(), W.node());
    EXPECT_GT(y.node()->id, x.node()->id);
    EXPECT_EQ(x.use_count(), 2);  // x and y's input; data_only has let go of it
    W.requires_grad_(false);
    EXPECT_TRUE((W * x).is_leaf());
}

TEST(Graph, AResultMayBeMadeBeforeItsInputs) {
    Tensor early = full({}, 6);
    const Tensor x = full({}, 2).requires_grad_(), three = 3;
    const Tensor y = record(
        "times_three", early, {x, three},
        [](auto& g, Unread, Unread, auto& three) { return g * three; }, autograd::no_gradient);
    (y * y).backward();
    EXPECT_EQ(x.grad().item(), 36);
}

TEST(Graph, RecordRefusesAResultThatIsNotNew) {
    Tensor x = full({}, 2).requires_grad_(), other = full({}, 3).requires_grad_();
    const Tensor y = exp(x), plain = full({}, 4);
    const std::string problem = ": record() wants a result that is new";
    expect_invalid([&] { record("again", y, {x}, autograd::no_gradient); }, "again" + problem);
    expect_invalid([&] { record("leaf", other, {x}, autograd::no_gradient); }, "leaf" + problem);
    expect_invalid(
        [&] {
            record("loop", plain, {x, plain}, autograd::no_gradient, autograd::no_gradient);
        },
        "loop" + problem);
}

TEST(Graph, KeepsWhatAGradientReadsAndNoMore) {
    const auto has_values = [](const Tensor& y, int i) {
        return y.node()->inputs[i].tensor.node()->values != nullptr;
    };
    Tensor W = full({20}, 3).requires_grad_(), x = full({20}, 2);
    const Tensor plus = W * 2 + W * x;          // reads no values
    const Tensor times = exp(W * 2) * (x * x);  // its right factor, and exp its result
    const Tensor with_constant = (W * 2) * (x * x);
    EXPECT_FALSE(has_values(plus, 0));
    EXPECT_FALSE(has_values(plus, 1));
    EXPECT_TRUE(has_values(times, 0));  // nobody reads it here, but exp reads its own result
    EXPECT_TRUE(has_values(times, 1));
    EXPECT_FALSE(has_values(with_constant, 0));  // the gradient of x * x is not wanted
    sum(plus + times + with_constant).backward();
    EXPECT_NEAR(W.grad().data()[0], 2 + 2 + 2 * std::exp(6.0) * 4 + 2 * 4, 1e-9);
    const Tensor held = W * 2, more = held + 1;
    EXPECT_EQ(held.data()[19], 6);  // whoever has a handle can read
}

TEST(Graph, ValuesOfAResultDontChange) {
    Tensor x = full({2}, 2).requires_grad_();
    x.mutable_data()[0] = 1;  // a leaf's may
    Tensor y = exp(x);
    expect_invalid([&] { y.mutable_data(); },
                   "mutable_data: this is the result of exp: only a leaf can be changed; detach()");
    expect_invalid(
        [&] { y.requires_grad_(); },
        "requires_grad_: this is the result of exp: only a leaf can be changed; detach()");
    Tensor z = y.detach();
    z.mutable_data()[0] = 100;
    EXPECT_DOUBLE_EQ(y.at({0}), std::exp(1.0));
    EXPECT_TRUE(z.is_leaf() && !z.requires_grad());
}

TEST(Graph, NoGradRecordsNothingInItsScope) {
    const Tensor x = full({2}, 2).requires_grad_();
    {
        NoGrad no_grad;
        EXPECT_TRUE(exp(x).is_leaf());
        {
            Recording recording(true);
            EXPECT_FALSE(exp(x).is_leaf());
        }
        EXPECT_TRUE(exp(x).is_leaf());
    }
    EXPECT_FALSE(exp(x).is_leaf());
    try {
        NoGrad no_grad;
        throw 1;
    } catch (int) {
    }
    EXPECT_FALSE(exp(x).is_leaf());  // an exception ends the scope, too
}

// What the static_assert in GradientFunction rests on. What a function captured might be gone when
// it is called; a Tensor would also own the node that owns it.
TEST(Graph, AGradientFunctionCapturesPlainNumbersOnly) {
    Tensor x = 1;
    double number = 2.5;
    const auto by_value = [x](auto& g, Unread, Unread) { return g * x; };
    const auto by_reference = [&x](auto& g, Unread, Unread) { return g * x; };
    const auto reference_to_number = [&number](auto& g, Unread, Unread) { return g * number; };
    const auto pointer = [p = x.data()](auto& g, Unread, Unread) { return g * p[0]; };
    const auto plain = [number, flag = true](auto& g, Unread, Unread) { return flag * g * number; };
    const auto nothing = [](auto& g, Unread, Unread) { return g; };
    EXPECT_FALSE(captures_plain_numbers<decltype(by_value)>);
    EXPECT_FALSE(captures_plain_numbers<decltype(by_reference)>);
    EXPECT_FALSE(captures_plain_numbers<decltype(reference_to_number)>);
    EXPECT_FALSE(captures_plain_numbers<decltype(pointer)>);
    EXPECT_TRUE(captures_plain_numbers<decltype(plain)>);
    EXPECT_TRUE(captures_plain_numbers<decltype(nothing)>);
}

TEST(Tensor, ALeafWithoutANameStaysAlive) {
    const Tensor& w = zeros({3}).requires_grad_();
    EXPECT_EQ(w.use_count(), 1);
    EXPECT_TRUE(w.requires_grad());
}

TEST(Graph, LetsGoOfEverything) {
    const std::int64_t before = live_nodes();
    {
        Tensor x = full({3}, 0.5).requires_grad_();
        EXPECT_EQ(live_nodes(), before + 1);
        Tensor y = exp(x);
        const Tensor z = y * y;
        EXPECT_EQ(live_nodes(), before + 3);
        y = Tensor();
        EXPECT_EQ(live_nodes(), before + 3);  // z's graph still holds it
        sum(z).backward();
        EXPECT_EQ(live_nodes(), before + 4);  // and x's gradient
        x.zero_grad();
        EXPECT_EQ(live_nodes(), before + 3);
    }
    EXPECT_EQ(live_nodes(), before);
}

TEST(Tensor, MemoryIsAlignedToACacheLine) {
    for (std::int64_t n : {0, 1, 7, 1000}) {
        const Tensor x = empty({n});
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(x.data()) % 64, 0u) << n;
    }
}

TEST(Tensor, BracesOfOneNumberAreRows) {
    EXPECT_EQ(tensor({{0}, {1}, {1}, {0}}).shape(), (Shape{4, 1}));
    EXPECT_EQ(tensor({{1}}).shape(), (Shape{1, 1}));
    EXPECT_EQ(tensor({1}).shape(), (Shape{1}));
    EXPECT_EQ(tensor({}).shape(), (Shape{0}));
}

TEST(Tensor, UniformRefusesSwappedBounds) {
    autograd::Rng rng(1);
    expect_invalid([&] { autograd::uniform({2}, 1, -1, rng); }, "uniform: low 1.000000 is above");
    EXPECT_EQ(autograd::uniform({2}, 3, 3, rng).at({1}), 3);
}

}  // namespace
