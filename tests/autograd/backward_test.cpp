#include "autograd/backward.h"

#include <cmath>
#include <limits>

#include "autograd/activations.h"
#include "autograd/arithmetic.h"
#include "autograd/functions.h"
#include "autograd/map.h"
#include "autograd/matmul.h"
#include "autograd/reductions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::full;
using autograd::grad;
using autograd::live_nodes;
using autograd::NoGrad;
using autograd::tensor;
using tests::expect_invalid;
using tests::Numbers;
using tests::real;
using tests::Shape;
using tests::Tensor;

Tensor leaf(std::initializer_list<double> values) { return tensor(values).requires_grad_(); }
Tensor leaf(double value) { return Tensor(value).requires_grad_(); }

TEST(Backward, AddsToTheLeaves) {
    Tensor x = leaf({1, 2});
    EXPECT_FALSE(x.grad().defined());
    sum(x * x).backward();
    EXPECT_EQ(x.grad().to_vector(), (Numbers{2, 4}));
    sum(3 * x).backward();
    EXPECT_EQ(x.grad().to_vector(), (Numbers{5, 7}));
    x.zero_grad();
    EXPECT_FALSE(x.grad().defined());
    sum(3 * x).backward();
    EXPECT_EQ(x.grad().to_vector(), (Numbers{3, 3}));
    EXPECT_TRUE(x.grad().is_leaf() && !x.grad().requires_grad());  // numbers, without a graph
}

TEST(Backward, MayBeCalledTwiceOnOneGraph) {
    Tensor x = leaf({1, 2});
    const Tensor loss = sum(x * x);
    loss.backward();
    loss.backward();
    EXPECT_EQ(x.grad().to_vector(), (Numbers{4, 8}));
}

TEST(Backward, OfALeafIsOne) {
    const Tensor x = leaf(5);
    x.backward();
    EXPECT_EQ(x.grad().item(), 1);
}

// y is used by three consumers, of different depth; its gradient must be complete before it is
// handed on.
TEST(Backward, AddsWherePathsMeet) {
    Tensor x = leaf(3);
    const Tensor y = x * x;               // 9
    const Tensor z = y * y + exp(0 * y);  // y^2 + 1
    const Tensor loss = z + y * (2 * z);  // z + 2 y z
    loss.backward();
    // d/dy (y^2 + 1)(1 + 2 y) = 2 y (1 + 2 y) + 2 (y^2 + 1), times dy/dx = 2 x; exp adds 0
    EXPECT_EQ(x.grad().item(), (18 * 19 + 2 * 82) * 6);
}

// A diamond upon a diamond, 60 times: 2^60 paths, but each node is visited once.
TEST(Backward, VisitsEachNodeOnce) {
    Tensor x = leaf(1);
    Tensor y = x;
    for (int i = 0; i < 60; ++i) y = 0.5 * y + 0.5 * y;
    y.backward();
    EXPECT_EQ(x.grad().item(), 1);
}

int calls[2];

// a + b, that counts how often it is asked for each gradient
Tensor counted_add(const Tensor& a, const Tensor& b) {
    Tensor y = zip("counted_add", a, b, [](real u, real v) { return u + v; });
    return record(
        "counted_add", y, {a, b}, [](auto& g, auto&, auto&, auto&) { return ++calls[0], g; },
        [](auto& g, auto&, auto&, auto&) { return ++calls[1], g; });
}

TEST(Backward, DoesNotComputeWhatNobodyNeeds) {
    const Tensor data = full({2}, 1);
    Tensor W = leaf({1, 2});
    calls[0] = calls[1] = 0;
    sum(counted_add(data, W)).backward();
    EXPECT_EQ(calls[0], 0);
    EXPECT_EQ(calls[1], 1);
    const Tensor y = counted_add(W, data);
    sum(y * y + y).backward();
    EXPECT_EQ(calls[0], 1);  // once, although y is used three times
    EXPECT_EQ(calls[1], 1);
}

TEST(Backward, StopsAtWhatWasDetached) {
    Tensor x = leaf({1, 2});
    const Tensor y = x * x;
    sum(x * y.detach()).backward();
    EXPECT_EQ(x.grad().to_vector(), y.to_vector());
    Tensor z;
    {
        NoGrad no_grad;
        z = x * x;
    }
    x.zero_grad();
    sum(x * z).backward();
    EXPECT_EQ(x.grad().to_vector(), z.to_vector());
}

