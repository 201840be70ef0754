#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numbers>

#include "lessons/09_denoising/denoising_autoencoder.h"
#include "lessons/13_edges/edge_autoencoder.h"
#include "lessons/13_edges/gabor.h"
#include "lessons/13_edges/patches.h"
#include "lessons/13_edges/photographs.h"
#include "lessons/support/evaluate.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::side;
using std::numbers::pi;

namespace {

// A filter of length 1, [1, side * side], from a function of the pixel.
Tensor filter(const auto& value) {
    std::vector<double> w;
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) w.push_back(value(double(x), double(y)));
    return support::unit_rows(autograd::tensor(w, {1, side * side}));
}

Tensor gabor(double x0, double y0, double theta, double f, double phase, double su, double sv) {
    return filter([=](double x, double y) {
        const double u = (x - x0) * std::cos(theta) + (y - y0) * std::sin(theta),
                     v = (y - y0) * std::cos(theta) - (x - x0) * std::sin(theta);
        return std::exp(-(u * u / su / su + v * v / sv / sv) / 2) *
               std::cos(2 * pi * f * u + phase);
    });
}

}  // namespace

TEST(EdgeAutoencoder, GradientsOfItsLossAgreeWithDifferences) {
    Rng rng(1);
    const lessons::EdgeAutoencoder model(9, 5, rng);
    const Tensor x = autograd::normal({7, 9}, 0, 1, rng), x_tilde = lessons::noisy(x, 0.5, rng);
    for (const double lambda : {0.0, 0.3})
        expect_gradients([&] { return lessons::edge_loss(model, x_tilde, x, lambda); },
                         model.parameters());
}

TEST(EdgeAutoencoder, LossIsHalfTheSquaredErrorToTheCleanPatch) {
    Rng rng(2);
    const lessons::EdgeAutoencoder model(9, 5, rng);
    const Tensor x = autograd::normal({7, 9}, 0, 1, rng), x_tilde = lessons::noisy(x, 0.5, rng);
    EXPECT_NEAR(lessons::edge_loss(model, x_tilde, x, 0.3).item(),
                sum(square(model(x_tilde) - x)).item() / 14 + 0.3 * sum(square(model.W)).item(),
                1e-12);
}

TEST(Sine, IsTheSineAndSoAreItsDerivatives) {
    const Tensor t = autograd::tensor({-2, 0, 0.5, 3}).requires_grad_();
    expect_gradients([&] { return sum(lessons::sine(t)); }, {t});
    expect_gradients([&] { return sum(t * lessons::cosine(t)); }, {t});
    EXPECT_NEAR(lessons::cosine(t).at({2}), std::cos(0.5), 1e-12);
}

TEST(Gabor, FitsMadeUpOnes) {
    Rng rng(3);
    std::vector<Tensor> rows;
    std::vector<double> thetas;
    const Tensor draws = autograd::uniform({40, 6}, 0, 1, rng);
    for (int i = 0; i < 40; ++i) {
        const auto u = [&](int j) { return double(draws.at({i, j})); };
        thetas.push_back(pi * u(0));
        rows.push_back(gabor(3.5 + 4 * u(1), 3.5 + 4 * u(2), thetas.back(), 0.1 + 0.15 * u(3),
                             2 * pi * u(4), 1.2 + u(5), 1.5 + 1.2 * u(5)));
    }
    const lessons::FilterShapes shapes = lessons::fit_gabors(autograd::concat(rows));
    int fitted = 0, turned = 0, edges = 0;
    for (std::size_t l = 0; l < 40; ++l) {
        fitted += shapes.r2[l] > 0.97;
        const double off = std::abs(shapes.orientation[l] - thetas[l]);
        turned += std::min(off, pi - off) < 0.1;
        edges += shapes.is_edge(l);
    }
    EXPECT_GE(fitted, 38);
    EXPECT_GE(turned, 36);  // a wave longer than its bell is wide has no direction of its own
    EXPECT_GE(edges, 34);
}

TEST(Gabor, NoiseIsNone) {
    Rng rng(4);
    const Tensor noise = support::unit_rows(autograd::normal({60, side * side}, 0, 1, rng));
    const lessons::FilterShapes shapes = lessons::fit_gabors(noise);
    EXPECT_EQ(shapes.gabor_share(), 0);
    EXPECT_EQ(shapes.edge_share(), 0);
}

