#include <cmath>

#include "lessons/11_contractive/contractive_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

namespace {

struct Estimates {
    double mean = 0, deviation = 0;  // relative to the right value
};

template <class Model>
Estimates estimates(const Model& model, const Tensor& x, int draws, autograd::Rng& rng) {
    const auto encode = [&](const Tensor& t) { return model.encode(t); };
    const double exact = lessons::by_engine(encode, x).item();
    Estimates result;
    double squares = 0;
    for (int i = 0; i < draws; ++i) {
        const double r = lessons::by_projection(encode, x, rng).item() / exact;
        result.mean += r / draws, squares += r * r / draws;
    }
    result.deviation = std::sqrt(std::max(0.0, squares - result.mean * result.mean));
    return result;
}

}  // namespace

TEST(Exercise, CoinsForV) {
    autograd::Rng rng(5);
    // With one unit ||v J||^2 is v^2 ||J||^2, and for a coin v^2 = 1: each draw is exact.
    const lessons::ContractiveAutoencoder one(6, 1, rng);
    const Tensor image = autograd::uniform({1, 6}, 0, 1, rng);
    const Estimates single = estimates(one, image, 4000, rng);
    check::expect_answer(
        "for one unit, a draw over the right value: mean and deviation",
        {single.mean, single.deviation}, {1, 0},
        {{{1, std::sqrt(2.0)}, "v is still drawn from N(0, 1)."},
         {{0.5, 0.5},
          "Half of the draws are 0: the coins are 0 and 1, not -1 and 1. 2 b - 1 makes one of the "
          "other. E[v^2] must be 1, and is 1/2."},
         {{2, 2}, "The coins are 0 and 2: subtract 1, so that E[v] is 0."},
         {{0.25, 0}, "The coins are -1/2 and 1/2: E[v^2] must be 1, and is 1/4."},
         {{4, 0}, "The coins are -2 and 2: E[v^2] must be 1, and is 4."},
         {{1. / 3, std::sqrt(4. / 45)},
          "That draws any number from -1 to 1. E[v^2] must be 1, and is 1/3: draw -1 or 1."}},
        0.06);
    if (testing::Test::HasFailure()) return;

    // Five units, one image, and the same image eight times: coins for each unit and each image.
    lessons::ContractiveAutoencoder five(6, 5, rng);
    five.W = autograd::normal({6, 5}, 0.5, 0.5, rng).requires_grad_();
    Tensor eight = image;
    for (int i = 0; i < 3; ++i) eight = concat(eight, eight, 0);
    const Estimates of_one = estimates(five, image, 4000, rng),
                    of_eight = estimates(five, eight, 4000, rng);
    const auto encode = [&](const Tensor& t) { return five.encode(t); };
    const Tensor x = image.detach().requires_grad_();
    const double ones =
        sum(square(grad(sum(five.encode(x)), x))).item() / lessons::by_engine(encode, image).item();
    check::expect_answer(
        "for five units, the mean of many draws over the right value", {of_one.mean}, {1},
        {{{ones},
          "v is the same for each unit: E[v_l v_l'] is then 1 for every pair of units, and must be "
          "0 for two different ones. Toss a coin for each element of h."}},
        0.08);
    if (testing::Test::HasFailure()) return;
    check::expect_answer(
        "the deviation for an image eight times, over that for once",
        {of_eight.deviation / of_one.deviation}, {std::sqrt(1 / 8.0)},
        {{{1},
          "Right on average, but the same coins are used for each image of the batch, and their "
          "errors don't average out. Draw for h.shape()."}},
        0.08);
}
