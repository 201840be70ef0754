#include <algorithm>

#include "lessons/12_summary/remedies.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, MaskedAndDarker) {
    autograd::Rng rng(2);
    const Tensor x = autograd::uniform({200, 100}, 0.1, 1, rng);
    const std::vector<double> qs = {0.25, 0.4};
    // What the pixels that are left are multiplied by, smallest and largest; the share that is
    // gone.
    std::vector<double> factors, gone;
    for (const double q : qs) {
        const Tensor damaged = lessons::masked_and_scaled(x, q, rng);
        double smallest = INFINITY, largest = -INFINITY, none = 0;
        for (int i = 0; i < x.size(); ++i) {
            const double factor = damaged.data()[i] / x.data()[i];
            none += factor == 0;
            if (factor == 0) continue;
            smallest = std::min(smallest, factor), largest = std::max(largest, factor);
        }
        factors.insert(factors.end(), {smallest, largest});
        gone.push_back(none / double(x.size()));
    }
    const auto for_both = [&](auto factor) {
        return std::vector<double>{factor(qs[0]), factor(qs[0]), factor(qs[1]), factor(qs[1])};
    };
    check::expect_answer(
        "what pixels that are left are multiplied by, for q = 0.25 and 0.4 (smallest, largest)",
        factors, {1, 1, 1, 1},
        {{for_both([](double q) { return 1 / (1 - q); }),
          "The pixels that are left are still divided by 1 - q."},
         {for_both([](double q) { return 1 - q; }),
          "They are multiplied by 1 - q now: the image is darker than one that is only masked. "
          "Leave the factor out altogether."},
         {for_both([](double q) { return 1 / q; }),
          "They are divided by q now. Leave the division out altogether."},
         {for_both([](double q) { return 1 / (1 - q) / (1 - q); }),
          "They are divided by 1 - q twice. Is the division in lesson 09's `masked`, too?"}});
    if (testing::Test::HasFailure()) return;
    check::expect_answer("the share of pixels that are gone, for q = 0.25 and 0.4", gone, qs,
                         {{{0, 0}, "Nothing is masked any more. Only the division should go."},
                          {{0.75, 0.6}, "A share 1 - q is gone now, in place of q."}},
                         0.015);
}
