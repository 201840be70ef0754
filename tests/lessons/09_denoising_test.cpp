#include "lessons/09_denoising/denoising_autoencoder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lessons/09_denoising/filters.h"
#include "lessons/support/evaluate.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::DenoisingAutoencoder;

namespace {

struct Denoising : testing::Test {
    Rng rng{1};
    DenoisingAutoencoder model{12, 5, rng};
    Tensor x = autograd::uniform({8, 12}, 0, 1, rng), x_tilde = lessons::masked(x, 0.4, rng);

    Denoising() {  // biases away from 0, so that their part in the formulas counts
        model.b = autograd::normal({5}, 0, 0.3, rng).requires_grad_();
        model.c = autograd::normal({12}, 0, 0.3, rng).requires_grad_();
    }
};

}  // namespace

TEST_F(Denoising, GradientsOfItsLossAgreeWithDifferences) {
    expect_gradients([&] { return lessons::denoising_loss(model, x_tilde, x); },
                     model.parameters());
}

// The model sees x~ only, the loss asks for x: written out for each pixel.
TEST_F(Denoising, LossComparesTheRestoredImageWithTheCleanOne) {
    const Tensor x_hat = model(x_tilde);
    double expected = 0;
    for (int i = 0; i < 8; ++i)
        for (int j = 0; j < 12; ++j)
            expected -= (x.at({i, j}) * std::log(x_hat.at({i, j})) +
                         (1 - x.at({i, j})) * std::log(1 - x_hat.at({i, j}))) /
                        (8 * 12);
    EXPECT_NEAR(lessons::denoising_loss(model, x_tilde, x).item(), expected, 1e-12);
}

TEST(Damage, MaskingPutsTheShareQToZeroAnewEachTimeAndLeavesTheRest) {
    Rng rng(2);
    const Tensor x = autograd::uniform({200, 100}, 0.1, 1, rng);
    for (const double q : {0.0, 0.3}) {
        const Tensor first = lessons::masked(x, q, rng), second = lessons::masked(x, q, rng);
        double gone = 0, gone_twice = 0;
        for (int i = 0; i < x.size(); ++i) {
            gone += first.data()[i] == 0;
            gone_twice += first.data()[i] == 0 && second.data()[i] == 0;
            const bool kept = first.data()[i] == x.data()[i];
            ASSERT_TRUE(kept || first.data()[i] == 0) << "element " << i;
        }
        EXPECT_NEAR(gone / double(x.size()), q, 0.015);  // 4.6 standard deviations
        EXPECT_NEAR(gone_twice / double(x.size()), q * q, 0.01);
    }
}

TEST(Damage, GaussianNoiseHasMeanZeroAndVarianceSigmaSquared) {
    Rng rng(3);
    const Tensor x = autograd::uniform({200, 100}, 0, 1, rng);
    const Tensor e = lessons::noisy(x, 0.5, rng) - x;
    EXPECT_NEAR(mean(e).item(), 0, 0.016);
    EXPECT_NEAR(mean(square(e)).item(), 0.25, 0.012);
    // Independent of the image, and fresh: the mean product with anything else is 0.
    EXPECT_NEAR(mean(e * x).item(), 0, 0.01);
    EXPECT_NEAR(mean(e * (lessons::noisy(x, 0.5, rng) - x)).item(), 0, 0.01);
}

// No input of length 1 excites a unit more than its row does.
TEST_F(Denoising, FiltersExciteTheirUnitMost) {
    const Tensor rows = support::filters(model.W);
    EXPECT_EQ(rows.shape(), (autograd::Shape{5, 12}));
    const Tensor best = matmul(rows, model.W);  // [5, 5], unit l for its own row on the diagonal
    for (int l = 0; l < 5; ++l) {
        EXPECT_NEAR(sum(square(narrow(rows, 0, l, 1))).item(), 1, 1e-12);
        for (int trial = 0; trial < 20; ++trial) {
            const Tensor v = autograd::normal({1, 12}, 0, 1, rng);
            EXPECT_GT(best.at({l, l}),
                      (matmul(v, model.W) / std::sqrt(sum(square(v)).item())).at({0, l}));
        }
    }
}

