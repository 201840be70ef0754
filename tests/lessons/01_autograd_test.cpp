#include "lessons/01_autograd/autograd_basics.h"

#include <gtest/gtest.h>

#include "lessons/01_autograd/show.h"

using autograd::check_gradients;
using autograd::Rng;
using namespace lessons;

namespace {

struct Example {
    const char* name;
    Function f;
    Inputs x;
    ByHand by_hand;
};

// The lesson's four functions, at random points.
std::vector<Example> examples(std::uint64_t seed, Tanh tanh = autograd::tanh) {
    Rng rng(seed);
    const auto number = [&] { return autograd::uniform({}, 0.3, 1.5, rng); };
    const Inputs abc = {number(), number(), number()}, ab = {number(), number()};
    const Inputs XW = {autograd::normal({2, 3}, 0, 1, rng), autograd::normal({3, 4}, 0, 1, rng)};
    const Inputs wb = {number(), number()};
    const Tensor x = autograd::normal({9}, 0, 1, rng), t = autograd::uniform({9}, -1, 1, rng);
    return {{"chain", [=](const Inputs& p) { return chain(p, tanh); }, abc, chain_by_hand(abc)},
            {"used twice", [=](const Inputs& p) { return used_twice(p, tanh); }, ab,
             used_twice_by_hand(ab)},
            {"product", product_loss, XW, product_by_hand(XW)},
            {"neuron", [=](const Inputs& p) { return neuron_loss(p, x, t, tanh); }, wb,
             neuron_by_hand(wb, x, t)}};
}

double largest_error(const std::vector<double>& a, const std::vector<double>& b) {
    EXPECT_EQ(a.size(), b.size());
    double largest = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        largest = std::max(largest, error(a[i], b[i]));
    return largest;
}

}  // namespace

TEST(Autograd, HandEngineAndDifferencesAgree) {
    for (const std::uint64_t seed : {1, 2, 3, 4, 5})
        for (const auto& [name, f, x, by_hand] : examples(seed)) {
            EXPECT_NEAR(by_hand.value, f(x).item(), 1e-12) << name;
            const auto engine = gradients_by_engine(f, x);
            EXPECT_LT(largest_error(by_hand.gradients, engine), 1e-12) << name;
            EXPECT_LT(largest_error(engine, gradients_by_differences(f, x)), 1e-8) << name;
        }
}

TEST(Autograd, GradientsOfOrderOneAndTwo) {
    for (const auto& [name, f, x, by_hand] : examples(6))
        for (const int order : {1, 2}) {
            const auto check = check_gradients(f, x, order, 1e-8);
            EXPECT_TRUE(check.ok) << name << ", order " << order << ": " << check.message;
        }
}

TEST(Autograd, TheSmallSweepIsBackward) {
    for (const auto& [name, f, at, by_hand] : examples(8)) {
        Inputs x;
        for (const Tensor& input : at) x.push_back(input.detach().requires_grad_());
        sweep(f(x), false);
        std::vector<double> result;
        for (const Tensor& input : x)
            for (const double g : input.grad().to_vector()) result.push_back(g);
        EXPECT_EQ(result, gradients_by_engine(f, at)) << name;
        sweep(f(x), false);  // adds to what is there
        EXPECT_DOUBLE_EQ(x[0].grad().data()[0], 2 * result[0]) << name;
    }
}

TEST(Mistakes, NotZeroedDoublesEveryGradient) {
    for (const auto& [name, f, x, by_hand] : examples(9)) {
        const auto engine = gradients_by_engine(f, x, Mistake::not_zeroed);
        for (std::size_t i = 0; i < engine.size(); ++i)
            EXPECT_DOUBLE_EQ(engine[i], 2 * gradients_by_engine(f, x)[i]) << name;
        EXPECT_GT(largest_error(engine, gradients_by_differences(f, x)), 0.01) << name;
    }
}

TEST(Mistakes, OverwrittenShowsOnlyWhereATensorIsUsedTwice) {
    const auto error_of = [](const Example& e) {
        return largest_error(gradients_by_engine(e.f, e.x, Mistake::overwritten),
                             gradients_by_differences(e.f, e.x));
    };
    const auto all = examples(10);
    EXPECT_LT(error_of(all[0]), 1e-8);  // chain
    EXPECT_LT(error_of(all[2]), 1e-8);  // product
    EXPECT_GT(error_of(all[1]), 0.01);  // used twice
    EXPECT_GT(error_of(all[3]), 0.01);  // neuron: e e
    const auto halved = gradients_by_engine(all[3].f, all[3].x, Mistake::overwritten);
    for (std::size_t i = 0; i < halved.size(); ++i)
        EXPECT_NEAR(halved[i], all[3].by_hand.gradients[i] / 2, 1e-12);
}

