#include <gtest/gtest.h>

#include <algorithm>

#include "lessons/06_capacity/copying.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Autoencoder;

namespace {

// Images of 8 pixels that are mixtures of two patterns: two numbers could hold them.
Tensor mixtures(int count, Rng& rng) {
    const Tensor patterns =
        autograd::tensor({{.9, .8, .7, .9, .1, 0, .1, .2}, {0, .1, .5, .1, .8, .9, .3, .7}});
    return matmul(autograd::uniform({count, 2}, 0, 0.5, rng), patterns);
}

void train(const Autoencoder& model, const Tensor& x, int steps) {
    nn::Adam adam(model.parameters(), {.lr = 0.02});
    for (int step = 0; step < steps; ++step) {
        adam.zero_grad();
        lessons::reconstruction_loss(model(x), x).backward();
        adam.step();
    }
}

}  // namespace

TEST(Capacity, GradientsOfItsLossAgreeWithDifferences) {
    Rng rng(1);
    const Tensor x = autograd::uniform({5, 8}, 0, 1, rng);
    for (const int k : {3, 12}) {  // under- and overcomplete
        Autoencoder model(8, k, rng);
        expect_gradients([&] { return lessons::reconstruction_loss(model(x), x); },
                         model.parameters());
    }
}

TEST(Capacity, PermutedImagesHaveTheSamePixelsElsewhere) {
    Rng rng(2);
    const Tensor x = autograd::uniform({4, 30}, 0, 1, rng), y = lessons::permuted(x, rng);
    std::vector<int> from;  // the same order in each image
    for (int j = 0; j < 30; ++j)
        for (int i = 0; i < 30; ++i)
            if (y.at({0, j}) == x.at({0, i})) from.push_back(i);
    ASSERT_EQ(from.size(), 30u);
    for (int r = 0; r < 4; ++r)
        for (int j = 0; j < 30; ++j) EXPECT_EQ(y.at({r, j}), x.at({r, from[std::size_t(j)]}));
    EXPECT_FALSE(std::is_sorted(from.begin(), from.end()));
}

TEST(Capacity, NoiseKeepsEachPixelsValuesAndBreaksTheirTies) {
    Rng rng(3);
    const Tensor one = autograd::uniform({400, 1}, 0, 1, rng);
    const Tensor x = concat(one, one, 1), y = lessons::scrambled(x, rng);  // two equal pixels
    double covariance = 0;
    for (const int j : {0, 1}) {
        std::vector<double> before, after;
        for (int i = 0; i < 400; ++i) before.push_back(x.at({i, j})), after.push_back(y.at({i, j}));
        std::sort(before.begin(), before.end()), std::sort(after.begin(), after.end());
        EXPECT_EQ(before, after);
    }
    for (int i = 0; i < 400; ++i) covariance += (y.at({i, 0}) - 0.5) * (y.at({i, 1}) - 0.5) / 400;
    EXPECT_LT(std::abs(covariance), 0.02);  // of x: 1/12
}

TEST(Capacity, CopyRatioIsZeroForACopyAndOneForTheMean) {
    Rng rng(4);
    const Tensor x = autograd::normal({50, 6}, 3, 1, rng);
    EXPECT_EQ(lessons::copy_ratio(x, x), 0);
    EXPECT_NEAR(lessons::copy_ratio(broadcast_to(mean(x, 0), x.shape()), x), 1, 1e-12);
    EXPECT_GT(lessons::copy_ratio(x + 5, x), 5);
}

// What the lesson says, in small: with room enough a network that saw enough variety passes on
// noise; a narrow one answers it with what it knows.
TEST(Capacity, AWideCodeCopiesNoiseAndANarrowOneDoesNot) {
    Rng rng(5);
    const Tensor x = mixtures(200, rng) + autograd::uniform({200, 8}, 0, 0.15, rng);
    const Tensor noise = lessons::scrambled(x, rng);
    Autoencoder narrow(8, 2, rng), wide(8, 32, rng);
    train(narrow, x, 600), train(wide, x, 600);
    EXPECT_LT(lessons::copy_ratio(wide(noise), noise), 0.3);
    EXPECT_GT(lessons::copy_ratio(narrow(noise), noise), 0.6);
}
