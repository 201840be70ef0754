#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/pca.h"

// How close an autoencoder has come to the principal components. Directions, components and
// matrices of n columns are row-major here, as in support/pca.h.
namespace lessons {

// What the eigenvalues from number `first` on, counted from 0, add up to.
inline double sum_from(const std::vector<double>& values, int first) {
    return std::accumulate(values.begin() + first, values.end(), 0.0);
}

// The first `count` components, as rows.
inline std::vector<double> components(const support::Pca& pca, int count) {
    return {pca.components.begin(), pca.components.begin() + std::ptrdiff_t(count) * pca.n};
}

// For each of the components, unit vectors of n numbers, the row of `directions` that is closest in
// angle, and the cosine of that angle. Its sign is that of the row's overlap with the component.
struct Match {
    std::size_t row = 0;
    double cosine = 0;
};
inline std::vector<Match> closest(const std::vector<double>& directions,
                                  const std::vector<double>& components, std::size_t n) {
    std::vector<Match> matches(components.size() / n);
    for (std::size_t i = 0; i < matches.size(); ++i)
        for (std::size_t l = 0; l < directions.size() / n; ++l) {
            double overlap = 0, norm2 = 0;
            for (std::size_t j = 0; j < n; ++j) {
                overlap += directions[l * n + j] * components[i * n + j];
                norm2 += directions[l * n + j] * directions[l * n + j];
            }
            const double cosine = overlap / std::sqrt(norm2);
            if (std::abs(cosine) > std::abs(matches[i].cosine)) matches[i] = {l, cosine};
        }
    return matches;
}

// The worst of them.
inline double smallest_cosine(const std::vector<Match>& matches) {
    double smallest = 1;
    for (const Match& match : matches) smallest = std::min(smallest, std::abs(match.cosine));
    return smallest;
}

// What of the codes H = X W is not of the form U_k D_k A = X V_k A, relative to H: V_k V_k' W is as
// near to W as an encoder of that form comes.   V: [k, n], the components as rows; S: [n, n], the
// covariance
inline double code_residual(const LinearAutoencoder& model, const Tensor& V, const Tensor& S) {
    autograd::NoGrad no_grad;
    const auto norm2 = [&](const Tensor& W) { return sum(W * matmul(S, W)).item(); };  // ||X W||^2
    return std::sqrt(norm2(model.W - matmul(transposed(V), matmul(V, model.W))) / norm2(model.W));
}

// lambda / (1 - s^2) for each singular value s of a decoder trained with the penalty lambda.
inline std::vector<double> eigenvalues_from(const support::Svd& svd, double lambda) {
    std::vector<double> eigenvalues;
    for (const double s : svd.values) eigenvalues.push_back(lambda / (1 - s * s));
    return eigenvalues;
}

}  // namespace lessons
