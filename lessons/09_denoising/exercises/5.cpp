#include "lessons/09_denoising/exercises/5.h"

#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

namespace {

constexpr int rows = 300, columns = 100;

// The share of neighbours, one below or beside the other, that were both set, and that were both
// set to the same.
std::vector<double> neighbours(const Tensor& image, int down, int right) {
    double both = 0, same = 0, pairs = 0;
    for (int i = 0; i + down < rows; ++i)
        for (int j = 0; j + right < columns; ++j) {
            const double a = image.data()[i * columns + j],
                         b = image.data()[(i + down) * columns + j + right];
            ++pairs;
            if (a == 0.5 || b == 0.5) continue;
            ++both;
            same += a == b;
        }
    return {both / pairs, same / pairs};
}

}  // namespace

TEST(Exercise, SaltAndPepper) {
    autograd::Rng rng(5);
    const double q = 0.6;
    const Tensor grey = autograd::full({rows, columns}, 0.5);
    const Tensor first = lessons::flipped(grey, q, rng), second = lessons::flipped(grey, q, rng);
    ASSERT_EQ(first.shape(), grey.shape()) << "the result should have the shape of x";

    double pepper = 0, salt = 0, grey_left = 0, set_twice = 0;
    for (int i = 0; i < grey.size(); ++i) {
        const double v = first.data()[i];
        pepper += v == 0, salt += v == 1, grey_left += v == 0.5;
        set_twice += v != 0.5 && second.data()[i] != 0.5;
        if (v != 0 && v != 0.5 && v != 1)
            FAIL() << "A grey pixel, 0.5, has become " << v
                   << ". It should be set to 0 or to 1, or stay as it is.";
    }
    const double n = double(grey.size()), set_share = (pepper + salt) / n;

    // Do neighbours know of each other, where they shouldn't?
    const auto below = neighbours(first, 1, 0), beside = neighbours(first, 0, 1);
    const auto always = [](double part, double of) { return of > 0.1 && part > 0.95 * of; };
    const bool same_below = always(below[1], below[0]), same_beside = always(beside[1], beside[0]);
    if (set_share < 0.9 && always(below[0], set_share))
        FAIL() << (same_below ? "Each image of a batch is damaged in the same way. Draw for "
                                "x.shape()."
                              : "The same pixels are set in each image of a batch. Draw the mask "
                                "for x.shape().");
    if (set_share < 0.9 && always(beside[0], set_share))
        FAIL() << "An image is set as a whole, or not at all. Draw the mask for x.shape().";
    if (same_below && !same_beside)
        FAIL() << "To what a pixel is set is the same in each image of a batch. Draw it for "
                  "x.shape().";
    if (same_beside && !same_below)
        FAIL() << "One coin for each image: all that is set in it becomes 0, or all becomes 1. "
                  "Toss one for each pixel.";
    check::expect_answer(
        "the shares of a grey image that are 0, 1 and still grey, for q = 0.6",
        {pepper / n, salt / n, grey_left / n}, {q / 2, q / 2, 1 - q},
        {{{0, 0, 1}, "Nothing is set yet."},
         {{0, q, 1 - q},
          "Salt only: all that is set is set to 1, or one coin decides for the whole batch. Half "
          "of it "
          "should be 0: toss a coin for each pixel."},
         {{q, 0, 1 - q},
          "Pepper only: all that is set is set to 0, or one coin decides for the whole batch. Half "
          "of it "
          "should be 1: toss a coin for each pixel."},
         {{q / 2, 0, 1 - q / 2}, "Half of the share, and pepper only: the salt is missing."},
         {{0, q / 2, 1 - q / 2}, "Half of the share, and salt only: the pepper is missing."},
         {{q / 4, q / 4, 1 - q / 2},
          "Half of the share is set. On digits, which are 0 or 1 nearly everywhere, half of the "
          "set pixels don't show. The share q is that of the pixels that are set."},
         {{(1 - q) / 2, (1 - q) / 2, q},
          "The share 1 - q is set, and q left: it is the wrong way "
          "round."},
         {{q / 2 * (1 - q / 2), q / 2, (1 - q / 2) * (1 - q / 2)},
          "q / 2 is drawn twice, and some pixels are drawn both times: fewer than q are set, and "
          "there is more salt than pepper. Draw once what is set, and once to which."},
         {{q / 2, q / 2 * (1 - q / 2), (1 - q / 2) * (1 - q / 2)},
          "q / 2 is drawn twice, and some pixels are drawn both times: fewer than q are set, and "
          "there is more pepper than salt. Draw once what is set, and once to which."},
         {{q * (1 - q), q, (1 - q) * (1 - q)},
          "Two masks of share q: more than q are set in all. Draw once what is set."},
         {{q, q * (1 - q), (1 - q) * (1 - q)},
          "Two masks of share q: more than q are set in all. Draw once what is set."}},
        0.012);
    if (testing::Test::HasFailure()) return;

    const double set = q * q, same = set / 2;
    check::expect_answer(
        "neighbours that are both set, and both to the same (from image to image, then within one)",
        {below[0], below[1], beside[0], beside[1]}, {set, same, set, same}, {}, 0.015);
    if (testing::Test::HasFailure()) return;
    check::expect_answer("the share that is set in both of two calls", {set_twice / n}, {set},
                         {{{q}, "Two calls set the same pixels. Draw from the rng that is given."}},
                         0.012);

    // What is not set stays what it is, and q = 0 sets nothing.
    const Tensor x = autograd::uniform({rows, columns}, 0.1, 0.9, rng);
    const Tensor damaged = lessons::flipped(x, q, rng);
    for (int i = 0; i < x.size(); ++i) {
        const double v = damaged.data()[i];
        ASSERT_TRUE(v == 0 || v == 1 || std::abs(v - x.data()[i]) < 1e-12)
            << "a pixel of " << x.data()[i] << " has become " << v;
    }
    check::expect_answer("with q = 0", lessons::flipped(x, 0, rng).to_vector(), x.to_vector(), {});
}
