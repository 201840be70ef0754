#include "nn/lbfgs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <stdexcept>

#include "autograd/autograd.h"

using autograd::Rng;
using autograd::Tensor;
using nn::Lbfgs;

namespace {

// Rosenbrock's curved valley, in two parameters of different shapes; its minimum, 0, at (1, 1).
struct Rosenbrock {
    Tensor a = autograd::tensor({-1.2}).requires_grad_();
    Tensor b = autograd::full({1, 1}, 1).requires_grad_();
    Tensor operator()() const {
        return sum(100 * square(reshape(b, {1}) - square(a)) + square(1 - a));
    }
};

// 1/2 x' A x - c'x with eigenvalues of A from 1 to 1000.
struct Quadratic {
    explicit Quadratic(Rng& rng) : c(autograd::normal({12}, 0, 1, rng)) {
        for (int i = 0; i < 12; ++i) scale.mutable_data()[i] = std::pow(1000, i / 11.0);
    }
    Tensor operator()() const { return sum(0.5 * scale * square(x) - c * x); }
    Tensor scale = autograd::empty({12}), c;
    Tensor x = autograd::zeros({12}).requires_grad_();
};

}  // namespace

TEST(Lbfgs, FollowsACurvedValley) {
    Rosenbrock f;
    Lbfgs lbfgs({f.a, f.b}, {.tolerance = 1e-9});
    double loss = 1e9;
    while (!lbfgs.converged()) {
        const double next = lbfgs.step(f);
        EXPECT_LE(next, loss);
        EXPECT_DOUBLE_EQ(next, f().item());  // the parameters are where the loss was computed
        loss = next;
    }
    EXPECT_NEAR(f.a.item(), 1, 1e-8);
    EXPECT_NEAR(f.b.item(), 1, 1e-8);
    EXPECT_LT(lbfgs.evaluations(), 70);  // gradient descent needs thousands
}

TEST(Lbfgs, MinimisesAnIllConditionedQuadratic) {
    Rng rng(1);
    Quadratic f(rng);
    Lbfgs lbfgs({f.x}, {.history = 12, .tolerance = 1e-10});
    while (!lbfgs.converged()) lbfgs.step(f);
    for (int i = 0; i < 12; ++i)
        EXPECT_NEAR(f.x.data()[i], f.c.data()[i] / f.scale.data()[i], 1e-9);
    EXPECT_LT(lbfgs.evaluations(), 200);  // gradient descent: about 20,000
}

TEST(Lbfgs, EveryStepFulfilsTheStrongWolfeConditions) {
    Rng rng(2);
    for (int start = 0; start < 50; ++start) {
        Rosenbrock f;
        f.a.mutable_data()[0] = 5 * rng.normal();
        f.b.mutable_data()[0] = 5 * rng.normal();
        Lbfgs lbfgs({f.a, f.b}, {.tolerance = 1e-3});
        const auto state = [&] {  // the parameters, the loss, and its gradient
            const Tensor loss = f(), x[] = {f.a, f.b}, y[] = {loss};
            const auto g = autograd::grad(y, x);
            return std::vector<double>{f.a.item(), f.b.item(), loss.item(), g[0].item(),
                                       g[1].item()};
        };
        while (!lbfgs.converged()) {
            const auto p = state();
            lbfgs.step(f);
            const auto q = state();
            const double s[] = {q[0] - p[0], q[1] - p[1]};
            const double before = s[0] * p[3] + s[1] * p[4], after = s[0] * q[3] + s[1] * q[4];
            EXPECT_LT(before, 0);
            EXPECT_LE(q[2], p[2] + 1e-4 * before);
            EXPECT_LE(std::abs(after), 0.9 * std::abs(before) * (1 + 1e-9));
        }
    }
}

// On a quadratic the direction must be Newton's once every curvature has been seen: the next step
// goes to the minimum at once.
TEST(Lbfgs, KnowsTheHessianOfAQuadraticInOneVariableAfterOneStep) {
    Tensor x = autograd::tensor({5.0}).requires_grad_();
    const auto f = [&] { return sum(3 * square(x - 2)); };
    Lbfgs lbfgs({x}, {.tolerance = 1e-9});
    lbfgs.step(f);
    EXPECT_GT(std::abs(x.item() - 2), 1e-3);
    lbfgs.step(f);
    EXPECT_NEAR(x.item(), 2, 1e-9);
    EXPECT_TRUE(lbfgs.converged());
}

TEST(Lbfgs, StepsBackFromWhereTheLossIsNotANumber) {
    Tensor x = autograd::tensor({40.0}).requires_grad_();
    const auto f = [&] { return sum(10 * x - log(x)); };  // first step: to 39, next: far below 0
    Lbfgs lbfgs({x}, {.tolerance = 1e-7});
    for (int i = 0; i < 100 && !lbfgs.converged(); ++i) lbfgs.step(f);
    EXPECT_TRUE(lbfgs.converged());
    EXPECT_NEAR(x.item(), 0.1, 1e-8);
}

// Where there is nothing to compare, it must not say that it has arrived.
TEST(Lbfgs, RefusesALossOrAGradientThatIsNotANumber) {
    Tensor x = autograd::tensor({1.0}).requires_grad_();
    const auto expect_refused = [&](const std::function<Tensor()>& f) {
        x.mutable_data()[0] = 1;
        Lbfgs lbfgs({x}, {});
        EXPECT_THROW(lbfgs.step(f), std::runtime_error);
        EXPECT_FALSE(lbfgs.converged());
    };
    const auto nan_loss = [&] { return sum(log(-square(x))); };
    const auto nan_gradient = [&] { return sum(square(x) + sqrt(square(0 * x))); };  // 0 / 0
    EXPECT_TRUE(std::isnan(nan_loss().item()));
    EXPECT_EQ(nan_gradient().item(), 1);
    expect_refused(nan_loss);
    expect_refused(nan_gradient);
    // And where only the start is well.
    expect_refused([&] { return x.item() == 1 ? sum(square(x)) : nan_loss(); });
    expect_refused([&] { return x.item() == 1 ? sum(square(x)) : nan_gradient(); });
}

TEST(Lbfgs, StaysAtAMinimum) {
    Tensor x = autograd::tensor({2.0}).requires_grad_();
    const auto f = [&] { return sum(square(x - 2)); };
    Lbfgs lbfgs({x});
    EXPECT_EQ(lbfgs.step(f), 0);
    EXPECT_TRUE(lbfgs.converged());
    EXPECT_EQ(lbfgs.evaluations(), 1);
    EXPECT_EQ(x.item(), 2);
}

// With a tolerance that can't be met it ends all the same.
TEST(Lbfgs, EndsWhereRoundOffBegins) {
    Rosenbrock f;
    Lbfgs lbfgs({f.a, f.b}, {.tolerance = 0});
    for (int i = 0; i < 300 && !lbfgs.converged(); ++i) lbfgs.step([&] { return 1 + f(); });
    EXPECT_TRUE(lbfgs.converged());
    EXPECT_NEAR(f.a.item(), 1, 1e-6);
}

TEST(Lbfgs, RefusesWhatItCannotTrain) {
    const Tensor x = autograd::tensor({1.0});
    Tensor p = autograd::tensor({1.0}).requires_grad_();
    EXPECT_THROW(Lbfgs({}, {}), std::invalid_argument);
    EXPECT_THROW(Lbfgs({x}, {}), std::invalid_argument);
    EXPECT_THROW(Lbfgs({p}, {.history = 0}), std::invalid_argument);
}
