#include "lessons/01_autograd/exercises/4.h"

#include "lessons/support/check/expect_answer.h"

TEST(Exercise, SineAndItsGradients) {
    using autograd::Tensor;
    autograd::Rng rng(4);
    const Tensor x = autograd::normal({20}, 0, 2, rng).requires_grad_();
    const auto of = [&](auto f) {
        std::vector<double> values;
        for (const double v : x.to_vector()) values.push_back(f(v));
        return values;
    };
    const Tensor y = sine(x);
    check::expect_answer("sin(x)", y.to_vector(), of([](double v) { return std::sin(v); }), {});
    if (testing::Test::HasFailure()) return;
    // Of 3 sum(y), so that a forgotten g shows.
    const Tensor dy = grad(sum(3 * y), x, true);
    check::expect_answer(
        "dL/dx for L = 3 sum sin(x)", dy.to_vector(), of([](double v) { return 3 * std::cos(v); }),
        {{of([](double) { return 3.; }),
          "The gradient is g alone: the derivative of the sine is missing."},
         {of([](double v) { return std::cos(v); }),
          "g is forgotten. The gradient function is given g = dL/dy and must return dL/dx, which "
          "is g "
          "times dy/dx."},
         {of([](double v) { return -3 * std::cos(v); }), "The sign is wrong: (sin x)' = cos x."},
         {of([](double v) { return 3 * std::sin(v); }),
          "That is g sin(x). The derivative of the sine is the cosine."},
         {of([](double v) { return 3 * std::abs(std::cos(v)); }),
          "sqrt(1 - y^2) is the cosine without its sign: right between -pi/2 and pi/2, wrong "
          "beyond."},
         {of([](double v) { return 3 * std::cos(std::sin(v)); }),
          "That is the cosine of y. It must be the cosine of x, and is the same only near 0."}});
    if (testing::Test::HasFailure()) return;
    if (!dy.requires_grad()) {
        ADD_FAILURE() << "The gradient is right, and was made of plain numbers: it has no history, "
                         "so it can't be differentiated again. Make it of tensor operations.";
        return;
    }
    check::expect_answer("the second derivative", grad(sum(dy), x).to_vector(),
                         of([](double v) { return -3 * std::sin(v); }),
                         {{of([](double) { return 0.; }),
                           "The gradient is right, and was made of plain numbers: its own "
                           "derivative comes out as 0. Make it of tensor operations."}});
}
