#include <gtest/gtest.h>

#include <cmath>

#include "lessons/12_summary/classifier.h"
#include "lessons/12_summary/measures.h"
#include "lessons/12_summary/remedies.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Variant;

namespace {

struct Summary : testing::Test {
    Rng rng{1};
    lessons::Remedies r{
        .hidden = 8, .decay = 0.01, .sparsity = 5, .contraction = 2, .active = 2, .wide = 6};
    std::vector<Variant> variants = lessons::variants(12, r, rng);
    Tensor x = autograd::uniform({6, 12}, 0, 1, rng);

    double loss(std::size_t i, double done = 0.5) const {
        Rng draws(3);
        return variants[i].loss(x, done, draws).item();
    }
};

// Images of n pixels in one row.
support::Images images_of(const std::vector<std::vector<int>>& rows) {
    support::Images images{int(rows.size()), 1, int(rows[0].size()), {}, {}};
    for (const auto& row : rows)
        for (const int pixel : row) images.pixels.push_back(std::uint8_t(pixel));
    return images;
}

}  // namespace

TEST_F(Summary, GradientsOfEveryLossAgreeWithDifferences) {
    ASSERT_EQ(variants.size(), 7u);
    for (const Variant& v : variants)
        expect_gradients(
            [&] {
                Rng draws(3);  // the same mask each time
                return v.loss(x, 0.5, draws);
            },
            v.model->parameters(), v.name);
}

// Written out, beside the cross-entropy of the plain forward pass.
TEST_F(Summary, EachLossIsTheCrossEntropyAndItsRemedy) {
    const auto bce = [&](std::size_t i, const Tensor& input) {
        return nn::binary_cross_entropy(variants[i].restore(input), x).item();
    };
    EXPECT_NEAR(loss(0), bce(0, x), 1e-12);
    double squares = 0;
    for (const auto& [name, p] : variants[1].model->named_parameters())
        if (name.ends_with("weight")) squares += sum(square(p)).item();
    EXPECT_NEAR(loss(1), bce(1, x) + 0.01 * squares, 1e-12);
    EXPECT_NEAR(loss(2), bce(2, x), 1e-12);
    Rng draws(3);
    EXPECT_NEAR(loss(3), bce(3, lessons::masked(x, 0.3, draws) / 0.7), 1e-12);
    double kl = 0;
    for (const double u : mean(variants[4].encode(x), 0).to_vector())
        kl += 0.05 * std::log(0.05 / u) + 0.95 * std::log(0.95 / (1 - u));
    EXPECT_NEAR(loss(4), bce(4, x) + 5.0 / 12 * kl, 1e-12);
    EXPECT_NEAR(
        loss(5),
        bce(5, x) + 2.0 / 12 * lessons::closed_form(variants[5].encode(x), variants[5].W).item(),
        1e-12);
}

TEST_F(Summary, TopKNarrowsFromManyUnitsToFew) {
    for (const auto& [done, active] : {std::pair(0.0, 6), {0.5, 4}, {1.0, 2}}) {
        loss(6, done);
        const Tensor h = variants[6].encode(x);
        for (int i = 0; i < 6; ++i) {
            int speaking = 0;
            for (int l = 0; l < 8; ++l) speaking += h.at({i, l}) != 0;
            EXPECT_EQ(speaking, active) << "at " << done;
        }
    }
}

TEST(TopK, KeepsTheLargestAndOfEqualOnesTheFirst) {
    const Tensor z = autograd::tensor({3, -1, 2, 5, 1, 1, 1, 1}, {2, 4});
    EXPECT_EQ(lessons::top_k_mask(z, 2).to_vector(),
              (std::vector<autograd::real>{1, 0, 0, 1, 1, 1, 0, 0}));
    EXPECT_EQ(sum(lessons::top_k_mask(z, 4)).item(), 8);
}

