#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/pca.h"
#include "lessons/support/text.h"

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

// std::invalid_argument when the images have not so many components, or --lambda gives some up.
inline void require_components(const support::Pca& pca, int hidden, int own, double lambda) {
    if (hidden >= pca.n || own >= pca.n)
        throw std::invalid_argument(
            support::format("these images have %d pixels: choose fewer --hidden and --own", pca.n));
    const double last = pca.eigenvalues[std::size_t(hidden) - 1];
    if (sum_from(pca.eigenvalues, hidden) < 1e-9 * sum_from(pca.eigenvalues, 0) || last <= lambda)
        throw std::invalid_argument(support::format(
            "component %d of these images has the eigenvalue %g: choose fewer --hidden or a "
            "smaller --lambda, which must stay below it",
            hidden, last));
}

// The cosine of the largest principal angle between two subspaces, spanned by rows of n numbers.
inline double subspace_cosine(const std::vector<double>& a, const std::vector<double>& b, int n) {
    return support::principal_cosines(a, b, n).back();
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
    for (const Match& match : matches)
        smallest = support::smaller(smallest, std::abs(match.cosine));
    return smallest;
}
inline double direction_cosine(const std::vector<double>& directions,
                               const std::vector<double>& components, int n) {
    return smallest_cosine(closest(directions, components, std::size_t(n)));
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

// The largest |found / right - 1|, where there are as many right values or more.
inline double relative_error(const std::vector<double>& found, const std::vector<double>& right) {
    double largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
        largest = support::larger(largest, std::abs(found[i] / right[i] - 1));
    return largest;
}

}  // namespace lessons
