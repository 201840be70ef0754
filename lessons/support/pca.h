#pragma once

#include <vector>

#include "lessons/support/dataset.h"

namespace support {

// Principal component analysis by somebody else's code, Eigen's solver for symmetric matrices: what
// autoencoders are compared with. Matrices are row-major. All of it is in double, in every program.
struct Pca {
    int n = 0;                        // pixels in an image
    std::vector<double> mean;         // [n]
    std::vector<double> covariance;   // [n, n], S = 1/m sum of (x - mean)(x - mean)' over m images
    std::vector<double> eigenvalues;  // [n], of S, largest first: the variance along each component
    std::vector<double> components;   // [n, n], row i belongs to eigenvalue i; orthonormal
};

// Of the images, as pixels in [0, 1]; or of m points in n dimensions, [m, n]. Jolliffe, Principal
// Component Analysis (2nd ed., 2002), chapter 1.
Pca principal_components(const Images& images);
Pca principal_components(const std::vector<double>& points, int n);

// The same data when their mean is not taken off: the components of S + mean mean', the second
// moments.
Pca uncentred(const Pca& pca);

// The squared error of the first k components on other images, for k = 0 ... n: summed over the
// pixels, mean over the images.
//     sse[k] = mean of |x - mean|^2 - sum over i < k of (components[i] . (x - mean))^2
// Result: [n + 1]. std::invalid_argument when the images have not n pixels.
std::vector<double> reconstruction_sse(const Pca& pca, const Images& images);

// The cosines of the principal angles between two subspaces, largest first: 1 for each direction
// they share. Each subspace is spanned by the rows of a matrix of n columns, with no more rows than
// columns. They are the singular values of Qa Qb', for orthonormal bases Qa, Qb: Björck & Golub,
// Numerical methods for computing angles between linear subspaces (1973).
// a: [p, n], b: [q, n], result: [min(p, q)]
std::vector<double> principal_cosines(const std::vector<double>& a, const std::vector<double>& b,
                                      int n);

// A matrix [r, n], r <= n, as U diag(values) V'.
struct Svd {
    std::vector<double> values;   // [r], the singular values, largest first
    std::vector<double> vectors;  // [r, n], V': a right singular vector in each row
};
Svd singular_value_decomposition(const std::vector<double>& matrix, int n);

}  // namespace support
