#include "lessons/support/pca.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using support::Images;
using support::Pca;

namespace {

// Images of 2 x 2 pixels that vary much along (1, 1, 0, 0), less along (0, 0, 1, -1), and not at
// all along (0, 0, 1, 1).
Images four_pixels(int count, int seed) {
    std::mt19937 bits{unsigned(seed)};
    Images images{.count = count, .height = 2, .width = 2, .pixels = {}, .labels = {}};
    for (int i = 0; i < count; ++i) {
        const int a = int(bits() % 200), b = int(bits() % 50), noise = int(bits() % 10);
        for (const int p : {a + noise, a, 100 + b, 100 - b})
            images.pixels.push_back(std::uint8_t(p));
        images.labels.push_back(0);
    }
    return images;
}

double dot(const double* a, const double* b, int n) {
    double s = 0;
    for (int i = 0; i < n; ++i) s += a[i] * b[i];
    return s;
}

}  // namespace

TEST(Pca, DiagonalisesTheCovariance) {
    const Pca pca = principal_components(four_pixels(2500, 1));  // two whole blocks and a part
    ASSERT_EQ(pca.n, 4);
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j) {
            const double *u = &pca.components[i * 4], *v = &pca.components[j * 4];
            EXPECT_NEAR(dot(u, v, 4), i == j, 1e-12);
            double quadratic = 0;
            for (int r = 0; r < 4; ++r) quadratic += u[r] * dot(&pca.covariance[r * 4], v, 4);
            EXPECT_NEAR(quadratic, i == j ? pca.eigenvalues[i] : 0, 1e-12);
        }
    for (int i = 1; i < 4; ++i) EXPECT_GE(pca.eigenvalues[i - 1], pca.eigenvalues[i]);
    EXPECT_NEAR(std::abs(pca.components[0]), std::sqrt(0.5), 0.02);
    EXPECT_NEAR(std::abs(pca.components[1]), std::sqrt(0.5), 0.02);
    EXPECT_NEAR(pca.eigenvalues[3], 0, 1e-12);
    EXPECT_NEAR(pca.mean[2] + pca.mean[3], 200 / 255.0, 1e-12);
}

TEST(Pca, OfPointsIsThatOfTheSameImages) {
    const Images images = four_pixels(300, 2);
    std::vector<double> points;
    for (const std::uint8_t p : images.pixels) points.push_back(p / 255.0);
    const Pca a = principal_components(images), b = support::principal_components(points, 4);
    for (int i = 0; i < 16; ++i) EXPECT_NEAR(a.covariance[i], b.covariance[i], 1e-12);
    for (int i = 0; i < 4; ++i) EXPECT_NEAR(a.eigenvalues[i], b.eigenvalues[i], 1e-12);
}

TEST(Pca, ErrorIsThatOfProjectingEachImage) {
    const Pca pca = principal_components(four_pixels(300, 3));
    const Images others = four_pixels(1200, 4);
    const auto sse = reconstruction_sse(pca, others);
    ASSERT_EQ(sse.size(), 5u);
    for (int k = 0; k <= 4; ++k) {
        double total = 0;
        for (int i = 0; i < others.count; ++i) {
            double rest[4];
            for (int p = 0; p < 4; ++p) rest[p] = others.pixels[i * 4 + p] / 255.0 - pca.mean[p];
            for (int c = 0; c < k; ++c) {
                const double* u = &pca.components[c * 4];
                const double h = dot(rest, u, 4);
                for (int p = 0; p < 4; ++p) rest[p] -= h * u[p];
            }
            total += dot(rest, rest, 4);
        }
        EXPECT_NEAR(sse[k], total / others.count, 1e-12);
    }
    Images larger = others;
    larger.height = 4;
    EXPECT_THROW(reconstruction_sse(pca, larger), std::invalid_argument);
}

// On the images it was computed from, the error is what the eigenvalues that are left out add up
// to.
TEST(Pca, ErrorOnItsOwnImagesIsTheSumOfTheTail) {
    const Images images = four_pixels(500, 5);
    const Pca pca = principal_components(images);
    const auto sse = reconstruction_sse(pca, images);
    double tail = 0;
    for (int k = 4; k >= 0; --k) {
        EXPECT_NEAR(sse[k], tail, 1e-12);
        if (k > 0) tail += pca.eigenvalues[k - 1];
    }
}

TEST(Pca, OfWhatIsNotANumberIsNone) {
    const Pca pca = support::principal_components({1, 2, 3, NAN, 5, 6}, 2);
    for (const double v : pca.eigenvalues) EXPECT_TRUE(std::isnan(v));
    for (const double v : pca.components) EXPECT_TRUE(std::isnan(v));
    const Pca one = {
        .n = 2, .mean = {0, 0}, .covariance = {1, 0, 0, NAN}, .eigenvalues = {}, .components = {}};
    for (const double v : support::uncentred(one).eigenvalues) EXPECT_TRUE(std::isnan(v));
    for (const double v : reconstruction_sse({.n = 4,
                          .mean = {0, 0, 0, NAN},
                          .covariance = {},
                          .eigenvalues = {},
                          .components = std::vector<double>(16)},
                                             four_pixels(10, 1)))
        EXPECT_TRUE(std::isnan(v));
    for (const double v : support::singular_value_decomposition({1, NAN, 3, 4, 5, 6}, 3).values)
        EXPECT_TRUE(std::isnan(v));
    EXPECT_TRUE(std::isnan(support::principal_cosines({1, NAN, 3}, {1, 0, 0}, 3)[0]));
}

TEST(PrincipalCosines, AreThoseOfTheAnglesBetweenPlanes) {
    const double c = std::cos(0.3), s = std::sin(0.3);
    // The plane of x and y, in a skewed basis, and that plane turned by 0.3 about the x axis.
    const auto cosines =
        support::principal_cosines({1, 0, 0, 5, 2, 0}, {3, c, s, 0, 2 * c, 2 * s}, 3);
    ASSERT_EQ(cosines.size(), 2u);
    EXPECT_NEAR(cosines[0], 1, 1e-12);
    EXPECT_NEAR(cosines[1], c, 1e-12);
}

TEST(SingularValueDecomposition, OfAMatrixWithOrthogonalRows) {
    const auto svd = support::singular_value_decomposition({0, 2, 0, 3, 0, 4}, 3);
    ASSERT_EQ(svd.values.size(), 2u);
    EXPECT_NEAR(svd.values[0], 5, 1e-12);
    EXPECT_NEAR(svd.values[1], 2, 1e-12);
    ASSERT_EQ(svd.vectors.size(), 6u);
    EXPECT_NEAR(std::abs(svd.vectors[0]), 0.6, 1e-12);
    EXPECT_NEAR(std::abs(svd.vectors[2]), 0.8, 1e-12);
    EXPECT_NEAR(std::abs(svd.vectors[4]), 1, 1e-12);
}

// With the mean left on, the second moments take the covariance's place: (1, 0) is where the points
// lie, (0, 1) the direction in which they vary.
TEST(Pca, UncentredDiagonalisesTheSecondMoments) {
    const Pca pca = support::principal_components({3, 0.5, 3, -0.5}, 2);
    EXPECT_NEAR(std::abs(pca.components[1]), 1, 1e-12);
    const Pca raw = support::uncentred(pca);
    EXPECT_NEAR(raw.eigenvalues[0], 9, 1e-12);
    EXPECT_NEAR(raw.eigenvalues[1], 0.25, 1e-12);
    EXPECT_NEAR(std::abs(raw.components[0]), 1, 1e-12);
    EXPECT_EQ(raw.mean, (std::vector<double>{0, 0}));
}
