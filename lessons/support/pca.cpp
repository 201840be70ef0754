#include "lessons/support/pca.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "autograd/kernels/gemm.h"
#include "lessons/support/text.h"

namespace support {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;

// [rows, columns] of numbers that lie row after row.
Matrix as_matrix(const std::vector<double>& values, int columns) {
    return Eigen::Map<const Matrix>(values.data(), std::ssize(values) / columns, columns);
}

std::vector<double> as_vector(const auto& matrix) {
    return {matrix.data(), matrix.data() + matrix.size()};
}

// op(A) op(B), where op transposes what is said, by the engine's kernel: Eigen's products would
// take long to compile.
struct Transposed {
    bool a = false, b = false;
};
Matrix product(const Matrix& A, const Matrix& B, Transposed is) {
    Matrix C(is.a ? A.cols() : A.rows(), is.b ? B.rows() : B.cols());
    autograd::kernels::gemm(is.a, is.b, int(C.rows()), int(C.cols()),
                            int(is.a ? A.rows() : A.cols()), A.data(), B.data(), C.data());
    return C;
}

// Calls f with the images, [<= 1000, n] at a time.
void for_each_block(const Images& images, const auto& f) {
    for (int first = 0; first < images.count; first += 1000) {
        Matrix x(std::min(1000, images.count - first), images.size());
        const auto from = images.pixels.begin() + std::ptrdiff_t(first) * images.size();
        std::transform(from, from + x.size(), x.data(), [](std::uint8_t p) { return p / 255.0; });
        f(x);
    }
}

// A symmetric matrix as sum of values[i] vectors[i]' vectors[i], largest value first; not numbers
// where it has no such form, because not all its elements are numbers.
struct Spectrum {
    Vector values;   // [n]
    Matrix vectors;  // [n, n], a row each
};
Spectrum spectrum(const Matrix& symmetric) {
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(symmetric);  // smallest value first
    if (solver.info() == Eigen::Success && symmetric.allFinite())
        return {solver.eigenvalues().reverse(),
                solver.eigenvectors().rowwise().reverse().transpose()};
    return {Vector::Constant(symmetric.rows(), NAN),
            Matrix::Constant(symmetric.rows(), symmetric.cols(), NAN)};
}

Pca decompose(const Vector& mean, const Matrix& covariance) {
    const auto [values, vectors] = spectrum(covariance);
    return {.n = int(mean.size()),
            .mean = as_vector(mean),
            .covariance = as_vector(covariance),
            .eigenvalues = as_vector(values),
            .components = as_vector(vectors)};
}

}  // namespace

Pca principal_components(const Images& images) {
    const int n = images.size();
    Vector mean = Vector::Zero(n);
    for_each_block(images, [&](const Matrix& x) { mean += x.colwise().sum(); });
    mean /= images.count;
    Matrix covariance = Matrix::Zero(n, n);
    for_each_block(images, [&](Matrix& x) {
        x.rowwise() -= mean.transpose();
        covariance += product(x, x, {.a = true});
    });
    return decompose(mean, covariance / images.count);
}

Pca principal_components(const std::vector<double>& points, int n) {
    Matrix x = as_matrix(points, n);
    const Vector mean = x.colwise().mean();
    x.rowwise() -= mean.transpose();
    return decompose(mean, product(x, x, {.a = true}) / double(x.rows()));
}

Pca uncentred(const Pca& pca) {
    const Matrix mean = as_matrix(pca.mean, pca.n);
    return decompose(Vector::Zero(pca.n),
                     as_matrix(pca.covariance, pca.n) + product(mean, mean, {.a = true}));
}

std::vector<double> reconstruction_sse(const Pca& pca, const Images& images) {
    if (images.size() != pca.n)
        throw std::invalid_argument(
            format("images of %d pixels, but components of %d", images.size(), pca.n));
    const Matrix mean = as_matrix(pca.mean, pca.n), components = as_matrix(pca.components, pca.n);
    Vector along = Vector::Zero(pca.n);  // squares along each component
    double total = 0;
    for_each_block(images, [&](Matrix& x) {
        x.rowwise() -= mean.row(0);
        along += product(x, components, {.b = true}).colwise().squaredNorm();
        total += x.squaredNorm();
    });
    std::vector<double> sse = {total / images.count};
    for (const double squares : along)
        sse.push_back(larger(0, sse.back() - squares / images.count));
    return sse;
}

Svd singular_value_decomposition(const std::vector<double>& matrix, int n) {
    // A A' = U D^2 U', and D U' A = D^2 V'. (Eigen's own takes half a minute to compile.)
    const Matrix A = as_matrix(matrix, n);
    const auto [squares, U] = spectrum(product(A, A, {.b = true}));
    Matrix V = product(U, A, {});
    V.rowwise().normalize();
    Svd svd{.values = {}, .vectors = as_vector(V)};
    for (const double square : squares) svd.values.push_back(std::sqrt(larger(0, square)));
    return svd;
}

std::vector<double> principal_cosines(const std::vector<double>& a, const std::vector<double>& b,
                                      int n) {
    // An orthonormal basis of the space that the rows span: once more removes what rounding left.
    const auto basis = [n](const std::vector<double>& rows) {
        const auto once = singular_value_decomposition(rows, n).vectors;
        return as_matrix(singular_value_decomposition(once, n).vectors, n);
    };
    const bool fewer = a.size() < b.size();  // rows
    const Matrix wide = product(basis(fewer ? a : b), basis(fewer ? b : a), {.b = true});
    return singular_value_decomposition(as_vector(wide), int(wide.cols())).values;
}

}  // namespace support
