#include <gtest/gtest.h>

#include <cmath>

#include "lessons/17_top_k/drawings.h"
#include "lessons/17_top_k/superposition.h"
#include "lessons/17_top_k/top_k.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Silence;
using lessons::SparseDictionary;

namespace {

Tensor identity(std::int64_t n) {
    Tensor I = autograd::zeros({n, n});
    for (std::int64_t i = 0; i < n; ++i) I.mutable_data()[i * n + i] = 1;
    return I;
}

struct Dictionary : testing::Test {
    Rng rng{1};
    SparseDictionary model{5, 9, 2, false, rng};
    Tensor x = autograd::normal({7, 5}, 0, 1, rng);
    void SetUp() override {
        model.b = autograd::normal({9}, 0, 0.3, rng).requires_grad_();
        model.c = autograd::normal({5}, 0, 0.5, rng).requires_grad_();
    }

    // Units 1, 4 and 6 count as dead, however often they are on.
    Silence three_dead() const {
        Silence silence(9, 1000);
        for (const int l : {1, 4, 6}) silence.inputs[std::size_t(l)] = 5000;
        return silence;
    }
    // Positive, but never among the two largest.
    static Tensor scores_of_the_dead_are_smaller() {
        return autograd::tensor({50, 9, 50, 50, 9, 50, 9, 50, 50}).requires_grad_();
    }
};

// As many units as directions, all at right angles: nothing interferes, and all is known.
struct Orthogonal : testing::Test {
    Rng rng{2};
    lessons::Superposition data = lessons::superposition(300, identity(8), 2, rng);
    SparseDictionary model{8, 8, 0, true, rng};
    void SetUp() override {
        model.W = identity(8).requires_grad_();
        model.W_star = identity(8).requires_grad_();
    }
};

}  // namespace

// x - c is (1, 3) and (-1, -1), so z is (1, 3, 2) and nowhere positive.
TEST(Losses, AreWhatTheyAreByHand) {
    Rng rng(6);
    SparseDictionary model(2, 3, 1, true, rng);
    model.W = autograd::tensor({{1, 0, 1}, {0, 1, 1}});
    model.b = autograd::tensor({0, 0, -2});
    model.W_star = autograd::tensor({{1, 0}, {0, 1}, {0.6, 0.8}});
    model.c = autograd::tensor({1, 0});
    const Tensor x = autograd::tensor({{2, 3}, {0, -1}});
    // x_hat: (0, 3) + c, then c alone.
    EXPECT_EQ(model(x).to_vector(), (std::vector<autograd::real>{1, 3, 1, 0}));
    EXPECT_NEAR(lessons::top_k_loss(model, x).item(), (1 + 2) / 2.0, 1e-12);
    model.k = 2;  // 2 (0.6, 0.8) more
    EXPECT_NEAR(lessons::top_k_loss(model, x).item(), (0.04 + 2.56 + 2) / 2, 1e-12);
    model.k = 0;  // and (1, 0)
    EXPECT_NEAR(lessons::l1_loss(model, x, 0.5).item(), (1.44 + 2.56 + 2) / 2 + 0.5 * 6 / 2, 1e-12);
}

TEST_F(Dictionary, GradientsOfEveryLossAgreeWithDifferences) {
    expect_gradients([&] { return lessons::top_k_loss(model, x); }, model.parameters(), "top-k");
    model.k = 0;
    expect_gradients([&] { return lessons::l1_loss(model, x, 0.7); }, model.parameters(), "L1");
}