// Both receive the same g: if they shared it, writing to one would change the other.
TEST(Backward, LeavesDontShareTheirGradients) {
    Tensor a = leaf({1, 2}), b = leaf({3, 4});
    (sum(a + b)).backward();
    ASSERT_NE(a.grad().node(), b.grad().node());
    a.grad().mutable_data()[0] = 100;
    EXPECT_EQ(b.grad().to_vector(), (Numbers{1, 1}));
    // Nor with the values of the graph: here a gradient function returns an input as it is.
    Tensor x = leaf(2), w = Tensor(7);
    record(
        "scale", Tensor(14), {x, w}, [](auto&, auto&, auto&, auto& w) { return w; },
        autograd::no_gradient)
        .backward();
    EXPECT_EQ(x.grad().item(), 7);
    EXPECT_NE(x.grad().node(), w.node());
}

autograd::Node* returned_node = nullptr;

// Nobody else holds the gradient of a leaf: it is kept as it is, not copied.
TEST(Backward, AGradientOfOneUseIsNotCopied) {
    Tensor x = leaf({1, 2});
    const Tensor y =
        record("twice", map(x, [](real v) { return 2 * v; }), {x}, [](auto& g, auto&, auto&) {
            const Tensor share = 2 * g;
            returned_node = share.node();
            return share;
        });
    sum(y).backward();
    EXPECT_EQ(x.grad().node(), returned_node);
}

// An optimiser holds on to the gradient while the next one comes in.
TEST(Backward, AGradientOnceReadDoesNotChange) {
    Tensor x = leaf({1, 2});
    sum(x).backward();
    const Tensor first = x.grad();
    sum(x).backward();
    EXPECT_EQ(first.to_vector(), (Numbers{1, 1}));
    EXPECT_EQ(x.grad().to_vector(), (Numbers{2, 2}));
}

TEST(Backward, NothingFlowsThroughAnUndefinedGradient) {
    Tensor x = leaf(2);
    (record("constant", Tensor(1), {x}, autograd::no_gradient) + 3 * x).backward();
    EXPECT_EQ(x.grad().item(), 3);
}

TEST(Backward, Messages) {
    const Tensor data = full({2}, 1);
    Tensor x = leaf({1, 2});
    expect_invalid([&] { exp(x).backward(); },
                   "backward: the loss has shape [2], not one element: reduce it with sum() or "
                   "mean() first");
    expect_invalid([&] { sum(data).backward(); },
                   "backward: the loss doesn't depend on any tensor with requires_grad_()");
    {
        NoGrad no_grad;
        const Tensor loss = sum(x);
        expect_invalid([&] { loss.backward(); }, "inside NoGrad): there is nothing");
    }
    const Tensor wrong = record("wrong", Tensor(1), {x}, [](auto& g, auto&, auto&) { return g; });
    expect_invalid(
        [&] { wrong.backward(); },
        "backward: wrong: the gradient of its input 0 has shape [], but the input has [2]: "
        "where the input was broadcast, end the gradient function with sum_to");
    EXPECT_TRUE(autograd::recording);  // a message in the middle leaves the state as it was
}

// The gradient of x * x reads x as it was.
TEST(Backward, RefusesALeafThatWasWrittenSince) {
    Tensor x = leaf({3}), unread = leaf({1});
    const Tensor y = sum(x * x), z = sum(unread + 1);
    x.mutable_data()[0] = 5;
    expect_invalid([&] { y.backward(); },
                   "backward: mul: its input 1, of shape [1], was written after mul was recorded");
    unread.mutable_data()[0] = 5;
    z.backward();  // a sum's gradient does not depend on the values
    EXPECT_EQ(unread.grad().item(), 1);
    sum(x * x).backward();
    EXPECT_EQ(x.grad().item(), 10);
}

TEST(Grad, LeavesTheLeavesAlone) {
    Tensor x = leaf({1, 2});
    EXPECT_EQ(grad(sum(x * x), x).to_vector(), (Numbers{2, 4}));
    EXPECT_FALSE(x.grad().defined());
    EXPECT_TRUE(grad(sum(x * x), x).is_leaf());  // without create_graph: numbers
}

TEST(Grad, OfIntermediateResults) {
    Tensor x = leaf({1, 2});
    const Tensor y = x * x, z = exp(y), loss = sum(z * y);
    const Tensor inputs[] = {x, y, z, loss};
    const std::vector<Tensor> g = grad(std::span(&loss, 1), inputs);
    for (int i = 0; i < 2; ++i) {
        const double at = y.data()[i], dy = std::exp(at) * (1 + at);
        EXPECT_DOUBLE_EQ(g[0].data()[i], 2 * x.data()[i] * dy);
        EXPECT_DOUBLE_EQ(g[1].data()[i], dy);
        EXPECT_DOUBLE_EQ(g[2].data()[i], at);
    }
    EXPECT_EQ(g[3].item(), 1);
}

