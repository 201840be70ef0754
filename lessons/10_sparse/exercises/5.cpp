#include <cmath>

#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, APenaltyOnTheImages) {
    autograd::Rng rng(5);
    lessons::SparseAutoencoder model(12, 5, rng);
    model.encoder.bias = autograd::normal({5}, -1, 0.5, rng).requires_grad_();
    const Tensor x = autograd::uniform({8, 12}, 0, 1, rng), twice = concat(x, x, 0);
    const lessons::Objective o{.rho = 0.2, .beta = 3, .lambda = 0.1};
    lessons::Objective none = o;
    none.beta = 0;
    const Tensor W = model.encoder.weight;

    // The penalty alone, for these images and for each of them twice.
    const auto both = [&](auto penalty) {
        return std::vector<double>{penalty(x).item(), penalty(twice).item()};
    };
    const auto given = [&](const Tensor& t) {
        return (lessons::cost(model, t, o) - lessons::cost(model, t, none)) / o.beta;
    };
    const auto sum_over_images = [&](const Tensor& t) {
        return lessons::kl_penalty(o.rho, mean(model.encode(t), 1));
    };
    const auto scaled = [&](double factor) {
        return both([&](const Tensor& t) { return factor * sum_over_images(t) / t.size(0); });
    };
    check::expect_answer(
        "the penalty for 8 images and 5 units, and for each image twice", both(given), scaled(5),
        {{both([&](const Tensor& t) {
              return lessons::kl_penalty(o.rho, mean(model.encode(t), 0));
          }),
          "The penalty is still on the units: their means over the images, `mean(h, 0)`."},
         {both(sum_over_images),
          "It is not divided by the number of images: a batch that holds every image twice costs "
          "twice as much. (The factor k is missing, too.)"},
         {both([&](const Tensor& t) { return 5 * sum_over_images(t); }),
          "It is not divided by the number of images: a batch that holds every image twice costs "
          "twice as much."},
         {scaled(1),
          "The factor k, the number of units, is missing: the penalty is k times weaker "
          "than it was."},
         {scaled(0.2), "It is divided by the number of units. It should be multiplied by it."},
         {both([&](const Tensor& t) { return (5 / t.size(0)) * sum_over_images(t); }),
          "The penalty is 0: k / m of whole numbers is rounded down. Make a double of one of "
          "them."},
         {both([&](const Tensor& t) { return t.size(0) * sum_over_images(t) / 5; }),
          "k and m have changed places: multiply by the units, and divide by the images."},
         {both([&](const Tensor& t) {
              return 5 * lessons::kl_penalty(o.rho, mean(mean(model.encode(t), 1), 0));
          }),
          "That is the KL of the mean over all units and all images, one number. Each image has a "
          "KL of its own; the mean comes after."}});
    if (testing::Test::HasFailure()) return;
    const Tensor right = 5 * sum_over_images(x) / 8;
    check::expect_answer("its gradient for W", grad(given(x), W).to_vector(),
                         grad(right, W).to_vector(),
                         {{std::vector<double>(60),
                           "The values are right, but no gradient comes back: something is cut off "
                           "(by `detach` or `item`?)."}});
}
