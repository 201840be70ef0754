#include "lessons/12_summary/measures.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, OnlyTooLittlePaintCounts) {
    autograd::Rng rng(1);
    // All pixels are 0.4, so the answers do not depend on where the mask lies.
    const double v = 0.4, q = 0.3;
    const support::Images images{30, 4, 5, std::vector<std::uint8_t>(600, 102), {}};
    double brightest = 0;
    const auto restored = [&](const lessons::ImageFunction& restore) {
        return lessons::ink_restored(restore, images, q, rng);
    };
    const auto paint = [&](double c) {
        return restored([c](const Tensor& t) { return 0 * t + c; });
    };
    std::vector<double> given = {paint(0), paint(v / 2), paint(v), paint(2 * v)};
    given.push_back(restored([&](const Tensor& t) {
        for (const double u : t.to_vector()) brightest = std::max(brightest, u);
        return t;
    }));
    given.push_back(brightest);

    const double seen = v / (1 - q);
    std::vector<double> holes;  // the shares that were masked
    autograd::Rng same(1);
    for (int i = 0; i < 2; ++i)
        holes.push_back(1 - mean(autograd::bernoulli({30, 20}, 1 - q, same)).item());
    check::expect_answer(
        "ink restored, of pixels of 0.4, by one who paints 0 everywhere, 0.2, 0.4, 0.8, and who "
        "changes nothing; and the brightest pixel that he is shown",
        given, {0, 0.5, 1, 1, 0, seen},
        {{{0, 0.5, 1, 0, 0, seen}, "Too much paint still counts as wrong: `abs` is still there."},
         {{1, 1, 1, 0, 1, seen},
          "The difference is the wrong way round: what counts is x - x_hat, where it is above 0. "
          "Now only too much paint is wrong, and who paints nothing gets 100%."},
         {{0, 0.5, 1, 2, 0, seen},
          "Without `abs` and without `clamp`, or with a clamp that lets negative numbers through, "
          "too much paint in one place makes up for too little in another. Clamp at 0."},
         {{0, 0.5, 1, 1, 1, v},
          "The restorer is shown the clean image. It must be x * keep / (1 - q)."},
         {{0, 0.5, 1, 1, 0, v},
          "The restorer is shown x * keep: the division by 1 - q has got lost, and the image is "
          "darker than those it was trained on."},
         {{1 - 1 / holes[0], 1 - 0.5 / holes[1], 1, 1, 0, seen},
          "The mask has got lost: `holes *` must stand before the clamp, so that only masked "
          "pixels count."}});
    if (testing::Test::HasFailure()) return;
    // Of one pixel too dark and one too bright, the first alone counts.
    const support::Images pairs{1000,
                                1,
                                2,
                                [] {
                                    std::vector<std::uint8_t> pixels;
                                    for (int i = 0; i < 1000; ++i)
                                        pixels.insert(pixels.end(), {51, 255});
                                    return pixels;
                                }(),
                                {}};
    const auto swapped = [](const Tensor& t) {
        return 0 * t + autograd::tensor({1.0, 0.2}, {2});  // the true image has 0.2 and 1
    };
    check::expect_answer(
        "ink restored where 0.2 has become 1 and 1 has become 0.2",
        {lessons::ink_restored(swapped, pairs, q, rng)}, {1 - 0.8 / 1.2},
        {{{1},
          "Too much paint in one place makes up for too little in another: clamp before the sum, "
          "pixel by pixel."}},
        0.05);
}
