// The engine in float, as the lessons train with it. What an operation computes is tested in
// double, in the files beside this one; here is what only float shows.
#include <cmath>
#include <limits>
#include <thread>
#include <type_traits>

#include "autograd/activations.h"
#include "autograd/arithmetic.h"
#include "autograd/backward.h"
#include "autograd/functions.h"
#include "autograd/indexing.h"
#include "autograd/kernels/parallel.h"
#include "autograd/matmul.h"
#include "autograd/reductions.h"
#include "autograd/shaping.h"
#include "tests/autograd/support.h"

namespace {

using autograd::grad;
using autograd::tensor;
using tests::Numbers;
using tests::real;
using tests::Tensor;

static_assert(std::is_same_v<real, float>);

// Sets the number of threads for one scope.
struct Threads {
    explicit Threads(int n) : before(autograd::kernels::threads()) {
        autograd::kernels::set_threads(n);
    }
    ~Threads() { autograd::kernels::set_threads(before); }
    int before;
};

// A network that uses every kernel, on arrays large enough to be shared among threads: its loss and
// the gradients of all its parameters, first and second order.
std::vector<Numbers> forward_and_backward() {
    autograd::Rng rng(1);
    Tensor x = autograd::uniform({301, 257}, 0, 1, rng).requires_grad_();
    Tensor W = autograd::normal({257, 203}, 0, 0.1, rng).requires_grad_();
    Tensor b = autograd::normal({203}, 0, 0.1, rng).requires_grad_();
    const Tensor h = sigmoid(linear(x, W, b));
    const Tensor x_hat = softplus(tanh(matmul(h, transposed(W))) + mean(x, 0)) / (1 + abs(x));
    const Tensor scores = log_softmax(concat(leaky_relu(x_hat - 0.5), exp(-x_hat), 1));
    const Tensor loss = sum(square(x_hat - x)) - mean(max(scores, 1)) + sum(log(sum(x_hat, 1)));
    loss.backward();
    const std::vector<Numbers> first = {loss.to_vector(), x.grad().to_vector(),
                                        W.grad().to_vector(), b.grad().to_vector()};
    for (Tensor* t : {&x, &W, &b}) t->zero_grad();
    mean(square(grad(sum(h * h), x, true))).backward();
    std::vector<Numbers> all = first;
    all.push_back(W.grad().to_vector());
    all.push_back(b.grad().to_vector());
    return all;
}

TEST(Float, TheSameBitsAtAnyNumberOfThreads) {
    const auto at = [](int threads) {
        Threads set(threads);
        return forward_and_backward();
    };
    const std::vector<Numbers> one = at(1);
    EXPECT_TRUE(std::isfinite(one[0][0]));
    for (int threads : {2, 3}) {
        const std::vector<Numbers> more = at(threads);
        for (std::size_t k = 0; k < one.size(); ++k)
            EXPECT_TRUE(one[k] == more[k]) << "result " << k << " at " << threads << " threads";
    }
    EXPECT_EQ(at(2), one);  // and in the next run
}

TEST(Float, GradientChecksAreRefused) {
    try {
        autograd::check_gradients([](const std::vector<Tensor>& x) { return x[0]; }, {tensor({1})});
        FAIL() << "nothing thrown";
    } catch (const std::logic_error& error) {
        EXPECT_NE(std::string(error.what()).find("link autograd_double"), std::string::npos);
    }
}

// The fast exp and log are branch-free: the ends of their ranges are where that could go wrong.
TEST(Float, NaNInfinityAndUnderflow) {
    const double infinity = std::numeric_limits<double>::infinity();
    const Tensor ends = tensor({-infinity, -200, -100, 0, 100, infinity});
    const Numbers e = exp(ends).to_vector();
    EXPECT_EQ(e[0], 0);
    EXPECT_EQ(e[1], 0);
    EXPECT_GT(e[2], 0);  // subnormal
    EXPECT_LT(e[2], std::numeric_limits<float>::min());
    EXPECT_EQ(e[3], 1);
    EXPECT_EQ(e[4], infinity);
    EXPECT_EQ(e[5], infinity);
    EXPECT_EQ(
        log(tensor({0, infinity})).to_vector(),
        (Numbers{-std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity()}));
    EXPECT_EQ(sigmoid(ends).to_vector()[0], 0);
    EXPECT_EQ(sigmoid(ends).to_vector()[5], 1);
    EXPECT_EQ(softplus(ends).to_vector()[4], 100);
    EXPECT_EQ(tanh(ends).to_vector(), (Numbers{-1, -1, -1, 0, 1, 1}));
    const Tensor x = tensor({1, NAN, 2});
    for (const auto op :
         {autograd::exp, autograd::log, autograd::sigmoid, autograd::tanh, autograd::softplus,
          autograd::relu, autograd::sqrt, autograd::abs, autograd::square}) {
        const Numbers y = op(x).to_vector();
        EXPECT_TRUE(!std::isnan(y[0]) && std::isnan(y[1]) && !std::isnan(y[2]));
    }
    EXPECT_TRUE(std::isnan(sum(x).item()));
    EXPECT_TRUE(std::isnan(max(x, 0).item()));
    EXPECT_TRUE(std::isnan(clamp(x, 0, 1).at({1})));
    EXPECT_TRUE(std::isnan(matmul(tensor({{0, 0, 0}}), reshape(x, {3, 1})).item()));
}

// low + (high - low) u is below high, but its nearest float may be high itself.
TEST(Float, UniformStaysBelowItsBound) {
    autograd::Rng rng(1);
    const double high = 1 + 0x1p-22;  // two floats above 1: every fourth draw would round up to it
    for (float v : autograd::uniform({1000}, 1, high, rng).to_vector()) {
        ASSERT_GE(v, 1);
        ASSERT_LT(v, static_cast<float>(high));
    }
}

// A float counts exactly up to 2^24, and a mean of many pixels needs more digits than that.
TEST(Float, LongSumsStayAccurate) {
    const Tensor x = autograd::full({5000, 2000}, 0.1);
    EXPECT_NEAR(mean(x).item(), 0.1, 1e-6);
    EXPECT_EQ(sum(autograd::ones({5000, 4000})).item(), 20000000);
}

TEST(Float, AStepOfTraining) {
    Tensor x = tensor({0.5, -1}), w = tensor({2, 3});
    w.requires_grad_();
    mean(square(w * x - 1)).backward();
    EXPECT_EQ(w.grad().to_vector(), (Numbers{0, 4}));  // (w x - 1) x
}

// Whatever the axis and the length, a sum of equal numbers is right to 1e-5.
TEST(Float, SumsOfManyEqualNumbersAreRight) {
    const double tenth = 0.1f;
    for (const std::int64_t n : {1000, 1000000, 10000001}) {
        const Tensor x = autograd::full({n, 2}, 0.1), flat = reshape(x, {2, n});
        for (const Tensor& y : {sum(x, 0), sum(flat, 1), sum(x) / 2})
            EXPECT_NEAR(y.data()[0] / (double(n) * tenth), 1, 1e-5) << n;
    }
}

TEST(Float, LongProductsAreRight) {
    for (const std::int64_t k : {1000, 8192, 8193, 3000001}) {
        const Tensor x = autograd::full({k, 2}, 0.1), one = autograd::ones({k, 3});
        const double right = double(k) * 0.1f;
        const Tensor y = matmul(transposed(x), one);  // [2, 3]
        const Tensor z = matmul(reshape(x, {2, k}), transposed(reshape(one, {3, k})));
        for (const real v : y.to_vector()) ASSERT_NEAR(v / right, 1, 1e-5) << k;
        for (const real v : z.to_vector()) ASSERT_NEAR(v / right, 1, 1e-5) << k;
    }
}

// Graphs of several threads over the same parameters: grad() writes to no leaf, and the bits are
// those of one thread.
TEST(Float, TwoThreadsAddToTheGradientOfOneLeaf) {
    const Tensor w = autograd::zeros({64}).requires_grad_();
    const auto work = [&] {
        for (int i = 0; i < 5000; ++i) sum(w).backward();
    };
    std::thread a(work), b(work);
    a.join(), b.join();
    EXPECT_EQ(w.grad().to_vector(), Numbers(64, 10000));
}

TEST(Float, ThreadsDifferentiateGraphsOfTheirOwn) {
    const Tensor W = tests::random({40, 30}, 1).requires_grad_(), x = tests::random({50, 40}, 2);
    const auto gradient = [&] { return grad(sum(square(sigmoid(matmul(x, W)))), W).to_vector(); };
    const std::vector<real> alone = gradient();
    std::vector<std::vector<real>> results(4);
    std::vector<std::thread> threads;
    for (std::vector<real>& result : results)
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) result = gradient();
        });
    for (std::thread& thread : threads) thread.join();
    for (const std::vector<real>& result : results) EXPECT_EQ(result, alone);
}

}  // namespace
