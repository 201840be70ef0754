#include "lessons/01_autograd/autograd_basics.h"
#include "lessons/support/check/expect_answer.h"

TEST(Exercise, ADifferenceOfOneSide) {
    const double delta = 0.1;
    const auto f = [](double x) { return std::exp(x); };
    std::vector<double> given, right, central, left, halved, by_delta;
    for (const double x : {-1.0, 0.0, 0.7}) {
        given.push_back(lessons::central_difference(f, x, delta));
        right.push_back((f(x + delta) - f(x)) / delta);
        central.push_back((f(x + delta) - f(x - delta)) / (2 * delta));
        left.push_back((f(x) - f(x - delta)) / delta);
        halved.push_back((f(x + delta) - f(x)) / (2 * delta));
        by_delta.push_back((f(x + delta) - f(x - delta)) / delta);
    }
    check::expect_answer(
        "(f(x + 0.1) - f(x)) / 0.1 for f = exp", given, right,
        {{central, "It is still the difference of two sides."},
         {left, "This looks to the left, from x - delta to x. It should look to the right."},
         {halved,
          "The numerator is one-sided, and the divisor still the distance of both sides: "
          "every slope comes out half as large. Divide by right - x."},
         {by_delta,
          "The divisor is one-sided, and the numerator still that of both sides: every "
          "slope comes out twice as large. Subtract f(x)."}});
}
