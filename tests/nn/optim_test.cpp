#include "nn/optim.h"

#include <cmath>

#include "autograd/autograd.h"
#include "tests/autograd/support.h"

namespace {

using nn::Adam;
using nn::AdamW;
using nn::Sgd;
using tests::expect_invalid;
using tests::Numbers;
using tests::Tensor;

// Two parameters and a loss whose gradient is known:
// L = sum(a^2) + sum(3 b),   dL/da = 2 a,   dL/db = 3
struct Problem {
    Tensor a = autograd::tensor({1.0, -2.0, 0.0}).requires_grad_();
    Tensor b = autograd::full({2, 1}, 0.5).requires_grad_();
    Tensor loss() const { return sum(square(a)) + sum(3 * b); }
};

// Takes `count` steps and compares every parameter after each with `update`, the formula for one
// number p with gradient g at step t = 1, 2, ...; m and v are what it remembers, 0 at first.
using Update = std::function<double(double p, double g, int t, double& m, double& v)>;
template <class Optimizer>
void expect_steps(Optimizer optimizer, Problem& problem, const Update& update, int count = 6) {
    double p[5], m[5] = {}, v[5] = {};
    for (int i = 0; i < 3; ++i) p[i] = problem.a.data()[i];
    for (int i = 0; i < 2; ++i) p[3 + i] = problem.b.data()[i];
    for (int t = 1; t <= count; ++t) {
        optimizer.zero_grad();
        problem.loss().backward();
        optimizer.step();
        for (int i = 0; i < 5; ++i) p[i] = update(p[i], i < 3 ? 2 * p[i] : 3, t, m[i], v[i]);
        for (int i = 0; i < 3; ++i) EXPECT_NEAR(problem.a.data()[i], p[i], 1e-14) << t;
        for (int i = 0; i < 2; ++i) EXPECT_NEAR(problem.b.data()[i], p[3 + i], 1e-14) << t;
    }
}

double adam_step(double g, int t, double& m, double& v) {  // beta1 = 0.8, beta2 = 0.95, eps = 0.01
    m = 0.8 * m + 0.2 * g;
    v = 0.95 * v + 0.05 * g * g;
    return m / (1 - std::pow(0.8, t)) / (std::sqrt(v / (1 - std::pow(0.95, t))) + 0.01);
}

// The least of sum((p - target)^2), scaled differently in each coordinate.
template <class Optimizer>
double distance_after(Optimizer optimizer, Tensor p, int steps) {
    const Tensor target = autograd::tensor({1, -2, 3}), scale = autograd::tensor({1, 4, 10});
    for (int i = 0; i < steps; ++i) {
        optimizer.zero_grad();
        sum(scale * square(p - target)).backward();
        optimizer.step();
    }
    return std::sqrt(sum(square(p - target)).item());
}

}  // namespace

TEST(Optimisers, RefuseSettingsThatCantBeMeant) {
    const std::vector<Tensor> p = {autograd::ones({2}).requires_grad_()};
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double wrong : {-0.1, nan}) {
        EXPECT_THROW(nn::Sgd(p, {.lr = wrong}), std::invalid_argument);
        EXPECT_THROW(nn::Sgd(p, {.momentum = wrong}), std::invalid_argument);
        EXPECT_THROW(nn::Adam(p, {.lr = wrong}), std::invalid_argument);
        EXPECT_THROW(nn::Adam(p, {.eps = wrong}), std::invalid_argument);
        EXPECT_THROW(nn::AdamW(p, {.weight_decay = wrong}), std::invalid_argument);
    }
    for (const double beta : {-0.1, 1.0, nan}) {
        EXPECT_THROW(nn::Adam(p, {.beta1 = beta}), std::invalid_argument);
        EXPECT_THROW(nn::Adam(p, {.beta2 = beta}), std::invalid_argument);
    }
}