// Between an input and the outputs only: what is older than the oldest input isn't visited.
TEST(Grad, GoesNoFurtherThanItMust) {
    Tensor x = leaf({1, 2});
    calls[0] = calls[1] = 0;
    const Tensor y = counted_add(x, x), loss = sum(y * y);
    EXPECT_EQ(grad(loss, y).to_vector(), (Numbers{4, 8}));
    EXPECT_EQ(calls[0] + calls[1], 0);
}

TEST(Grad, VectorJacobianProducts) {
    Tensor x = leaf({1, 2, 3});
    const Tensor y = x * x, z = sum(x);
    const Tensor outputs[] = {y, z}, v[] = {tensor({1, 10, 100}), Tensor(1000)};
    EXPECT_EQ(grad(outputs, std::span(&x, 1), false, v)[0].to_vector(),
              (Numbers{2 + 1000, 40 + 1000, 600 + 1000}));
    // Outputs of one element each: their sum is differentiated.
    const Tensor losses[] = {sum(y), z};
    EXPECT_EQ(grad(losses, std::span(&x, 1))[0].to_vector(), (Numbers{3, 5, 7}));
    // The same output twice, and an output that another one was computed from.
    const Tensor chain[] = {z, z, z * z};
    EXPECT_EQ(grad(chain, std::span(&z, 1))[0].item(), 2 + 2 * 6);
}

// y = tanh(x): y' = 1 - y^2, y'' = -2 y y', y''' = -2 y'^2 - 2 y y''
TEST(Grad, ThirdDerivativeOfTanh) {
    Tensor x = leaf(0.7);
    const Tensor y = tanh(x), y1 = grad(y, x, true), y2 = grad(y1, x, true), y3 = grad(y2, x);
    const double t = std::tanh(0.7), d1 = 1 - t * t, d2 = -2 * t * d1;
    EXPECT_NEAR(y1.item(), d1, 1e-15);
    EXPECT_NEAR(y2.item(), d2, 1e-15);
    EXPECT_NEAR(y3.item(), -2 * d1 * d1 - 2 * t * d2, 1e-15);
}

// The contractive penalty: a gradient is part of the loss, and backward goes through it.
TEST(Grad, AGradientInTheLoss) {
    Tensor w = leaf({1, 2});
    Tensor x = leaf(3);
    const Tensor slope = grad(sum(w * x * x), x, true);  // 2 x sum(w) = 18
    (slope * slope).backward();                          // d/dw = 2 slope 2 x
    EXPECT_EQ(w.grad().to_vector(), (Numbers{216, 216}));
}

TEST(Grad, CreateGraphWorksInsideNoGrad) {
    Tensor x = leaf(3);
    const Tensor y = x * x * x;
    NoGrad no_grad;
    EXPECT_FALSE(grad(y, x, true).is_leaf());
    EXPECT_FALSE(autograd::recording);
}

TEST(Grad, TakesBraces) {
    const Tensor a = leaf({2}), b = leaf({3}), l = sum(a * b), m = sum(a);
    const std::vector<Tensor> g = grad({l}, {a, b});
    EXPECT_EQ(g[0].item(), 3);
    EXPECT_EQ(g[1].item(), 2);
    EXPECT_EQ(grad({l}, {a})[0].item(), 3);
    EXPECT_EQ(grad({l, m}, std::vector{a})[0].item(), 4);
    EXPECT_EQ(grad({l, m}, {a}, false, {Tensor(2), Tensor(5)})[0].item(), 11);
    EXPECT_TRUE(grad({l}, {a}, true)[0].requires_grad());
}

TEST(Grad, Messages) {
    Tensor x = leaf({1, 2}), other = leaf({1, 2, 3}), data = full({2}, 1);
    const Tensor y = x * data, loss = sum(y);
    expect_invalid([&] { grad(y, x); },
                   "grad: an output has shape [2], not one element: reduce it, or give "
                   "grad_outputs");
    expect_invalid([&] { grad(sum(data), x); },
                   "grad: an output doesn't depend on any tensor with requires_grad_()");
    expect_invalid([&] { grad(loss, other); },
                   "grad: input 0, of shape [3], is not part of the graph of the outputs");
    expect_invalid([&] { grad(loss, data); },
                   "grad: input 0, of shape [2], has no gradient: call requires_grad_() on it "
                   "before computing the outputs");
    expect_invalid([&] { grad(y, exp(loss)); }, "grad: an output has shape");
    expect_invalid([&] { grad(loss, exp(loss)); }, "is not part of the graph");
    expect_invalid([&] { grad(loss, Tensor()); }, "grad: an input is undefined");
    expect_invalid([&] { grad(Tensor(), x); }, "the tensor is undefined");
    const Tensor v[] = {Tensor(1), Tensor(1)};
    expect_invalid([&] { grad(std::span(&loss, 1), std::span(&x, 1), false, v); },
                   "grad: 1 outputs but 2 grad_outputs");
    expect_invalid([&] { grad(std::span(&y, 1), std::span(&x, 1), false, std::span(v, 1)); },
                   "grad: output 0 has shape [2], its grad_outputs []");
}

