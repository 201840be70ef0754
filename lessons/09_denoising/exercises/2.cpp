#include <algorithm>
#include <cmath>

#include "lessons/09_denoising/denoising_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, MaskingKeepsTheMean) {
    autograd::Rng rng(2);
    const Tensor x = autograd::uniform({200, 100}, 0.1, 1, rng);
    const std::vector<double> qs = {0.25, 0.4};
    // The factor of the pixels that are left, smallest and largest; the share that is gone, once
    // and in two draws.
    std::vector<double> factors, gone;
    for (const double q : qs) {
        const Tensor first = lessons::masked(x, q, rng), second = lessons::masked(x, q, rng);
        double smallest = INFINITY, largest = -INFINITY, once = 0, twice = 0;
        for (int i = 0; i < x.size(); ++i) {
            const double factor = first.data()[i] / x.data()[i];
            once += factor == 0, twice += factor == 0 && second.data()[i] == 0;
            if (factor == 0) continue;
            smallest = std::min(smallest, factor), largest = std::max(largest, factor);
        }
        factors.insert(factors.end(), {smallest, largest});
        gone.insert(gone.end(), {once / double(x.size()), twice / double(x.size())});
    }
    const auto for_both = [&](auto factor) {
        return std::vector<double>{factor(qs[0]), factor(qs[0]), factor(qs[1]), factor(qs[1])};
    };
    check::expect_answer(
        "what pixels that are left are multiplied by, for q = 0.25 and 0.4 (smallest, largest)",
        factors, for_both([](double q) { return 1 / (1 - q); }),
        {{for_both([](double) { return 1.0; }),
          "The pixels that are left are as they were: mean(masked) / mean(x) is 1 - q."},
         {for_both([](double q) { return 1 - q; }),
          "That multiplies by 1 - q. It makes the image darker still: mean(masked) / mean(x) is "
          "(1 - q)^2. Divide."},
         {for_both([](double q) { return 1 / q; }),
          "That divides by q, the share that is gone, and is no number for q = 0. Divide by the "
          "share that is left."},
         {for_both([](double q) { return q; }),
          "That multiplies by q. Divide by the share that is left, 1 - q."},
         {for_both([](double q) { return 1 + q; }),
          "That multiplies by 1 + q, which is 1 / (1 - q) only while q is small."},
         {for_both([](double q) { return 1 / std::sqrt(1 - q); }),
          "That divides by the root of 1 - q, which keeps the mean of the squares. Asked for is "
          "the mean."}});
    if (testing::Test::HasFailure()) return;
    check::expect_answer("the share of pixels that are gone, once and twice, for q = 0.25 and 0.4",
                         gone, {0.25, 0.0625, 0.4, 0.16},
                         {{{0.75, 0.5625, 0.6, 0.36}, "A share 1 - q is gone now, in place of q."}},
                         0.015);
    check::expect_answer("masked with q = 0", lessons::masked(x, 0, rng).to_vector(), x.to_vector(),
                         {});
}