TEST(Sgd, GoesAgainstTheGradient) {
    Problem problem;
    expect_steps(Sgd({problem.a, problem.b}, {.lr = 0.1}), problem,
                 [](double p, double g, int, double&, double&) { return p - 0.1 * g; });
}

TEST(Sgd, Momentum) {
    Problem problem;
    expect_steps(Sgd({problem.a, problem.b}, {.lr = 0.1, .momentum = 0.9}), problem,
                 [](double p, double g, int, double& m, double&) {
                     m = 0.9 * m + g;
                     return p - 0.1 * m;
                 });
}

TEST(Sgd, WeightDecayPassesThroughTheMomentum) {
    Problem problem;
    expect_steps(Sgd({problem.a, problem.b}, {.lr = 0.1, .momentum = 0.5, .weight_decay = 0.3}),
                 problem, [](double p, double g, int, double& m, double&) {
                     m = 0.5 * m + g + 0.3 * p;
                     return p - 0.1 * m;
                 });
}

TEST(Sgd, WeightDecayIsTheGradientOfHalfTheSquaredNorm) {
    Tensor p = autograd::tensor({2.0, -1.0}).requires_grad_(), q = p.detach().requires_grad_();
    Sgd decayed({p}, {.lr = 0.1, .weight_decay = 0.3}), plain({q}, {.lr = 0.1});
    for (int i = 0; i < 5; ++i) {
        decayed.zero_grad();
        sum(exp(p)).backward();
        decayed.step();
        plain.zero_grad();
        (sum(exp(q)) + 0.3 / 2 * sum(square(q))).backward();
        plain.step();
    }
    for (int i = 0; i < 2; ++i) EXPECT_NEAR(p.data()[i], q.data()[i], 1e-15);
}

TEST(Adam, FollowsTheAlgorithm) {
    Problem problem;
    expect_steps(
        Adam({problem.a, problem.b}, {.lr = 0.1, .beta1 = 0.8, .beta2 = 0.95, .eps = 0.01}),
        problem, [](double p, double g, int t, double& m, double& v) {
            return p - 0.1 * adam_step(g, t, m, v);
        });
}

// lr 0.001, beta 0.9 and 0.999, eps 1e-8: the first step is lr in each coordinate, whatever its
// scale.
TEST(Adam, HasTheUsualDefaults) {
    Problem problem;
    expect_steps(Adam({problem.a, problem.b}, {}), problem,
                 [](double p, double g, int t, double& m, double& v) {
                     m = 0.9 * m + 0.1 * g;
                     v = 0.999 * v + 0.001 * g * g;
                     const double mean = m / (1 - std::pow(0.9, t)),
                                  square = v / (1 - std::pow(0.999, t));
                     return p - 0.001 * mean / (std::sqrt(square) + 1e-8);
                 });
    Tensor p = autograd::tensor({1e-3, 1e3}).requires_grad_();
    Adam adam({p}, {});
    sum(square(p)).backward();
    adam.step();
    EXPECT_NEAR(p.data()[0], 1e-3 - 1e-3, 1e-8);
    EXPECT_NEAR(p.data()[1], 1e3 - 1e-3, 1e-8);
}

TEST(Adam, WeightDecayPassesThroughTheRunningMeans) {
    Problem problem;
    expect_steps(Adam({problem.a, problem.b},
                      {.lr = 0.1, .beta1 = 0.8, .beta2 = 0.95, .eps = 0.01, .weight_decay = 0.3}),
                 problem, [](double p, double g, int t, double& m, double& v) {
                     return p - 0.1 * adam_step(g + 0.3 * p, t, m, v);
                 });
}

TEST(AdamW, WeightDecayIsDecoupled) {
    Problem problem;
    expect_steps(AdamW({problem.a, problem.b},
                       {.lr = 0.1, .beta1 = 0.8, .beta2 = 0.95, .eps = 0.01, .weight_decay = 0.3}),
                 problem, [](double p, double g, int t, double& m, double& v) {
                     return p - 0.1 * 0.3 * p - 0.1 * adam_step(g, t, m, v);
                 });
}