TEST(Mistakes, WrongFormulaIsCaughtAndNamed) {
    const auto wrong = examples(11, tanh_with(Mistake::wrong_formula));
    for (const int i : {0, 1, 3}) {
        const auto check = check_gradients(wrong[i].f, wrong[i].x);
        EXPECT_FALSE(check.ok) << wrong[i].name;
        EXPECT_NE(check.message.find("input"), std::string::npos) << check.message;
    }
    EXPECT_TRUE(check_gradients(wrong[2].f, wrong[2].x).ok);  // has no tanh
}

// Near 0, tanh(x) is x, and 1 - x^2 as good as 1 - y^2: check at random points.
TEST(Mistakes, WrongFormulaPassesAtZero) {
    const auto f = [](const Inputs& x) { return wrong_tanh(x[0]); };
    for (const int order : {1, 2}) EXPECT_TRUE(check_gradients(f, {Tensor(0)}, order).ok) << order;
    EXPECT_FALSE(check_gradients(f, {Tensor(0.5)}).ok);
}

TEST(Derivatives, OfTanhUpToTheThird) {
    const Tensor x = autograd::tensor({-3, -1, -0.3, 0, 0.2, 0.9, 2.5});
    const auto all = derivatives(x, 3);
    ASSERT_EQ(all.size(), 4u);
    for (int order = 0; order <= 3; ++order)
        for (std::int64_t i = 0; i < x.size(); ++i) {
            EXPECT_NEAR(all[order].at({i}), derivative_by_hand(x.at({i}), order), 1e-14) << order;
            if (order == 0) continue;
            const auto below = [=](double v) { return derivative_by_hand(v, order - 1); };
            EXPECT_NEAR(all[order].at({i}),
                        central_difference(below, x.at({i}), best_step<double>()), 1e-9);
        }
}

// Truncation falls with h^2, round-off grows with 1/h, and eps^(1/3) is between them.
template <class Scalar>
void expect_valley(double truncating, double rounding) {
    std::vector<double> points;
    Rng rng(12);
    for (int i = 0; i < 200; ++i) points.push_back(rng.uniform());
    const auto at = [&](double h) { return error_of_differences<Scalar>(points, h); };
    const double h = best_step<Scalar>();
    EXPECT_NEAR(at(truncating) / at(truncating / 10), 100, 2);
    EXPECT_NEAR(at(truncating), truncating * truncating / 6, 0.01 * at(truncating));
    EXPECT_NEAR(at(rounding / 10) / at(rounding), 10, 3);
    EXPECT_LT(at(h), h * h);
    EXPECT_GT(at(10 * h), 5 * at(h));
    EXPECT_GT(at(h / 10), 5 * at(h));
}

TEST(Differences, TruncateAndRoundInDouble) { expect_valley<double>(1e-2, 1e-8); }
TEST(Differences, TruncateAndRoundInFloat) { expect_valley<float>(0.3, 1e-4); }

TEST(Neuron, LearnsWhatAnotherOneDoes) {
    Rng rng(13);
    const Tensor x = autograd::normal({64}, 0, 1, rng), t = autograd::tanh(1.5 * x + -0.5);
    Inputs p = {Tensor(0.1).requires_grad_(), Tensor(0.1).requires_grad_()};
    for (int step = 0; step < 500; ++step) {
        compute_gradients(neuron_loss(p, x, t), p, Mistake::none);
        for (Tensor& q : p) *q.mutable_data() -= q.grad().item();
    }
    EXPECT_NEAR(p[0].item(), 1.5, 1e-6);
    EXPECT_NEAR(p[1].item(), -0.5, 1e-6);
}

TEST(Show, CountsAgreeingDigits) {
    EXPECT_EQ(agreeing_digits(1.5, 1.5), all_digits);
    EXPECT_EQ(agreeing_digits(1, 2), 0);
    EXPECT_EQ(agreeing_digits(0.12345678, 0.12345999), 4);
    EXPECT_EQ(agreeing_digits(-1, 1), 0);
    EXPECT_EQ(agreeing_digits(0, 1e-20), 0);
    EXPECT_EQ(with_gap(-0.0123456789, 3), "-0.0123 456789000000");
    EXPECT_EQ(with_gap(2, all_digits), "+2.00000000000000");
    EXPECT_EQ(with_gap(2, 0), "+2.00000000000000");
}
