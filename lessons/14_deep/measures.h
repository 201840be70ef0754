#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/pca.h"

// What codes are compared by, and the linear code that they are compared with.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

// The first k principal components as an encoder and a decoder.
struct PcaCode {
    Tensor mean, V;  // [n], [k, n]

    PcaCode(const support::Pca& pca, int k)
        : mean(autograd::tensor(pca.mean, {pca.n})),
          V(narrow(autograd::tensor(pca.components, {pca.n, pca.n}), 0, 0, k)) {}
    Tensor encode(const Tensor& x) const { return matmul(x - mean, transposed(V)); }
    Tensor operator()(const Tensor& x) const { return matmul(encode(x), V) + mean; }
};

// The images of one digit.
inline support::Images of_digit(const support::Images& images, int digit) {
    support::Images some{0, images.height, images.width, {}, {}};
    for (int i = 0; i < images.count; ++i) {
        if (images.labels[std::size_t(i)] != digit) continue;
        const auto from = images.pixels.begin() + std::ptrdiff_t(i) * images.size();
        some.pixels.insert(some.pixels.end(), from, from + images.size());
        some.labels.push_back(std::uint8_t(digit));
        ++some.count;
    }
    return some;
}

// The share of test codes that have the label of most of their `neighbours` nearest training codes;
// between equally many, of the smallest label.   codes: [m, 2], test_codes: [t, 2]
inline double neighbour_accuracy(const Tensor& codes, const std::vector<std::uint8_t>& labels,
                                 const Tensor& test_codes,
                                 const std::vector<std::uint8_t>& test_labels, int neighbours) {
    int right = 0;
    for (std::int64_t i = 0; i < test_codes.size(0); ++i) {
        const autograd::real *at = test_codes.data() + 2 * i, *other = codes.data();
        // The nearest so far: distance and label, the farthest of them on top.
        std::vector<std::pair<autograd::real, std::uint8_t>> nearest;
        for (std::int64_t j = 0; j < codes.size(0); ++j, other += 2) {
            const autograd::real a = other[0] - at[0], b = other[1] - at[1], d2 = a * a + b * b;
            const bool full = int(nearest.size()) == neighbours;
            if (full && d2 >= nearest.front().first) continue;
            if (full) {
                std::pop_heap(nearest.begin(), nearest.end());
                nearest.pop_back();
            }
            nearest.emplace_back(d2, labels[std::size_t(j)]);
            std::push_heap(nearest.begin(), nearest.end());
        }
        std::array<int, 256> votes = {};
        for (const auto& [d2, label] : nearest) ++votes[label];
        right += std::max_element(votes.begin(), votes.end()) - votes.begin() ==
                 test_labels[std::size_t(i)];
    }
    return double(right) / double(test_codes.size(0));
}

// ||x - x_hat||^2 of each image.
inline std::vector<double> squared_errors(const support::Images& images,
                                          const std::function<Tensor(const Tensor&)>& reconstruct) {
    std::vector<double> errors;
    support::for_each_chunk(images, [&](const Tensor& x, int) {
        for (const double e : sum(square(reconstruct(x) - x), 1).to_vector()) errors.push_back(e);
    });
    return errors;
}

// The area under the ROC curve: how often something strange has a larger error than something
// normal, over all pairs of them; half where they are equal. 1: told apart always, 0.5: not at all,
// below: the strange seem more normal than the normal. (Hanley & McNeil 1982)
inline double area_under_roc(std::vector<double> normal, std::vector<double> strange) {
    std::ranges::sort(normal);
    double pairs = 0;
    for (const double e : strange) {
        const auto [low, high] = std::ranges::equal_range(normal, e);
        pairs += double(low - normal.begin()) + 0.5 * double(high - low);
    }
    return pairs / (double(normal.size()) * double(strange.size()));
}

// How strange a model of one digit finds each image: by its squared error.
struct Strangeness {
    std::vector<double> errors;
    std::vector<std::uint8_t> labels;

    Strangeness(const support::Images& images,
                const std::function<Tensor(const Tensor&)>& reconstruct)
        : errors(squared_errors(images, reconstruct)), labels(images.labels) {}

    // With one digit as normal, and as strange all the others, or `other` alone.
    double area(int digit, int other = -1) const {
        std::vector<double> normal, strange;
        for (std::size_t i = 0; i < errors.size(); ++i) {
            if (labels[i] == digit)
                normal.push_back(errors[i]);
            else if (other < 0 || labels[i] == other)
                strange.push_back(errors[i]);
        }
        return area_under_roc(normal, strange);
    }
};

inline double mean(const std::vector<double>& v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / double(v.size());
}

}  // namespace lessons