// e is a constant in the auxiliary term, which differences can't know: the gradient is that of the
// loss in which a fixed e is drawn, and that one agrees with differences.
TEST_F(Dictionary, GradientOfTheAuxiliaryLoss) {
    model.b = scores_of_the_dead_are_smaller();
    const Tensor e = (x - model(x)).detach();
    Tensor dead = autograd::zeros({9});
    for (const int l : {1, 4, 6}) dead.mutable_data()[l] = 1;
    const auto fixed = [&] {
        const Tensor z = model.scores(x), on = lessons::top_k_mask(z.detach() + 1e6 * dead, 2);
        return lessons::top_k_loss(model, x) +
               0.3 * sum(square(e - matmul(relu(z) * on, model.W_star))) / 7;
    };
    expect_gradients(fixed, model.parameters(), "with e fixed");
    Silence silence = three_dead();
    const std::vector<Tensor> loss = {lessons::auxiliary_loss(model, x, silence, 0.3, 2)},
                              same = {fixed()};
    EXPECT_EQ(silence.dead(), 3);
    EXPECT_NEAR(loss[0].item(), same[0].item(), 1e-12 * same[0].item());
    EXPECT_LT(support::largest_difference(autograd::grad(loss, model.parameters()),
                                          autograd::grad(same, model.parameters())),
              1e-9);
}

TEST_F(Dictionary, WhatAnInputSwitchesOnIsNoLongerDead) {
    Silence silence = three_dead();
    model.b = autograd::tensor({0, 9, 0, 0, 9, 0, 0, 0, 0}).requires_grad_();  // 1 and 4 speak
    lessons::auxiliary_loss(model, x, silence, 0.3, 2);
    EXPECT_EQ(silence.dead(), 1);
    EXPECT_TRUE(silence.is_dead(6));
}

TEST_F(Dictionary, AuxiliaryLossIsForDeadUnitsAlone) {
    model.b = scores_of_the_dead_are_smaller();
    Silence silence = three_dead(), other = three_dead();
    const std::vector<Tensor> parameters = {model.W_star},
                              with = {lessons::auxiliary_loss(model, x, silence, 0.3, 2)},
                              without = {lessons::auxiliary_loss(model, x, other, 0, 2)};
    const Tensor difference = grad(with, parameters)[0] - grad(without, parameters)[0];
    double live = 0, dead = 0;
    for (int l = 0; l < 9; ++l) {
        const double row = sum(square(narrow(difference, 0, l, 1))).item();
        (l == 1 || l == 4 || l == 6 ? dead : live) += row;
    }
    EXPECT_EQ(live, 0);
    EXPECT_GT(dead, 1e-3);
    // Written out: the two best of the three draw what is left.
    const Tensor z = model.scores(x), e = x - model(x);
    double expected = sum(square(e)).item() / 7;
    for (int i = 0; i < 7; ++i) {
        const double least =
            std::min({z.at({i, 1}), z.at({i, 4}), z.at({i, 6})});  // it is left out
        for (int j = 0; j < 5; ++j) {
            double e_hat = 0;
            for (const int l : {1, 4, 6})
                if (z.at({i, l}) > least) e_hat += z.at({i, l}) * model.W_star.at({l, j});
            expected += 0.3 * std::pow(e.at({i, j}) - e_hat, 2) / 7;
        }
    }
    EXPECT_NEAR(with[0].item(), expected, 1e-9 * expected);
}

// Chosen, but below 0: they draw nothing.
TEST_F(Dictionary, DeadUnitsBelowZeroStaySilent) {
    model.b = autograd::tensor({50, -9, 50, 50, -9, 50, -9, 50, 50}).requires_grad_();
    Silence silence = three_dead();
    const double plain = lessons::top_k_loss(model, x).item();
    EXPECT_NEAR(lessons::auxiliary_loss(model, x, silence, 0.3, 3).item(), 1.3 * plain,
                1e-12 * plain);
}

TEST_F(Dictionary, ReconstructionIsTheSumOfWhatIsOn) {
    const Tensor h = model.encode(x), x_hat = model(x);
    for (int i = 0; i < 7; ++i) {
        const auto on = lessons::features(h, i);
        EXPECT_LE(on.size(), 2u);
        Tensor drawn = model.c.detach();
        for (const auto& [unit, coefficient] : on)
            drawn = drawn + coefficient * narrow(model.W_star, 0, unit, 1);
        EXPECT_LT(sum(square(drawn - narrow(x_hat, 0, i, 1))).item(), 1e-24);
        if (on.size() == 2) {
            EXPECT_GE(on[0].coefficient, on[1].coefficient);
        }
    }
}

