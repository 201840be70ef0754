#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "lessons/14_deep/deep_autoencoder.h"
#include "lessons/14_deep/measures.h"
#include "lessons/14_deep/pretraining.h"
#include "lessons/14_deep/training.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::StackedAutoencoder;

namespace {

const lessons::Unit logistic = [](const Tensor& z) { return sigmoid(z); };

struct Deep : testing::Test {
    Rng rng{1};
    StackedAutoencoder model{{9, 7, 5, 2}, logistic, rng};
    Tensor x = autograd::uniform({6, 9}, 0, 1, rng);
};

double largest_difference(const Tensor& a, const Tensor& b) {
    EXPECT_EQ(a.shape(), b.shape());
    double most = 0;
    for (const double v : (a - b).to_vector()) most = std::max(most, std::abs(v));
    return most;
}

// `count` images of one pixel, the first half dark, labelled 0 and 1 by turns.
support::Images pixels(int count) {
    support::Images images{count, 1, 1, {}, {}};
    for (int i = 0; i < count; ++i) {
        images.pixels.push_back(i < count / 2 ? 0 : 255);
        images.labels.push_back(std::uint8_t(i % 2));
    }
    return images;
}

}  // namespace

TEST_F(Deep, GradientsOfEveryLossAgreeWithDifferences) {
    expect_gradients([&] { return lessons::deep_loss(model, x); }, model.parameters(), "logistic");
    const StackedAutoencoder elus({9, 7, 5, 2}, lessons::elu, rng);
    expect_gradients([&] { return lessons::deep_loss(elus, x); }, elus.parameters(), "ELU");
    for (std::size_t l = 0; l < 3; ++l)
        expect_gradients([&] { return lessons::layer_loss(model, l, x); },
                         lessons::layer_parameters(model, l), "layer " + std::to_string(l));
}

TEST(Elu, IsItsFormulaAndItsSlope) {
    const Tensor x = autograd::tensor({-3, -0.5, 0, 0.5, 3}).requires_grad_();
    const Tensor expected = autograd::tensor({std::expm1(-3.0), std::expm1(-0.5), 0, 0.5, 3});
    EXPECT_LT(largest_difference(lessons::elu(x), expected), 1e-15);
    const Tensor slope = autograd::tensor({std::exp(-3.0), std::exp(-0.5), 1, 1, 1});
    EXPECT_LT(largest_difference(autograd::grad(sum(lessons::elu(x)), x), slope), 1e-15);
    EXPECT_EQ(lessons::elu(autograd::tensor({-1e30})).item(), -1);
}

// Written out for two hidden layers: units behind all layers but the code and the pixels.
TEST_F(Deep, TheCodeIsLinearAndThePixelsAreLogistic) {
    const auto z = [](const nn::Linear& layer, const Tensor& h) {
        return matmul(h, layer.weight) + layer.bias;
    };
    for (auto* half : {&model.encoder, &model.decoder})  // biases that are seen
        for (nn::Linear& layer : *half)
            layer.bias = autograd::normal(layer.bias.shape(), 0, 1, rng).requires_grad_();
    const auto& e = model.encoder;
    const auto& d = model.decoder;
    const Tensor h = z(e[2], sigmoid(z(e[1], sigmoid(z(e[0], x)))));
    EXPECT_LT(largest_difference(model.encode(x), h), 1e-14);
    const Tensor x_hat = sigmoid(z(d[2], sigmoid(z(d[1], sigmoid(z(d[0], h))))));
    EXPECT_LT(largest_difference(model(x), x_hat), 1e-14);
    EXPECT_NEAR(lessons::deep_loss(model, x).item(), nn::binary_cross_entropy(x_hat, x).item(),
                1e-13);
}

// Without hidden layers it is logistic PCA.
TEST_F(Deep, WithoutHiddenLayersTheCodeIsAMatrix) {
    const StackedAutoencoder flat({9, 2}, logistic, rng);
    EXPECT_EQ(flat.parameter_count(), 9 * 2 + 2 + 2 * 9 + 9);
    EXPECT_LT(largest_difference(flat.encode(x), matmul(x, flat.encoder[0].weight)), 1e-14);
}

TEST_F(Deep, WeightsKeepTheirNames) {
    const auto named = model.named_parameters();
    ASSERT_EQ(named.size(), 12u);
    EXPECT_EQ(named[0].first, "encoder.0.weight");
    EXPECT_EQ(named[11].first, "decoder.2.bias");
}

