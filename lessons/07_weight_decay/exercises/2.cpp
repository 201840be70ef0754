#include "lessons/07_weight_decay/exercises/2.h"

#include <functional>

#include "lessons/07_weight_decay/weight_decay.h"
#include "lessons/support/check/expect_answer.h"

namespace {

// What AdamW leaves of a weight without a gradient.
double left_by(double decay) {
    const autograd::Tensor w = autograd::tensor({1.0}, {1}).requires_grad_();
    nn::AdamW adam({w}, {.lr = 0.01, .weight_decay = decay});
    for (int epoch = 0; epoch < 100; ++epoch) {
        adam.settings.lr = 0.01 * (1 - epoch / 100.0);
        for (int batch = 0; batch < 10; ++batch) {
            adam.zero_grad();
            sum(0 * w).backward();
            adam.step();
        }
    }
    return w.to_vector()[0];
}

}  // namespace

TEST(Exercise, ADecayOfWhichOneKnowsWhatItLeaves) {
    const std::vector<double> shares = {0.5, 0.8, 0.2};
    const auto of = [&](const std::function<double(double)>& decay) {
        std::vector<double> left;
        for (const double share : shares) left.push_back(left_by(decay(share)));
        return left;
    };
    for (const double share : shares)
        if (const double decay = decay_that_leaves(share); !(decay >= 0))
            FAIL() << "For left = " << share << " the decay is " << decay
                   << ", and a decay is no negative number. The logarithm of a share is one.";
    check::expect_answer(
        "what the decays for 0.5, 0.8 and 0.2 leave", of(decay_that_leaves), shares,
        {{of([](double left) { return left; }), "It returns the share itself, not a decay."},
         {of([](double left) { return -std::log(left) / 10; }),
          "The learning rate is taken for constant, at 0.01. It falls: on average it is half of "
          "that."},
         {of([](double left) { return -std::log(left) / 0.505; }),
          "Far too much is left off: the sum over the learning rates is that of 100 steps. An "
          "epoch has 10 steps, one for each batch."},
         {of([](double left) { return -std::log(left) / 0.005; }),
          "That is the decay for a single step of the average rate. There are 1000 of them."},
         {of([](double left) { return (1 - left) / 5.05; }),
          "Each step takes its share of what is left, not of what was there at the beginning: "
          "shares multiply. The logarithm makes a sum of them."},
         {of([](double left) { return -std::log2(left) / 5.05; }),
          "That is the logarithm of base 2. 1 - x is about exp(-x): the base is e."},
         {of([](double left) { return -std::log10(left) / 5.05; }),
          "That is the logarithm of base 10. 1 - x is about exp(-x): the base is e."},
         {of([](double left) { return -std::log(left) / (2 * 5.05); }),
          "A factor 2 too many: AdamW's decay is no lambda. It takes lr times decay, not 2 lr "
          "lambda."}},
        0.006);
}