TEST_F(Dictionary, StartsAtTheTransposeOrNotAndStaysOfLengthOne) {
    Rng draws(3);
    const SparseDictionary transposed(5, 9, 2, true, draws);
    EXPECT_EQ(transpose(transposed.W).to_vector(), transposed.W_star.to_vector());
    EXPECT_NE(transpose(model.W).to_vector(), model.W_star.to_vector());
    lessons::DictionaryAdam adam(model, 0.1);
    const std::vector<autograd::real> before = model.W_star.to_vector();
    lessons::top_k_loss(model, x).backward();
    adam.step();
    EXPECT_NE(model.W_star.to_vector(), before);
    for (const double length2 : sum(square(model.W_star), 1).to_vector())
        EXPECT_NEAR(length2, 1, 1e-12);
}

TEST_F(Dictionary, BeginsAtTheMeanAndLearnsFromThere) {
    model.begin_at({1, 2, 3, 4, 5});
    EXPECT_EQ(model.c.to_vector(), (std::vector<autograd::real>{1, 2, 3, 4, 5}));
    EXPECT_TRUE(model.c.requires_grad());
}

TEST(Silence, CountsInputsSinceAUnitWasOn) {
    Silence silence(3, 4);
    silence.see(autograd::tensor({{1, 0, 0}, {0, 0, 2}}));
    EXPECT_EQ(silence.inputs, (std::vector<int>{0, 2, 0}));
    silence.see(autograd::tensor({{1, 0, 0}, {1, 0, 0}}));
    EXPECT_EQ(silence.inputs, (std::vector<int>{0, 4, 2}));
    EXPECT_EQ(silence.dead(), 1);
    EXPECT_TRUE(silence.is_dead(1));
    EXPECT_DOUBLE_EQ(lessons::dead_share(autograd::tensor({{1, 0, 0}, {0, 0, 2}})), 1.0 / 3);
    EXPECT_DOUBLE_EQ(lessons::active_units(autograd::tensor({{1, 0, 3}, {0, 0, 2}})), 1.5);
}

TEST(MadeUpData, IsAsSaid) {
    Rng rng(4);
    const Tensor D = support::unit_rows(autograd::normal({50, 16}, 0, 1, rng));
    const auto data = lessons::superposition(3000, D, 4, rng);
    EXPECT_NEAR(lessons::active_units(data.a), 4, 0.15);
    double total = 0, least = 9, most = 0, on = 0;
    for (const double a : data.a.to_vector())
        if (a > 0) total += a, ++on, least = std::min(least, a), most = std::max(most, a);
    EXPECT_NEAR(total / on, 1, 0.02);
    EXPECT_GE(least, 0.5);
    EXPECT_LT(most, 1.5);
    EXPECT_LT(sum(square(data.x - matmul(data.a, D))).item(), 1e-18);
    // A number of Poisson's distribution with mean 4 exceeds 4 by 4 p(4) on average.
    EXPECT_NEAR(lessons::unsayable_share(data, 4), std::exp(-4) * 256 / 24, 0.02);
    EXPECT_EQ(lessons::unsayable_share(data, 50), 0);
}

TEST(Cosines, FindTheNearestRow) {
    const Tensor D = autograd::tensor({{1, 0}, {0, 2}}),
                 M = autograd::tensor({{3, 3}, {0, -1}, {5, 0.1}});
    const Tensor best = lessons::best_cosines(D, M);
    EXPECT_NEAR(best.at({0}), 1, 3e-4);
    EXPECT_NEAR(best.at({1}), std::sqrt(0.5), 1e-12);
    EXPECT_EQ(lessons::stands_for(D, M).to_vector(),
              (std::vector<autograd::real>{0, 0, 0, 0, 1, 0}));
}