TEST(AdamW, IsAdamWithoutWeightDecay) {
    Problem x, y;
    AdamW adamw(std::vector{x.a, x.b});
    Adam adam(std::vector{y.a, y.b});
    adamw.settings.lr = adam.settings.lr = 0.1;
    for (int i = 0; i < 4; ++i) {
        x.loss().backward();
        adamw.step();
        y.loss().backward();
        adam.step();
    }
    EXPECT_EQ(x.a.to_vector(), y.a.to_vector());
    EXPECT_EQ(x.b.to_vector(), y.b.to_vector());
}

TEST(Optimizers, FindTheMinimumOfAQuadratic) {
    const auto start = [] { return autograd::zeros({3}).requires_grad_(); };
    Tensor p = start();
    EXPECT_LT(distance_after(Sgd({p}, {.lr = 0.05}), p, 300), 1e-9);
    p = start();
    EXPECT_LT(distance_after(Sgd({p}, {.lr = 0.02, .momentum = 0.8}), p, 300), 1e-9);
    p = start();
    EXPECT_LT(distance_after(Adam({p}, {.lr = 0.05}), p, 1000), 1e-5);
    p = start();
    EXPECT_LT(distance_after(AdamW({p}, {.lr = 0.05}), p, 1000), 1e-5);
    p = start();  // decay pulls the minimum towards 0
    EXPECT_GT(distance_after(AdamW({p}, {.lr = 0.05, .weight_decay = 0.1}), p, 1000), 1e-3);
}

TEST(Optimizers, ZeroGradForgets) {
    Problem problem;
    Sgd sgd({problem.a, problem.b}, {.lr = 0.1});
    problem.loss().backward();
    problem.loss().backward();
    EXPECT_EQ(problem.a.grad().to_vector(), (Numbers{4, -8, 0}));  // both together
    sgd.zero_grad();
    EXPECT_FALSE(problem.a.grad().defined());
    EXPECT_FALSE(problem.b.grad().defined());
    problem.loss().backward();
    EXPECT_EQ(problem.a.grad().to_vector(), (Numbers{2, -4, 0}));
}

TEST(Optimizers, SettingsMayChangeBetweenSteps) {
    Tensor p = autograd::tensor({1.0}).requires_grad_();
    Sgd sgd({p}, {.lr = 0.1});
    sum(p).backward();
    sgd.step();
    sgd.settings.lr = 0.01;
    sgd.step();
    EXPECT_NEAR(p.item(), 1 - 0.1 - 0.01, 1e-15);
    Adam adam({p}, {.lr = 0.1});
    adam.step();
    adam.settings.lr = 0.01;
    adam.step();
    EXPECT_NEAR(p.item(), 0.89 - 0.1 - 0.01, 1e-8);
}

// Not even weight decay moves a parameter that the loss doesn't reach.
TEST(Optimizers, SkipParametersWithoutAGradient) {
    const auto expect_skipped = [](auto make) {
        Tensor used = autograd::tensor({1.0}).requires_grad_(),
               unused = autograd::tensor({5.0}).requires_grad_();
        auto optimizer = make(std::vector<Tensor>{unused, used});
        sum(square(used)).backward();
        optimizer.step();
        EXPECT_EQ(unused.item(), 5);
        EXPECT_NE(used.item(), 1);
    };
    expect_skipped([](auto p) { return Sgd(p, {.lr = 0.1, .weight_decay = 0.1}); });
    expect_skipped([](auto p) { return Adam(p, {.lr = 0.1, .weight_decay = 0.1}); });
    expect_skipped([](auto p) { return AdamW(p, {.lr = 0.1, .weight_decay = 0.1}); });
}