// A derivative that is zero everywhere is a number too, and what it is taken by is part of the
// graph.
TEST(Grad, OfAStepIsZeroAndNotAnError) {
    const std::vector<std::pair<const char*, std::function<Tensor(const Tensor&)>>> functions = {
        {"relu", autograd::relu},
        {"abs", autograd::abs},
        {"pow 1", [](const Tensor& t) { return autograd::pow(t, 1); }},
        {"clamp", [](const Tensor& t) { return autograd::clamp(t, -1, 1); }}};
    for (const auto& [name, f] : functions) {
        Tensor x = leaf({-2, 0.5, 3});
        const Tensor slope = grad(sum(f(x)), x, true);
        EXPECT_EQ(grad(sum(slope), x).to_vector(), Numbers({0, 0, 0})) << name;
        // Beside a path on which something does flow, it adds nothing: d(x slope)/dx = slope.
        EXPECT_EQ(grad(sum(x * slope), x).to_vector(), slope.to_vector()) << name;
    }
    Tensor x = leaf({0, 2});
    sum(autograd::pow(x, 0)).backward();
    EXPECT_EQ(x.grad().to_vector(), Numbers({0, 0}));
}

TEST(Graph, TrainingLeavesNothingBehind) {
    const std::int64_t before = live_nodes();
    {
        Tensor x = tests::random({8, 3}, 1), W = tests::random({3, 2}, 2).requires_grad_(),
               b = autograd::zeros({2}).requires_grad_();
        std::int64_t after_first = 0;
        for (int step = 0; step < 20; ++step) {
            W.zero_grad();
            b.zero_grad();
            const Tensor h = sigmoid(linear(x, W, b));
            const Tensor loss = mean(square(matmul(h, transposed(W)) - x));
            loss.backward();
            // And a step with a double backward, whose gradients have graphs of their own.
            Tensor input = x.detach().requires_grad_();
            const Tensor code = sigmoid(linear(input, W, b));
            sum(square(grad(sum(code), input, true))).backward();
            NoGrad no_grad;
            for (Tensor* p : {&W, &b})
                for (int i = 0; i < p->size(); ++i)
                    p->mutable_data()[i] -= 0.1 * p->grad().data()[i];
            if (step == 0) after_first = live_nodes();
            ASSERT_EQ(live_nodes(), after_first) << "step " << step;
        }
    }
    EXPECT_EQ(live_nodes(), before);
}

// Neither the sweep nor the end of the graph may go a stack frame deeper for each operation.
TEST(Graph, AChainOfAMillionOperations) {
    const std::int64_t before = live_nodes();
    const int length = 1000000;
    {
        Tensor x = leaf(0.5), c = leaf(0);
        Tensor y = x;
        for (int i = 0; i < length / 2; ++i) y = tanh(y + c);
        y.backward();
        EXPECT_GT(x.grad().item(), 0);
        EXPECT_LT(x.grad().item(), 1e-3);
        // Near 0, tanh(y) = y - y^3 / 3, so that 1 / y^2 grows by 2/3 a step.
        EXPECT_NEAR(y.item(), std::sqrt(1.5 / (length / 2)), 1e-5);
    }
    EXPECT_EQ(live_nodes(), before);
    {
        Tensor x = leaf(1);
        Tensor y = x;
        for (int i = 0; i < length; ++i) y = y * y;  // 1; the slope doubles each time
        y.backward();
        EXPECT_EQ(x.grad().item(), std::numeric_limits<double>::infinity());
    }
    EXPECT_EQ(live_nodes(), before);
}

// Without backward, and from the middle, where a second handle holds the older half.
TEST(Graph, AChainComesDownInHalves) {
    const std::int64_t before = live_nodes();
    Tensor x = leaf(0);
    Tensor y = x, middle;
    for (int i = 0; i < 1000000; ++i) {
        y = y + 1;
        if (i == 500000) middle = y;
    }
    y = Tensor();
    EXPECT_EQ(middle.item(), 500001);
    middle.backward();
    EXPECT_EQ(x.grad().item(), 1);
    middle = Tensor();
    x = Tensor();
    EXPECT_EQ(live_nodes(), before);
}

}  // namespace