// Components have no sign.
TEST(Cosines, OfPcaTakeTheBetterOfBothSigns) {
    lessons::Superposition data;
    data.D = autograd::tensor({{1, 0}, {-1, 0}, {0, 1}});
    data.x = autograd::tensor({{3, 0}, {-3, 0}, {0, 1}, {0, -1}});
    for (const double best : lessons::best_pca_cosines(data).to_vector())
        EXPECT_NEAR(best, 1, 1e-9);
}

// Two units that stand for one direction count as one; a direction without a unit is left out.
TEST(Coefficients, AreAddedUpOverTheUnitsOfADirection) {
    lessons::Superposition data{
        4, identity(2), autograd::tensor({{1, 1}, {0.5, 0}, {0, 1}, {0.7, 0}}), {}};
    data.x = data.a;
    const Tensor W_star = autograd::tensor({{1, 0}, {1, 0.1}}),
                 h = autograd::tensor({{0.3, 0.3}, {0, 0}, {0, 0.2}, {0, 0}});
    const auto c = lessons::coefficients(data, h, W_star);
    ASSERT_EQ(c.truth.size(), 1u);
    EXPECT_NEAR(c.shrinkage(), 0.4, 1e-12);
    EXPECT_EQ(c.missed, 2);
    EXPECT_EQ(c.invented, 1);
    EXPECT_DOUBLE_EQ(c.missed_share(), 2 / 3.0);
    EXPECT_EQ(lessons::coefficients(data, h, -W_star).shrinkage(), 1);
}

// (a - h)^2 + lambda h is smallest at h = a - lambda / 2: that is what a unit of bias -lambda / 2
// says, and nothing pulls it away from there.
TEST_F(Orthogonal, L1TakesHalfOfLambdaOffEachCoefficient) {
    model.b = autograd::full({8}, -0.3).requires_grad_();
    const auto gradients = autograd::grad(std::vector<Tensor>{lessons::l1_loss(model, data.x, 0.6)},
                                          std::vector<Tensor>{model.W, model.b});
    EXPECT_LT(support::largest(gradients), 1e-12);
    const auto c = lessons::coefficients(data, model.encode(data.x), model.W_star);
    EXPECT_EQ(c.missed + c.invented, 0);
    double a = 0;
    for (const double truth : c.truth) a += truth;
    EXPECT_NEAR(c.shrinkage(), 0.3 * double(c.truth.size()) / a, 1e-12);
}

TEST_F(Orthogonal, TopKTakesNothingOff) {
    model.k = 8;
    EXPECT_NEAR(lessons::top_k_loss(model, data.x).item(), 0, 1e-24);
    EXPECT_NEAR(lessons::coefficients(data, model.encode(data.x), model.W_star).shrinkage(), 0,
                1e-12);
}

// Ten directions in five dimensions, one on at a time: the rows of W* find them.
TEST(TopK, FindsMoreDirectionsThanDimensions) {
    Rng rng(5);
    const Tensor D = support::unit_rows(autograd::normal({10, 5}, 0, 1, rng));
    Tensor a = autograd::zeros({500, 10});
    for (int i = 0; i < 500; ++i) a.mutable_data()[i * 10 + rng.below(10)] = 0.5 + rng.uniform();
    const Tensor x = matmul(a, D);
    const SparseDictionary model(5, 20, 1, true, rng);
    const double before = mean(lessons::best_cosines(D, model.W_star)).item();
    lessons::DictionaryAdam adam(model, 0.02);
    Silence silence(20, 500);
    for (int step = 0; step < 300; ++step) {
        const Tensor loss = lessons::auxiliary_loss(model, x, silence, 0.25, 5);
        adam.zero_grad();
        loss.backward();
        adam.step();
    }
    const double after = mean(lessons::best_cosines(D, model.W_star)).item();
    EXPECT_LT(before, 0.9);
    EXPECT_GT(after, 0.99);
}
