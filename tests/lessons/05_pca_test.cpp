#include <gtest/gtest.h>

#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/05_pca/measures.h"
#include "lessons/support/pca.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::ChosenAutoencoder;
using lessons::LinearAutoencoder;
using lessons::activation::linear, lessons::activation::logistic, lessons::activation::relu;

namespace {

// 200 centred points in 6 dimensions, whose variances along their components are far apart.
struct Points {
    Tensor x;  // [200, 6]
    support::Pca pca;
    Tensor S;
    double variance = 0;

    explicit Points(Rng& rng) {
        const Tensor sizes = autograd::tensor({3, 2.2, 1.5, 1, 0.6, 0.3});
        const Tensor mixed = matmul(autograd::normal({200, 6}, 0, 1, rng) * sizes,
                                    autograd::normal({6, 6}, 0, 0.5, rng));
        x = mixed - mean(mixed, 0);
        pca = support::principal_components(x.to_vector(), 6);
        S = autograd::tensor(pca.covariance, {6, 6});
        for (const double e : pca.eigenvalues) variance += e;
    }
    std::vector<double> components(int k) const {
        return {pca.components.begin(), pca.components.begin() + k * 6};
    }
    double tail(int k) const {
        double sum = 0;
        for (int i = k; i < 6; ++i) sum += pca.eigenvalues[i];
        return sum;
    }
};

void train(LinearAutoencoder& model, const std::function<Tensor()>& loss) {
    nn::Lbfgs lbfgs(model.parameters(), {.tolerance = 1e-10});
    for (int i = 0; i < 2000 && !lbfgs.converged(); ++i) lbfgs.step(loss);
}

}  // namespace

TEST(LinearAutoencoder, GradientsOfItsLossAgreeWithDifferences) {
    Rng rng(1);
    const Points points(rng);
    LinearAutoencoder model(6, 3, rng);
    model.W = autograd::normal({6, 3}, 0, 0.3, rng).requires_grad_();
    model.W_star = autograd::normal({3, 6}, 0, 0.3, rng).requires_grad_();
    const Tensor lambda = lessons::graded(0.1, 0.5, 3);
    for (const bool from_covariance : {true, false})
        expect_gradients(
            [&] {
                return penalty(model, lambda) +
                       (from_covariance ? squared_error(model, points.S, points.variance)
                                        : lessons::squared_error(model(points.x), points.x));
            },
            model.parameters());
}

TEST(LinearAutoencoder, LossFromTheCovarianceIsThatOfThePoints) {
    Rng rng(2);
    const Points points(rng);
    LinearAutoencoder model(6, 3, rng);
    model.W = autograd::normal({6, 3}, 0, 1, rng),
    model.W_star = autograd::normal({3, 6}, 0, 1, rng);
    const double direct = lessons::squared_error(model(points.x), points.x).item();
    EXPECT_NEAR(squared_error(model, points.S, points.variance).item() / direct, 1, 1e-12);
}

// The proof's three steps, and what it doesn't say: the rows are not the components.
TEST(LinearAutoencoder, SpansThePrincipalSubspace) {
    Rng rng(3);
    const Points points(rng);
    LinearAutoencoder model(6, 3, rng);
    train(model, [&] { return squared_error(model, points.S, points.variance); });

    EXPECT_NEAR(squared_error(model, points.S, points.variance).item() / points.tail(3), 1, 1e-9);
    const auto V = points.components(3), rows = model.W_star.to_vector();
    EXPECT_GT(support::principal_cosines(rows, V, 6).back(), 1 - 1e-9);
    EXPECT_LT(smallest_cosine(lessons::closest(rows, V, 6)), 0.99);

    // H = X V_k A, although X X' (200 x 200, of rank 6) has no inverse.
    const Tensor Vk = autograd::tensor(V, {3, 6});
    const Tensor H = matmul(points.x, model.W), A = matmul(Vk, model.W);
    const Tensor same = matmul(matmul(points.x, transposed(Vk)), A);
    EXPECT_LT(sum(square(H - same)).item() / sum(square(H)).item(), 1e-9);
}

// Baldi & Hornik, Neural networks and principal component analysis (1989): at the components 2, 3,
// 4 the gradient is 0, but a small push is enough, and training leaves for the first three.
TEST(LinearAutoencoder, ItsOtherCriticalPointsAreSaddles) {
    Rng rng(5);
    const Points points(rng);
    const Tensor others =
        narrow(autograd::tensor(points.components(4), {4, 6}), 0, 1, 3);  // [3, 6]
    LinearAutoencoder model(6, 3, rng);
    model.W = transpose(others).detach().requires_grad_();
    model.W_star = others.detach().requires_grad_();
    const auto loss = [&] { return squared_error(model, points.S, points.variance); };
    const double there = loss().item();
    EXPECT_GT(there, 1.5 * points.tail(3));
    for (const Tensor& g : autograd::grad({loss()}, model.parameters()))
        EXPECT_LT(sum(square(g)).item(), 1e-20);

    model.W = (model.W + autograd::normal({6, 3}, 0, 0.01, rng)).detach().requires_grad_();
    train(model, loss);
    EXPECT_NEAR(loss().item() / points.tail(3), 1, 1e-9);
}