// The t of Adam's divisors counts the parameter's own steps: one that joins late begins as any
// other.
TEST(Adam, AParameterThatJoinsLateBeginsAnew) {
    Tensor early = autograd::tensor({1.0}).requires_grad_(),
           late = autograd::tensor({1.0}).requires_grad_();
    Adam adam({early, late}, {.lr = 0.1});
    for (int i = 0; i < 10; ++i) {
        adam.zero_grad();
        sum(3 * early).backward();
        adam.step();
    }
    sum(3 * late).backward();
    adam.step();
    EXPECT_NEAR(late.item(), 0.9, 1e-8);
}

// g = (3, 4) and 12: together of length 13.
TEST(ClipGradNorm, ShortensAllGradientsTogether) {
    const Tensor a = autograd::tensor({0, 0}).requires_grad_(),
                 b = autograd::tensor({0}).requires_grad_(),
                 without = autograd::tensor({1}).requires_grad_();
    const std::vector<Tensor> all = {a, without, b};
    EXPECT_EQ(nn::clip_grad_norm(all, 1), 0);
    (sum(a * autograd::tensor({3, 4})) + sum(12 * b)).backward();
    EXPECT_EQ(nn::clip_grad_norm(all, 13.1), 13);  // short enough
    EXPECT_EQ(a.grad().to_vector(), (Numbers{3, 4}));
    EXPECT_EQ(nn::clip_grad_norm(all, 6.5), 13);
    EXPECT_NEAR(a.grad().at({0}), 1.5, 1e-6);
    EXPECT_NEAR(a.grad().at({1}), 2, 1e-6);
    EXPECT_NEAR(b.grad().item(), 6, 1e-6);
    EXPECT_FALSE(without.grad().defined());
    EXPECT_NEAR(nn::clip_grad_norm(all, 0), 6.5, 1e-6);
    EXPECT_EQ(b.grad().item(), 0);
    for (const double bad : {-1.0, std::nan("")})
        expect_invalid([&] { nn::clip_grad_norm(all, bad); }, "clip_grad_norm: max_norm ");
}

TEST(ClipGradNorm, OfNaNIsNaN) {
    const Tensor a = autograd::tensor({0, 0}).requires_grad_();
    sum(a * autograd::tensor({1, std::nan("")})).backward();
    EXPECT_TRUE(std::isnan(nn::clip_grad_norm({a}, 1)));
    EXPECT_TRUE(std::isnan(a.grad().at({0})));
}

TEST(AdamW, TakesParametersAloneLikeItsSisters) {
    for (const bool decoupled : {false, true}) {
        Tensor p = autograd::tensor({1}).requires_grad_();
        sum(p).backward();
        if (decoupled)
            AdamW({p}).step();
        else
            Adam({p}).step();
        EXPECT_NEAR(p.item(), 0.999, 1e-9);
    }
}

TEST(Optimizers, RefuseWhatTheyCannotTrain) {
    const Tensor data = autograd::zeros({2, 3});
    const auto expect_refusals = [&](auto make) {
        expect_invalid([&] { make({}); },
                       "optimiser: there are no parameters: pass model.parameters()");
        expect_invalid([&] { make({data}); },
                       "optimiser: a parameter of shape [2, 3] has no requires_grad_()");
        Problem problem;
        expect_invalid(
            [&] {
                make({problem.a, problem.b, problem.a});
            },
            "optimiser: a parameter of shape [3] was passed twice");
        auto optimizer = make({problem.a, problem.b});
        const char* no_gradient =
            "optimiser: no parameter has a gradient: call loss.backward() before step()";
        expect_invalid([&] { optimizer.step(); }, no_gradient);
        problem.loss().backward();
        optimizer.step();
        optimizer.zero_grad();
        expect_invalid([&] { optimizer.step(); }, no_gradient);
    };
    expect_refusals([](std::vector<Tensor> p) { return Sgd(std::move(p), {}); });
    expect_refusals([](std::vector<Tensor> p) { return Adam(std::move(p), {}); });
    expect_refusals([](std::vector<Tensor> p) { return AdamW(std::move(p), {}); });
}
