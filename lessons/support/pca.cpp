#include "lessons/support/pca.h"

#include <Eigen/Dense>
#include <algorithm>
#include <string>

namespace support {

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const Matrix> as_matrix(const std::vector<double>& values, int columns) {
    return {values.data(), static_cast<Eigen::Index>(values.size()) / columns, columns};
}

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

// An orthonormal basis of the space that the rows of m span, as rows.
Matrix orthonormal_rows(const Matrix& m) {
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(m.transpose());
    return (qr.householderQ() * Eigen::MatrixXd::Identity(m.cols(), m.rows())).transpose();
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
    for (int i = 0; i < pca.n; ++i)
        sse.push_back(std::max(0.0, sse.back() - along[i] / images.count));
    return sse;
}

std::vector<double> principal_cosines(const std::vector<double>& a, const std::vector<double>& b,
                                      int n) {
    const Matrix product =
        orthonormal_rows(as_matrix(a, n)) * orthonormal_rows(as_matrix(b, n)).transpose();
    return as_vector(Eigen::JacobiSVD<Eigen::MatrixXd>(product).singularValues());
}

Svd singular_value_decomposition(const std::vector<double>& matrix, int n) {
    const Eigen::BDCSVD<Eigen::MatrixXd> svd(as_matrix(matrix, n), Eigen::ComputeThinV);
    return {.values = as_vector(svd.singularValues()),
            .vectors = as_vector(Matrix(svd.matrixV().transpose()))};
}

}  // namespace support