// Points in a plane of three dimensions need three numbers each.
TEST(LinearAutoencoder, DataInAPlaneAreCodedWithoutLoss) {
    Rng rng(6);
    const Tensor x =
        matmul(autograd::normal({100, 3}, 0, 1, rng), autograd::normal({3, 6}, 0, 1, rng));
    LinearAutoencoder model(6, 3, rng);
    train(model, [&] { return lessons::squared_error(model(x), x); });
    EXPECT_LT(lessons::squared_error(model(x), x).item() / mean(sum(square(x), 1)).item(), 1e-12);
}

// One lambda: eigenvalues and directions from the decoder's singular value decomposition, W = W*',
// and the rows still turned at will.
TEST(LinearAutoencoder, WithAPenaltyHasTheComponentsAsSingularVectors) {
    Rng rng(4);
    const Points points(rng);
    const double lambda = 0.5 * points.pca.eigenvalues[2];
    LinearAutoencoder model(6, 3, rng);
    const Tensor same = lessons::graded(lambda, lambda, 3);
    const auto loss = [&] {
        return squared_error(model, points.S, points.variance) + penalty(model, same);
    };
    train(model, loss);
    const auto svd = support::singular_value_decomposition(model.W_star.to_vector(), 6);
    const auto V = points.components(3);
    EXPECT_GT(smallest_cosine(lessons::closest(svd.vectors, V, 6)), 1 - 1e-9);
    EXPECT_LT(smallest_cosine(lessons::closest(model.W_star.to_vector(), V, 6)), 0.99);
    for (int i = 0; i < 3; ++i)
        EXPECT_NEAR(lambda / (1 - svd.values[i] * svd.values[i]) / points.pca.eigenvalues[i], 1,
                    1e-6);
    for (int j = 0; j < 6; ++j)
        for (int l = 0; l < 3; ++l) EXPECT_NEAR(model.W.at({j, l}), model.W_star.at({l, j}), 1e-6);

    // A rotation O of the hidden units changes nothing.
    const double before = loss().item(), c = std::cos(0.7), s = std::sin(0.7);
    const Tensor O = autograd::tensor({{c, s, 0}, {-s, c, 0}, {0, 0, 1}});
    model.W = matmul(model.W, O), model.W_star = matmul(transposed(O), model.W_star);
    EXPECT_NEAR(loss().item() / before, 1, 1e-12);
    const Tensor unequal = lessons::graded(0.1 * lambda, lambda, 3);
    const double turned = penalty(model, unequal).item();
    model.W = matmul(model.W, O), model.W_star = matmul(transposed(O), model.W_star);
    EXPECT_GT(std::abs(penalty(model, unequal).item() / turned - 1), 1e-3);
}

TEST(LinearAutoencoder, WithAPenaltyForEachUnitHasTheComponentsAsRows) {
    Rng rng(5);
    const Points points(rng);
    const Tensor lambda =
        lessons::graded(0.1 * points.pca.eigenvalues[2], 0.7 * points.pca.eigenvalues[2], 3);
    LinearAutoencoder model(6, 3, rng);
    train(model,
          [&] { return squared_error(model, points.S, points.variance) + penalty(model, lambda); });
    const auto V = points.components(3), rows = model.W_star.to_vector();
    const auto matches = lessons::closest(rows, V, 6);
    EXPECT_GT(smallest_cosine(matches), 1 - 1e-7);
    // The unit with the smallest penalty takes the component with the largest eigenvalue, and so
    // on.
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(matches[i].row, i);
}

// Whatever the encoder, a linear decoder with k hidden units gives reconstructions of rank k, and
// PCA's are the best of those (Eckart & Young 1936). A bent decoder escapes the bound: points on a
// curve.
TEST(BentAutoencoder, OnlyABentDecoderCanBeatPca) {
    Rng rng(6);
    Tensor x = autograd::empty({100, 2});
    for (int i = 0; i < 100; ++i) {
        const double t = i / 50.0 - 1;
        x.mutable_data()[2 * i] = 1 / (1 + std::exp(-4 * t));
        x.mutable_data()[2 * i + 1] = 1 / (1 + std::exp(-8 * t + 3));
    }
    const Tensor mean_x = mean(x, 0);
    const double pca = support::principal_components(x.to_vector(), 2).eigenvalues[1];
    for (const bool bent_decoder : {false, true}) {
        ChosenAutoencoder model(2, 1, bent_decoder ? linear : relu,
                                bent_decoder ? logistic : linear, rng);
        const auto loss = [&] { return lessons::squared_error(model(x - mean_x), x); };
        nn::Lbfgs lbfgs(model.parameters(), {.tolerance = 1e-8});
        for (int i = 0; i < 300 && !lbfgs.converged(); ++i) lbfgs.step(loss);
        if (bent_decoder)
            EXPECT_LT(loss().item(), 0.5 * pca);
        else
            EXPECT_GT(loss().item(), pca * (1 - 1e-9));
    }
}

TEST(BentAutoencoder, GradientsOfItsLossAgreeWithDifferences) {
    Rng rng(7);
    const Points points(rng);
    for (const auto& [g, f] : {std::pair(relu, linear), std::pair(linear, logistic)}) {
        ChosenAutoencoder model(6, 3, g, f, rng);
        for (const bool absolute : {false, true})
            expect_gradients(
                [&] {
                    const Tensor x_hat = model(points.x);
                    return absolute ? lessons::absolute_error(x_hat, points.x)
                                    : lessons::squared_error(x_hat, points.x);
                },
                model.parameters());
    }
}