TEST(TopK, JacobianIsTheEngines) {
    Rng rng(2);
    lessons::TopKAutoencoder model(9, 7, rng);
    model.k = 3;
    const Tensor x = autograd::normal({5, 9}, 0, 1, rng);
    const auto encode = [&](const Tensor& t) { return model.encode(t); };
    EXPECT_NEAR(lessons::top_k_jacobian_norm2(encode(x), model.W).item(),
                lessons::by_engine(encode, x).item(), 1e-12);
}

TEST(Masking, KeepsTheBrightness) {
    Rng rng(3);
    const Tensor x = autograd::zeros({1000, 100}) + 0.5;
    EXPECT_NEAR(mean(lessons::masked_and_scaled(x, 0.3, rng)).item(), 0.5, 0.005);
}

TEST(InkRestored, IsOneForTheImageAndZeroForHoles) {
    Rng rng(4);
    const support::Images images = images_of(std::vector(50, std::vector{255, 0, 128, 255, 0, 51}));
    const Tensor x = to_tensor(support::first(images, 1));
    const auto truth = [&](const Tensor& t) { return broadcast_to(x, t.shape()); };
    EXPECT_NEAR(lessons::ink_restored(truth, images, 0.3, rng), 1, 1e-12);
    const auto nothing = [](const Tensor& t) { return t * 0; };
    EXPECT_NEAR(lessons::ink_restored(nothing, images, 0.3, rng), 0, 1e-12);
    // Leaving what is seen as it is leaves the holes, too.
    const auto as_seen = [](const Tensor& t) { return t; };
    EXPECT_NEAR(lessons::ink_restored(as_seen, images, 0.3, rng), 0, 1e-12);
    const auto paint = [](const Tensor& t) { return t * 0 + 1; };
    EXPECT_LT(lessons::ink_restored(paint, images, 0.3, rng), 0.5);
}

TEST_F(Summary, MeasuresOfAKnownNetwork) {
    const support::Images images = images_of({{0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255},
                                              {255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0}});
    Variant v = variants[0];
    v.encode = [](const Tensor& t) { return narrow(t, 1, 0, 8) * 0.9; };  // 0 or 0.9
    const auto m = lessons::measure(v, images, 0.3);
    EXPECT_DOUBLE_EQ(m.saturated, 0.5);  // those of 0
    const Tensor all = to_tensor(images);
    EXPECT_NEAR(m.bce, nn::binary_cross_entropy(v.restore(all), all).item(), 1e-12);
    EXPECT_NEAR(m.sse, sum(square(v.restore(all) - all)).item() / 2, 1e-12);
}

TEST_F(Summary, UntrainedHasTheSizeOfTheWeightsAndNothingOfThem) {
    // A column of W that reads one pixel alone: were it kept, code 0 would follow that pixel.
    Variant v = variants[0];
    v.W = autograd::zeros({400, 300}) + 0.2;
    v.b = autograd::zeros({300});
    const Tensor h = lessons::untrained(v, rng)(autograd::zeros({1, 400}) + 1);
    // z is normal with standard deviation 0.2 * 20 = 4: |z| < 0.5 for a tenth of the units
    double near_half = 0;
    for (const double u : h.to_vector()) near_half += std::abs(std::log(u / (1 - u))) < 0.5;
    EXPECT_NEAR(near_half / 300, 0.0995, 0.05);
}

TEST_F(Summary, ClassifierStartsAtTheEncoderAndLeavesItAlone) {
    const Variant& v = variants[3];
    const std::vector<autograd::real> before = v.W.to_vector();
    const lessons::Classifier model(v.W, v.b, rng);
    EXPECT_EQ(model.W.to_vector(), before);
    expect_gradients(
        [&] {
            return nn::cross_entropy(model(x), {0, 1, 2, 3, 4, 9});
        },
        model.parameters());
    support::Images images = images_of({{0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255},
                                        {255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0}});
    images.labels = {7, 2};
    EXPECT_EQ(lessons::train_classifier("", model, images, images, 60, 0.05, rng), 1);
    EXPECT_NE(model.W.to_vector(), before);
    EXPECT_EQ(v.W.to_vector(), before);
}