// Both are Gabor functions, neither is an edge.
TEST(Gabor, DotsAndPlaneWavesAreNoEdges) {
    const Tensor dot = filter([](double x, double y) {
        return std::exp(-(std::pow(x - 5, 2) + std::pow(y - 6, 2)) / 3);
    });
    const Tensor wave = filter([](double x, double y) { return std::cos(0.9 * x + 0.7 * y); });
    const lessons::FilterShapes shapes = lessons::fit_gabors(autograd::concat({dot, wave}));
    EXPECT_GT(shapes.r2[0], 0.9);
    EXPECT_GT(shapes.r2[1], 0.9);
    EXPECT_LT(shapes.coherence[0], 0.2);
    EXPECT_GT(shapes.radius[1], 3.5);
    EXPECT_EQ(shapes.edge_share(), 0);
}

TEST(Gabor, RadiusAndCoherenceOfKnownFilters) {
    const Tensor pixel = filter([](double x, double y) { return x == 4 && y == 7; });
    EXPECT_NEAR(lessons::place(pixel.data()).x, 4, 1e-12);
    EXPECT_NEAR(lessons::place(pixel.data()).y, 7, 1e-12);
    EXPECT_NEAR(lessons::place(pixel.data()).radius, 0, 1e-6);
    const Tensor even = filter([](double, double) { return 1.0; });
    EXPECT_NEAR(lessons::place(even.data()).radius, std::sqrt(2 * (side * side - 1) / 12.0), 1e-9);
    EXPECT_EQ(lessons::coherence(even.data()), 0);
    const Tensor slope = filter([](double x, double y) { return x + 2 * y; });
    EXPECT_NEAR(lessons::coherence(slope.data()), 1, 1e-9);
}

// A wave of one frequency leaves the filter as the same wave, R(f) times as strong.
TEST(Whitening, MultipliesEachFrequencyByItsFactor) {
    const int height = 30, width = 45;
    for (const auto& [u, v] : {std::pair(3, 9), {0, 5}, {12, 0}, {0, 0}}) {
        lessons::Photograph wave{"wave", height, width, {}};
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                wave.pixels.push_back(
                    float(std::cos(2 * pi * (double(u) * y / height + double(v) * x / width))));
        const lessons::Photograph after = lessons::whitened(wave);
        const double f = std::hypot(double(u) / height, double(v) / width),
                     factor = f * std::exp(-std::pow(f / 0.4, 4));
        for (std::size_t i = 0; i < after.pixels.size(); ++i)
            ASSERT_NEAR(after.pixels[i], factor * wave.pixels[i], 1e-5) << u << ", " << v;
    }
}

TEST(Patches, HaveNoMeanAndTheVarianceAskedFor) {
    Rng rng(5);
    lessons::Photograph a{"a", 40, 60, {}}, b{"b", 30, 30, {}};
    for (int i = 0; i < 40 * 60; ++i) a.pixels.push_back(float(i % 7));
    for (int i = 0; i < 30 * 30; ++i) b.pixels.push_back(float(i % 11) + 100);
    const lessons::Patches patches = lessons::patches({a, b}, 500, 0.1, rng);
    EXPECT_EQ(patches.rows.shape(), (autograd::Shape{500, side * side}));
    EXPECT_NEAR(mean(square(patches.rows)).item(), 0.1, 1e-9);
    for (const double m : mean(patches.rows, 1).to_vector()) ASSERT_NEAR(m, 0, 1e-9);
    b.height = 20;
    EXPECT_THROW(lessons::patches({a, b}, 5, 0.1, rng), std::runtime_error);
    const lessons::Photograph flat{"flat", 40, 40, std::vector<float>(1600, 0.7f)};
    EXPECT_THROW(lessons::patches({flat}, 5, 0.1, rng), std::runtime_error);
}

TEST(Photographs, AreReadFromTheFolderAndMissedByName) {
    const auto all =
        lessons::photographs(support::default_data_dir().parent_path() / "photographs");
    ASSERT_EQ(all.size(), 7u);
    EXPECT_TRUE(all[1].name.ends_with("camera.png"));
    EXPECT_EQ(all[1].height, 512);
    for (const char* folder : {"/nowhere", "/"}) try {
            lessons::photographs(folder);
            ADD_FAILURE() << folder;
        } catch (const std::runtime_error& error) {
            EXPECT_NE(std::string(error.what()).find("--data"), std::string::npos);
        }
}