// The outermost layer alone, and the innermost, whose code has no units behind it.
TEST_F(Deep, ALayerReconstructsWhatTheLayersBeforeItMake) {
    const Tensor h1 = sigmoid(model.encoder[0](x)), h2 = sigmoid(model.encoder[1](h1));
    const auto bce = [](const Tensor& h_hat, const Tensor& h) {
        return nn::binary_cross_entropy(h_hat, h).item();
    };
    EXPECT_NEAR(lessons::layer_loss(model, 0, x).item(), bce(sigmoid(model.decoder[2](h1)), x),
                1e-13);
    EXPECT_NEAR(lessons::layer_loss(model, 1, x).item(), bce(sigmoid(model.decoder[1](h2)), h1),
                1e-13);
    EXPECT_NEAR(lessons::layer_loss(model, 2, x).item(),
                bce(sigmoid(model.decoder[0](model.encoder[2](h2))), h2), 1e-13);
}

TEST_F(Deep, PretrainingALayerLeavesTheOthersAlone) {
    std::vector<std::vector<autograd::real>> before;
    for (const Tensor& p : model.parameters()) before.push_back(p.to_vector());
    nn::Sgd sgd(lessons::layer_parameters(model, 2), {.lr = 1});
    const double start = lessons::layer_loss(model, 2, x).item();
    for (int i = 0; i < 20; ++i) {
        sgd.zero_grad();
        lessons::layer_loss(model, 2, x).backward();
        EXPECT_FALSE(model.encoder[0].weight.grad().defined());
        sgd.step();
    }
    EXPECT_LT(lessons::layer_loss(model, 2, x).item(), start);
    const auto named = model.named_parameters();
    for (std::size_t i = 0; i < named.size(); ++i) {
        const std::string& name = named[i].first;
        const bool own = name.starts_with("encoder.2") || name.starts_with("decoder.0");
        EXPECT_EQ(named[i].second.to_vector() != before[i], own) << name;
    }
}

// Half of them go to the four layers when there is pretraining.
TEST(Starts, AllHaveTheSameNumberOfSteps) {
    const support::Options options{.batch_size = 4, .seed = 1};
    const support::Interrupt interrupt;
    for (const auto& start : lessons::starts(0.1, 0.01)) {
        Rng rng(1);
        const StackedAutoencoder model({1, 3, 2, 2, 1}, start.g, rng);
        const auto [losses, first] =
            lessons::run(start, {options, interrupt}, model, pixels(40), 8);
        EXPECT_EQ(first, start.pretrained ? 40u : 0u) << start.name;
        EXPECT_EQ(first + losses.size(), 80u) << start.name;
    }
}

TEST(RiseAndFall, RisesStaysAndFalls) {
    EXPECT_DOUBLE_EQ(lessons::rise_and_fall(0), 0);
    EXPECT_DOUBLE_EQ(lessons::rise_and_fall(0.025), 0.5);
    EXPECT_DOUBLE_EQ(lessons::rise_and_fall(0.05), 1);
    EXPECT_DOUBLE_EQ(lessons::rise_and_fall(0.75), 1);
    EXPECT_DOUBLE_EQ(lessons::rise_and_fall(0.875), 0.5);
    EXPECT_DOUBLE_EQ(lessons::rise_and_fall(1), 0);
}

// Ctrl-C in the third step: that step is made, and no other.
TEST(Trainer, EndsAfterTheStepInWhichItIsInterrupted) {
    std::signal(SIGINT, SIG_DFL);  // in a script's background it is ignored
    const support::Options options{.batch_size = 4, .seed = 1};
    const support::Interrupt interrupt;
    const Tensor w = autograd::tensor({1, 1}).requires_grad_();
    int calls = 0;
    std::vector<Tensor> seen;
    const auto losses = lessons::Trainer{options, interrupt}("test", nn::Sgd({w}, {}), pixels(40),
                                                             2, 0.1, [&](const Tensor&) {
                                                                 if (++calls == 3) raise(SIGINT);
                                                                 seen.push_back(w.detach() + 0);
                                                                 return sum(square(w));
                                                             });
    EXPECT_EQ(losses.size(), 3u);
    EXPECT_TRUE(interrupt.requested());
    EXPECT_TRUE(support::was_interrupted());
    EXPECT_GT(largest_difference(w.detach(), seen.back()), 0) << "the third step was made";
    EXPECT_LT(losses[2], losses[1]);
}

TEST(Trainer, MakesEveryStepWhenNobodyInterrupts) {
    const support::Options options{.batch_size = 4, .seed = 1};
    const support::Interrupt interrupt;
    const Tensor w = autograd::tensor({1, 1}).requires_grad_();
    const auto losses =
        lessons::Trainer{options, interrupt}("test", nn::Sgd({w}, {}), pixels(40), 2, 0.1,
                                             [&](const Tensor&) { return sum(square(w)); });
    EXPECT_EQ(losses.size(), 20u);
    EXPECT_FALSE(support::was_interrupted());
}

