#include "lessons/16_variational/exercises/6.h"

#include <cmath>

#include "autograd/autograd.h"
#include "lessons/support/check/expect_answer.h"

namespace {

using Weights = std::vector<std::vector<double>>;

double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double v : values) sum += v / double(values.size());
    return sum;
}

// The mean over the images of what `f` makes of each one's log-weights.
template <class F>
double over_images(const Weights& all, F f) {
    std::vector<double> values;
    for (const auto& w : all) values.push_back(f(w));
    return mean_of(values);
}

double mean_weight(const std::vector<double>& w) {
    std::vector<double> weights;
    for (const double v : w) weights.push_back(std::exp(v));
    return mean_of(weights);
}

}  // namespace

TEST(Exercise, TheImportanceWeightedBound) {
    autograd::Rng rng(6);
    Weights all(3, std::vector<double>(5));
    for (auto& image : all)
        for (double& w : image) w = -2 + rng.normal();
    const auto right = [](const std::vector<double>& w) { return std::log(mean_weight(w)); };
    const double bound = over_images(all, right);
    const double of_all = over_images(all, mean_weight);
    check::expect_answer(
        "bound_of for 3 images with 5 draws each", {bound_of(all)}, {bound},
        {{{0}, "`bound_of` is still empty."},
         {{over_images(all, mean_of)},
          "That is the mean of the log-weights, the ELBO: the weights are averaged after the "
          "logarithm. They must be before."},
         {{bound + std::log(5.0)},
          "1/K is missing: it is log of the sum of the weights, not of their mean."},
         {{bound - std::log(5.0)}, "It is divided by K twice."},
         {{std::log(of_all)},
          "The weights of all images are averaged before the logarithm. Each image has a bound of "
          "its own, and their mean comes after."},
         {{over_images(all, mean_weight)},
          "The logarithm is missing: that is the mean weight itself."},
         {{3 * bound}, "The images are summed. Take their mean."},
         {{-bound}, "The sign is wrong: the bound is negative, as log p(x) is."},
         {{over_images(all, [](const auto& w) { return *std::max_element(w.begin(), w.end()); })},
          "That is the largest log-weight alone. The others count, too."}});
    if (testing::Test::HasFailure()) return;

    Weights far = all;
    for (auto& image : far)
        for (double& w : image) w -= 1000;
    const double given = bound_of(far);
    if (!std::isfinite(given)) {
        ADD_FAILURE() << "Right for log-weights near -2, and infinite or not a number near -1000: "
                         "exp(-1000) is 0. Take out the largest of an image's log-weights first.";
        return;
    }
    check::expect_answer("bound_of with all log-weights lower by 1000", {given}, {bound - 1000},
                         {});
    if (testing::Test::HasFailure()) return;
    // Images far from each other: each needs a largest of its own.
    Weights mixed = all;
    for (double& w : mixed[0]) w -= 2000;
    const double apart = bound_of(mixed);
    if (!std::isfinite(apart)) {
        ADD_FAILURE() << "One largest log-weight is taken out for all the images. Where one image "
                         "lies 2000 below the others, its exponentials are 0. Take each image's "
                         "own.";
        return;
    }
    check::expect_answer("bound_of with one image lower by 2000", {apart}, {bound - 2000 / 3.0},
                         {});
}
