#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

#include "lessons/support/dataset.h"
#include "lessons/support/pca.h"
#include "lessons/support/text.h"

// What this lesson computes in double, exact.cpp: plain numbers in and out, since a tensor has one
// precision or the other.
namespace lessons {

// Images of half the height and half the width: a pixel for each two times two, their mean. A last
// odd row or column is left out.
inline support::Images halved(const support::Images& images) {
    const int height = images.height / 2, width = images.width / 2;
    support::Images small{images.count, height, width, {}, images.labels};
    small.pixels.reserve(std::size_t(images.count) * std::size_t(small.size()));
    for (int i = 0; i < images.count; ++i)
        for (int row = 0; row < height; ++row)
            for (int column = 0; column < width; ++column) {
                const auto at = [&](int down, int right) -> int {
                    return images.pixels[std::size_t(
                        (i * images.height + 2 * row + down) * images.width + 2 * column + right)];
                };
                small.pixels.push_back(
                    std::uint8_t((at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1) + 2) / 4));
            }
    return small;
}

struct LinearCase {
    std::vector<double> squares;  // [k], the decoder's squared singular values, largest first
    std::vector<double> rows;     // [k, n], W*, longest row first, signs as the components have
    double bound = 0;             // the ELBO, nats per image
};

// Trains a linear variational autoencoder with k numbers in the code, on the covariance alone.
LinearCase train_linear(const support::Pca& pca, int k, double sigma2, int iterations,
                        std::uint64_t seed);

// A small network's loss with the noise frozen: how far its gradient is from central differences,
// |engine - differences| / max(1, |engine|), the largest over all parameters.
double frozen_noise_error(std::uint64_t seed);

// What the best squared singular values of W* are: lambda_i - sigma^2, or 0 where that is negative.
inline std::vector<double> best_squares(const std::vector<double>& eigenvalues, int k,
                                        double sigma2) {
    std::vector<double> squares;
    for (int i = 0; i < k; ++i)
        squares.push_back(std::max(eigenvalues[std::size_t(i)] - sigma2, 0.0));
    return squares;
}

// The mean of log N(x; 0, C) over the data, -1/2 (n log 2 pi + log det C + tr C^-1 S), for the best
// W* of k rows, from the eigenvalues of S alone. (Tipping & Bishop, equation 3.8)
inline double best_log_likelihood(const std::vector<double>& eigenvalues, int k, double sigma2) {
    double sum = 0;
    for (std::size_t i = 0; i < eigenvalues.size(); ++i) {
        const double lambda = eigenvalues[i],
                     c = i < std::size_t(k) ? std::max(lambda, sigma2) : sigma2;
        sum += std::log(2 * std::numbers::pi) + std::log(c) + lambda / c;
    }
    return -sum / 2;
}

// The smallest cosine between a row of W* and the component of its number, over the rows that are
// not given up.
inline double row_cosine(const support::Pca& pca, const LinearCase& linear,
                         const std::vector<double>& squares) {
    double smallest = 1;
    const auto n = std::size_t(pca.n);
    for (std::size_t l = 0; l < squares.size() && squares[l] > 0; ++l) {
        double overlap = 0, norm2 = 0;
        for (std::size_t j = l * n; j < (l + 1) * n; ++j) {
            overlap += pca.components[j] * linear.rows[j];
            norm2 += linear.rows[j] * linear.rows[j];
        }
        smallest = support::smaller(smallest, overlap / std::sqrt(norm2));
    }
    return smallest;
}

}  // namespace lessons