TEST(FilterMeasure, CountsPixelsAndMeasuresMarks) {
    const auto of = [](const std::vector<double>& pixels) {
        const Tensor row =
            support::unit_rows(autograd::tensor(pixels, {1, std::int64_t(pixels.size())}));
        return lessons::measure(row, int(std::sqrt(double(pixels.size()))));
    };
    std::vector<double> flat(100, 1), board(100), dot(100, 0), stripes(100), noise(10000);
    Rng rng(4);
    for (int i = 0; i < 100; ++i) {
        board[i] = (i / 10 + i % 10) % 2 ? 1 : -1;
        stripes[i] = i % 10 / 2 % 2 ? 1 : -1;
    }
    for (double& v : noise) v = rng.normal();
    dot[55] = 1;
    EXPECT_NEAR(of(flat).pixels, 100, 1e-9);
    EXPECT_EQ(of(flat).half_width, 10);  // never falls
    EXPECT_NEAR(of(board).pixels, 100, 1e-9);
    EXPECT_NEAR(of(board).half_width, 0.25, 1e-9);  // from 1 to -1
    EXPECT_NEAR(of(dot).pixels, 1, 1e-12);
    EXPECT_NEAR(of(dot).half_width, 0.5, 1e-9);  // from 1 to 0
    EXPECT_NEAR(of(noise).half_width, 0.5, 0.02);
    // Stripes two pixels wide. A(1): all pairs down agree, of those across 5 of 9: (1 + 1/9) / 2 =
    // 5/9. A(2): all down, none across: 0.
    EXPECT_NEAR(of(stripes).half_width, 1 + (5.0 / 9 - 0.5) / (5.0 / 9), 1e-9);
}

TEST(FilterMeasure, WidestTenthIsTheMeanOfTheWidest) {
    std::vector<double> rows;  // a flat filter and nine dots, of 4 x 4 pixels
    for (int l = 0; l < 10; ++l)
        for (int i = 0; i < 16; ++i) rows.push_back(l == 3 ? 0.25 : i == 5);
    const auto m = lessons::measure(autograd::tensor(rows, {10, 16}), 4);
    EXPECT_NEAR(m.widest, 4, 1e-12);
    EXPECT_NEAR(m.half_width, (4 + 9 * 0.5) / 10, 1e-9);
    EXPECT_NEAR(m.pixels, (16 + 9) / 10.0, 1e-9);
}

// Two pixels that are always equal, ink or none. What training ends at is E[x | x~]: one pixel seen
// means ink, and if neither is, both may have been masked, P(ink | none seen) = q^2 / (1 + q^2).
TEST(DenoisingAutoencoder, ComesToExpectTheImageGivenItsDamagedSelf) {
    for (const double q : {0.0, 0.5}) {
        Rng rng(5);
        DenoisingAutoencoder model(2, 8, rng);
        nn::Adam adam(model.parameters(), {.lr = 0.02});
        for (int step = 0; step < 3000; ++step) {
            const Tensor ink = autograd::bernoulli({256, 1}, 0.5, rng), x = concat(ink, ink, 1);
            adam.settings.lr = 0.02 * (1 - step / 3000.0);
            adam.zero_grad();
            lessons::denoising_loss(model, lessons::masked(x, q, rng), x).backward();
            adam.step();
        }
        const Tensor x_hat = model(autograd::tensor({{0, 0}, {1, 0}, {0, 1}, {1, 1}}));
        for (const int pixel : {0, 1}) {
            EXPECT_NEAR(x_hat.at({0, pixel}), q * q / (1 + q * q), 0.02) << "q = " << q;
            EXPECT_GT(x_hat.at({3, pixel}), 0.98);
            const double inferred = std::min(x_hat.at({1, pixel}), x_hat.at({2, pixel}));
            EXPECT_TRUE(q == 0 || inferred > 0.98) << inferred;
        }
    }
}
