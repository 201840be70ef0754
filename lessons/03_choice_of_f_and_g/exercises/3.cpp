#include "lessons/03_choice_of_f_and_g/table.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, ALeakyReluInPlaceOfRelu) {
    const auto& codes = lessons::choices_of_g;
    std::string names;
    for (const auto& g : codes) names += (names.empty() ? "" : ", ") + g.name;
    if (codes.size() != 4) {
        ADD_FAILURE() << "`choices_of_g` has " << codes.size() << " functions (" << names
                      << "). The leaky ReLU should stand in place of ReLU, not beside it.";
        return;
    }
    const lessons::Activation& g = codes.back();
    const std::vector<double> at = {-800, -2, -0.5, 0, 0.5, 3, 800};
    const auto with_slope = [&](double slope) {
        std::vector<double> values;
        for (const double z : at) values.push_back(z < 0 ? slope * z : z);
        return values;
    };
    const Tensor z = autograd::tensor(at, {7}).requires_grad_();
    const Tensor y = g.apply(z);
    const std::vector<double> given = y.to_vector();
    // Any small slope will do. -2 shows which.
    const double slope = given[1] / -2;
    const bool small = slope > 0 && slope < 0.5;
    check::expect_answer(
        "the last function of `choices_of_g` at -800, -2, -0.5, 0, 0.5, 3, 800", given,
        with_slope(small ? slope : 0.01),
        {{with_slope(0),
          "The last function of `choices_of_g` (" + names +
              ") is still ReLU: it has no slope below 0. The leaky ReLU must stand in its place."},
         {with_slope(1),
          "The last function of `choices_of_g` returns z itself. A leaky ReLU has a small slope "
          "below 0, such as 0.01; with a slope of 1 it is the linear code."},
         {with_slope(slope < 0 ? slope : -0.01),
          "Below 0 the sign is wrong: a leaky ReLU of -2 is -0.02. With yours the code goes down "
          "and up again, and 0 is its least value."},
         {with_slope(100), "The slope below 0 is 100, where it should be 1/100."}});
    if (testing::Test::HasFailure()) return;
    if (g.low == 0) {
        ADD_FAILURE() << "The range still begins at 0, as ReLU's does. A leaky ReLU gives negative "
                         "numbers, too, of any size: `-infinity, infinity`.";
        return;
    }
    check::expect_answer("the ends of its range (-1e9, 1e9 for all numbers)",
                         {std::max(g.low, -1e9), std::min(g.high, 1e9)}, {-1e9, 1e9},
                         {{{-1, 1}, "That is tanh's range. A leaky ReLU gives any number."}});
    EXPECT_NE(g.name, "ReLU") << "Its name is still ReLU: the table would be headed wrongly.";
    if (testing::Test::HasFailure()) return;
    std::vector<double> slopes;
    for (const double v : at) slopes.push_back(v > 0 ? 1 : slope);
    slopes[3] = 0;  // at 0 either is right
    if (!y.requires_grad()) {
        ADD_FAILURE() << "The values are right, and have no history: no gradient would come "
                         "through. Make them of tensor operations, such as autograd::leaky_relu.";
        return;
    }
    auto gradient = grad(sum(y), z).to_vector();
    gradient[3] = 0;
    check::expect_answer("its derivative", {gradient.begin(), gradient.end()}, slopes, {});
}
