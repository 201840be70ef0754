#include "lessons/01_autograd/autograd_basics.h"
#include "lessons/support/check/expect_answer.h"

TEST(Exercise, TheFourthDerivativeOfTanh) {
    const std::vector<double> points = {-2, -0.7, -0.1, 0, 0.3, 1.2};
    const auto on_grid = [&](auto f) {
        std::vector<double> values;
        for (const double x : points) {
            const double y = std::tanh(x);
            values.push_back(f(y, 1 - y * y));
        }
        return values;
    };
    std::vector<double> given;
    for (const double x : points) given.push_back(lessons::derivative_by_hand(x, 4));
    check::expect_answer(
        "the fourth derivative", given,
        lessons::derivatives(autograd::tensor(points, {6}), 4).back().to_vector(),
        {{on_grid([](double y, double s) { return -2 * s * (1 - 3 * y * y); }),
          "For order 4, `derivative_by_hand` still returns the third derivative: `default:` takes "
          "it. Give order 3 a case of its own."},
         {on_grid([](double y, double s) { return 4 * y * s * (4 - 3 * y * y); }),
          "The chain rule is missing in one place: the derivative of 3 y^2 with respect to x is 6 "
          "y "
          "y', and y' is 1 - y^2."},
         {on_grid([](double y, double s) { return -8 * y * s * (2 - 3 * y * y); }),
          "Right but for its sign."}});
    // The others stay what they are.
    for (int order = 0; order < 4; ++order)
        EXPECT_NEAR(lessons::derivative_by_hand(0.4, order),
                    lessons::derivatives(autograd::tensor({0.4}), order).back().data()[0], 1e-12)
            << "derivative " << order << " was right before";
}
