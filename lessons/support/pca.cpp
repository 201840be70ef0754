#include "lessons/support/pca.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <string>

#include "lessons/support/text.h"

namespace support {

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const Matrix> as_matrix(const std::vector<double>& values, int columns) {
    return {values.data(), static_cast<Eigen::Index>(values.size()) / columns, columns};
}

// Of a matrix with a place in memory.
std::vector<double> as_vector(const auto& matrix) {
    return {matrix.data(), matrix.data() + matrix.size()};
}

// Calls f with the images, [<= 1000, n] at a time.
void for_each_block(const Images& images, const auto& f) {
    using Bytes = Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    for (int first = 0; first < images.count; first += 1000) {
        const int count = std::min(1000, images.count - first);
        const std::uint8_t* from =
            images.pixels.data() + static_cast<std::size_t>(first) * images.size();
        f(Matrix(Eigen::Map<const Bytes>(from, count, images.size()).cast<double>() / 255));
    }
}

Pca decompose(const Eigen::VectorXd& mean, const Matrix& covariance) {
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(covariance);  // smallest eigenvalue first
    const Eigen::VectorXd values = solver.eigenvalues().reverse();
    const Matrix components = solver.eigenvectors().rowwise().reverse().transpose();
    return {.n = static_cast<int>(mean.size()),
            .mean = as_vector(mean),
            .covariance = as_vector(covariance),
            .eigenvalues = as_vector(values),
            .components = as_vector(components)};
}

}  // namespace

Pca principal_components(const Images& images) {
    const int n = images.size();
    Eigen::VectorXd mean = Eigen::VectorXd::Zero(n);
    for_each_block(images, [&](const Matrix& x) { mean += x.colwise().sum().transpose(); });
    mean /= images.count;
    Matrix covariance = Matrix::Zero(n, n);
    for_each_block(images, [&](const Matrix& x) {
        const Matrix centred = x.rowwise() - mean.transpose();
        covariance.selfadjointView<Eigen::Lower>().rankUpdate(centred.transpose());
    });
    covariance /= images.count;
    covariance.triangularView<Eigen::StrictlyUpper>() = covariance.transpose();
    return decompose(mean, covariance);
}

Pca principal_components(const std::vector<double>& points, int n) {
    const auto x = as_matrix(points, n);
    const Eigen::VectorXd mean = x.colwise().mean().transpose();
    const Matrix centred = x.rowwise() - mean.transpose();
    return decompose(mean, centred.transpose() * centred / static_cast<double>(x.rows()));
}

Pca uncentred(const Pca& pca) {
    const Eigen::Map<const Eigen::VectorXd> mean(pca.mean.data(), pca.n);
    const Matrix moments = as_matrix(pca.covariance, pca.n) + mean * mean.transpose();
    return decompose(Eigen::VectorXd::Zero(pca.n), moments);
}

std::vector<double> reconstruction_sse(const Pca& pca, const Images& images) {
    if (images.size() != pca.n)
        throw std::invalid_argument("reconstruction_sse: images of " +
                                    std::to_string(images.size()) + " pixels, components of " +
                                    std::to_string(pca.n));
    const Eigen::Map<const Eigen::VectorXd> mean(pca.mean.data(), pca.n);
    Eigen::VectorXd along = Eigen::VectorXd::Zero(pca.n);  // squares along each component
    double total = 0;
    for_each_block(images, [&](const Matrix& x) {
        const Matrix centred = x.rowwise() - mean.transpose();
        const Matrix code = centred * as_matrix(pca.components, pca.n).transpose();
        along += code.colwise().squaredNorm().transpose();
        total += centred.squaredNorm();
    });
    std::vector<double> sse = {total / images.count};
    for (int i = 0; i < pca.n; ++i) sse.push_back(larger(0, sse.back() - along[i] / images.count));
    return sse;
}

Svd singular_value_decomposition(const std::vector<double>& matrix, int n) {
    // A A' = U D^2 U', and D U' A = D^2 V'. (Eigen's own decomposition takes half a minute to
    // compile.)
    const auto A = as_matrix(matrix, n);
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(A * A.transpose());  // smallest first
    const Eigen::VectorXd values = solver.eigenvalues().reverse().cwiseMax(0).cwiseSqrt();
    const Matrix vectors = solver.eigenvectors().rowwise().reverse().transpose() * A;
    return {.values = as_vector(values),
            .vectors = as_vector(Matrix(vectors.rowwise().normalized()))};
}

std::vector<double> principal_cosines(const std::vector<double>& a, const std::vector<double>& b,
                                      int n) {
    // An orthonormal basis of the space that the rows span: once more removes what rounding left.
    const auto basis = [n](const std::vector<double>& rows) {
        const auto once = singular_value_decomposition(rows, n).vectors;
        return as_matrix(singular_value_decomposition(once, n).vectors, n).eval();
    };
    const Matrix product = basis(a) * basis(b).transpose();
    const Matrix wide = product.rows() < product.cols() ? product : product.transpose();
    return singular_value_decomposition(as_vector(wide), static_cast<int>(wide.cols())).values;
}

}  // namespace support
