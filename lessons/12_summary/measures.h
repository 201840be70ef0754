#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "lessons/12_summary/remedies.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/plot.h"

// What the networks are compared by.
namespace lessons {

using ImageFunction = std::function<Tensor(const Tensor&)>;

// How much of the ink under the mask comes back, mean over all masked pixels of all images:
//     1 - sum |x_hat - x| / sum x
// 0 for a restorer that leaves the holes as they are, 1 for one that fills them rightly; one that
// paints where the paper was empty can fall below 0.
inline double ink_restored(const ImageFunction& restore, const support::Images& images, double q,
                           Rng& rng) {
    double wrong = 0, ink = 0;
    support::for_each_chunk(images, [&](const Tensor& x, int) {
        const Tensor keep = autograd::bernoulli(x.shape(), 1 - q, rng), holes = 1 - keep;
        wrong += sum(holes * abs(restore(x * keep / (1 - q)) - x)).item();
        ink += sum(holes * x).item();
    });
    return 1 - wrong / ink;
}

// Held-out numbers of one network.
struct Measures {
    double bce = 0, sse = 0;      // of whole images
    double masked_bce = 0;        // of images with a share q of their pixels masked
    double ink_restored = 0;      // share of the masked ink
    double noise_copy_ratio = 0;  // see copy_ratio: 0 for a copy of noise
    double jacobian_norm2 = 0;    // mean ||dh/dx||_F^2
    double saturated = 0;         // share of activations below 0.05 or above 0.95
};

inline Measures measure(const Variant& v, const support::Images& held_out, double q) {
    const ImageFunction restore = [&](const Tensor& x) { return v.restore(x); };
    const auto clean = support::reconstruction_error(held_out, restore);
    Measures m{.bce = clean.bce, .sse = clean.sse};
    Rng rng(12);  // the same damage for all
    m.masked_bce = support::reconstruction_error(held_out, [&](const Tensor& x) {
                       return restore(masked_and_scaled(x, q, rng));
                   }).bce;
    m.ink_restored = ink_restored(restore, held_out, q, rng);
    autograd::NoGrad no_grad;
    const Tensor noise = scrambled(to_tensor(support::first(held_out, 1000)), rng);
    m.noise_copy_ratio = copy_ratio(restore(noise), noise);
    support::for_each_chunk(held_out, [&](const Tensor& x, int) {
        const Tensor h = v.encode(x);
        const double share = double(x.size(0)) / held_out.count;
        m.jacobian_norm2 += share * v.jacobian_norm2(h, v.W).item();
        m.saturated += share * mean(autograd::map(h, [](double u) {
                                   return u < 0.05 || u > 0.95 ? 1.0 : 0.0;
                               })).item();
    });
    return m;
}

// Codes that nobody has trained: a random matrix with the size that v's weights have now, v's
// biases.
inline ImageFunction untrained(const Variant& v, Rng& rng) {
    autograd::NoGrad no_grad;
    const Tensor W = nn::init::normal(v.W.shape(), std::sqrt(mean(square(v.W)).item()), rng);
    return [W, b = v.b.detach()](const Tensor& x) { return sigmoid(linear(x, W, b)); };
}

// What a softmax regression reads off codes: with all labels, and with those of the first 1,000
// images alone.
struct Probes {
    double all = 0, few = 0;
};
inline Probes probe(const ImageFunction& encode, const support::Dataset& data, std::uint64_t seed,
                    int epochs_on_few) {
    const std::vector<int> labels(data.train.labels.begin(), data.train.labels.end()),
        test_labels(data.test.labels.begin(), data.test.labels.end());
    const Tensor h = support::codes(data.train, encode), test_h = support::codes(data.test, encode);
    Rng rng(seed);
    const std::int64_t few = std::min<std::int64_t>(1000, h.size(0));
    return {.all = nn::probe_accuracy(h, labels, test_h, test_labels, rng),
            .few = nn::probe_accuracy(
                narrow(h, 0, 0, few), std::vector<int>(labels.begin(), labels.begin() + few),
                test_h, test_labels, rng, {.epochs = epochs_on_few, .batch_size = 100})};
}

}  // namespace lessons