TEST(Interrupt, TheSecondOneIsNoWish) {
    struct sigaction ours = {}, now = {};
    static int others = 0;
    ours.sa_handler = [](int) { ++others; };
    struct sigaction before = {};
    sigaction(SIGINT, &ours, &before);
    {
        const support::Interrupt interrupt;
        raise(SIGINT);
        EXPECT_EQ(others, 0);
        raise(SIGINT);
        EXPECT_EQ(others, 1);
    }
    sigaction(SIGINT, &before, &now);
    EXPECT_EQ(now.sa_handler, ours.sa_handler) << "restored";
}

TEST(PcaCode, LosesWhatTheReferenceSays) {
    Rng rng(2);
    support::Images images{50, 2, 3, {}, {}};
    for (int i = 0; i < 300; ++i)
        images.pixels.push_back(std::uint8_t(255 * rng.uniform() * (i % 6 + 1) / 6));
    images.labels.assign(50, 0);
    const support::Pca pca = support::principal_components(images);
    for (const int k : {1, 4}) {
        const auto errors = lessons::squared_errors(images, lessons::PcaCode(pca, k));
        double mean = 0;
        for (const double e : errors) mean += e / 50;
        EXPECT_NEAR(mean, support::reconstruction_sse(pca, images)[std::size_t(k)], 1e-12);
    }
}

TEST(OfDigit, KeepsTheImagesOfOneLabel) {
    const support::Images ones = lessons::of_digit(pixels(6), 1);  // images 1, 3 and 5
    EXPECT_EQ(ones.count, 3);
    EXPECT_EQ(ones.pixels, (std::vector<std::uint8_t>{0, 255, 255}));
    EXPECT_EQ(ones.labels, (std::vector<std::uint8_t>{1, 1, 1}));
}

TEST(NeighbourAccuracy, TheMajorityOfTheNearestDecides) {
    const Tensor codes = autograd::tensor({{0, 0}, {0.1, 0}, {0, 0.1}, {5, 5}, {5.1, 5}, {5, 5.1}});
    const std::vector<std::uint8_t> labels = {1, 1, 2, 2, 2, 1};
    const Tensor at = autograd::tensor({{0, 0.09}, {5, 5.09}});
    // The nearest alone is of class 2 and 1; of three, most are of class 1 and 2.
    EXPECT_EQ(lessons::neighbour_accuracy(codes, labels, at, {2, 1}, 1), 1);
    EXPECT_EQ(lessons::neighbour_accuracy(codes, labels, at, {1, 2}, 3), 1);
    EXPECT_EQ(lessons::neighbour_accuracy(codes, labels, at, {1, 1}, 3), 0.5);
}

TEST(AreaUnderRoc, IsTheShareOfPairsInTheRightOrder) {
    EXPECT_EQ(lessons::area_under_roc({1, 2}, {3, 4}), 1);
    EXPECT_EQ(lessons::area_under_roc({3, 4}, {1, 2}), 0);
    EXPECT_EQ(lessons::area_under_roc({1, 1}, {1}), 0.5);
    EXPECT_EQ(lessons::area_under_roc({3, 1}, {2, 4}), 0.75);
    // Two Gaussians a standard deviation apart: Phi(1 / sqrt(2))
    Rng rng(3);
    std::vector<double> normal, strange;
    for (int i = 0; i < 4000; ++i)
        normal.push_back(rng.normal()), strange.push_back(rng.normal() + 1);
    EXPECT_NEAR(lessons::area_under_roc(normal, strange), 0.76025, 0.02);
}

TEST(Strangeness, ComparesADigitWithAllOrWithOne) {
    // Grey images that come back black: errors 1, 4, 9 and 0, in units of (1/5)^2.
    const support::Images images{
        4, 1, 4, {51, 0, 0, 0, 51, 51, 51, 51, 153, 0, 0, 0, 0, 0, 0, 0}, {8, 8, 3, 1}};
    const lessons::Strangeness finds(images, [](const Tensor& x) { return 0 * x; });
    EXPECT_NEAR(finds.errors[0], 0.04, 1e-12);
    EXPECT_NEAR(finds.errors[1], 0.16, 1e-12);
    EXPECT_EQ(finds.area(8), 0.5);
    EXPECT_EQ(finds.area(8, 3), 1);
    EXPECT_EQ(finds.area(8, 1), 0);
}
