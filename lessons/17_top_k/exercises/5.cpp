#include "lessons/17_top_k/exercises/5.h"

#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, TheLargestOfTheWholeBatch) {
    autograd::Rng rng(5);
    // Four inputs of different loudness, so that the shares of the inputs differ.
    const std::int64_t m = 4, units = 6;
    const int k = 2;
    const Tensor loudness = autograd::tensor({{0.2}, {1}, {3}, {9}}),
                 z = loudness * autograd::normal({m, units}, 0.5, 1, rng);
    // 1 for the n largest of `values`.
    const auto largest = [](const Tensor& values, int n) {
        std::vector<double> sorted = values.to_vector();
        std::ranges::sort(sorted, std::greater());
        const double least = sorted[std::size_t(n - 1)];
        return autograd::map(values, [&](double v) { return v >= least ? 1.0 : 0.0; });
    };
    const Tensor of_input = lessons::top_k_mask(z, k),
                 of_unit = transpose(lessons::top_k_mask(transpose(z), k));
    const Tensor given = lessons::batch_top_k_mask(z, k);
    ASSERT_EQ(given.shape(), z.shape()) << "The mask should have the shape of z.";
    const auto mask = [&](const Tensor& of) { return of.to_vector(); };
    check::expect_answer(
        "the mask of a batch of 4 with k = 2", given.to_vector(), mask(largest(z, int(m) * k)),
        {{mask(autograd::zeros(z.shape())), "Nobody may speak yet."},
         {mask(of_input),
          "That is k units for each input, as before. The inputs of a batch compete with each "
          "other now: a loud one may get more than k, a quiet one fewer."},
         {mask(largest(z, k)),
          "That is k in the whole batch. Each input is to have k on average, so m k in all."},
         {mask(of_unit),
          "That is the k largest of each unit, down the batch. All scores compete in one list."},
         {mask(largest(-z, int(m) * k)), "Those are the m k smallest. The largest may speak."},
         {mask(z * largest(z, int(m) * k)),
          "That is h already: the scores where they may speak. The mask is 1 there."},
         {mask(largest(z * z, int(m) * k)),
          "The sign is lost: a score far below 0 is not large."}});
    if (testing::Test::HasFailure()) return;
    check::expect_answer("the mask with k = 1", lessons::batch_top_k_mask(z, 1).to_vector(),
                         mask(largest(z, int(m))), {});
    const Tensor one = autograd::normal({1, 9}, 0, 1, rng);
    check::expect_answer("the mask of a single input",
                         lessons::batch_top_k_mask(one, 3).to_vector(),
                         lessons::top_k_mask(one, 3).to_vector(), {});
}
