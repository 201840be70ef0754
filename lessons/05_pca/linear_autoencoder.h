#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/03_choice_of_f_and_g/choices.h"  // squared_error, ChosenAutoencoder
#include "nn/nn.h"

// An autoencoder without a bend: both layers are matrices, x_hat = x W W*. With squared error and
// centred inputs it finds what principal component analysis finds. With one of those conditions
// dropped, the network is lesson 03's, with biases and a choice of g and f.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

// h = x W, x_hat = h W*.   W: [n, k], W*: [k, n].  No biases: the inputs are centred.
struct LinearAutoencoder : nn::Module {
    Tensor W, W_star;

    LinearAutoencoder(std::int64_t n, std::int64_t k, Rng& rng)
        : W(nn::init::normal({n, k}, 0.01, rng).requires_grad_()),
          W_star(nn::init::normal({k, n}, 0.01, rng).requires_grad_()) {}

    Tensor forward(const Tensor& x) const override { return matmul(matmul(x, W), W_star); }

    nn::NamedParameters named_parameters() const override { return {{"W", W}, {"W_star", W_star}}; }
};

// Lesson 03's squared error, ||X - X_hat||^2 for X = (x - mean)/sqrt(m), from S = X'X alone, the
// [n, n] covariance of the data: with P = W W*,
//     ||X - X P||^2 = tr (I - P)' S (I - P) = tr S - 2 tr(W* S W) + tr(W' S W  W* W*')
// so that a step costs the same for any number of images.
inline Tensor squared_error(const LinearAutoencoder& model, const Tensor& S, double trace_S) {
    const std::int64_t k = model.W.size(1);
    Tensor identity = autograd::zeros({k, k});
    for (std::int64_t i = 0; i < k; ++i) identity.mutable_data()[i * k + i] = 1;

    const Tensor SW = matmul(S, model.W);                                // [n, k]
    const Tensor codes = matmul(transposed(model.W), SW);                // [k, k], W' S W = H'H
    const Tensor gram = matmul(model.W_star, transposed(model.W_star));  // [k, k], W* W*'
    const Tensor overlap = matmul(model.W_star, SW);                     // [k, k], W* S W
    return trace_S - 2 * sum(overlap * identity) + sum(codes * gram);    // tr AB = sum of A * B'
}

// The L2 penalty, with a lambda of its own for each hidden unit:
//     sum over l of lambda_l (||column l of W||^2 + ||row l of W*||^2).   lambda: [k]
// A single lambda for all leaves the penalty, and the loss, as they are when the hidden units are
// rotated among each other, W -> W O, W* -> O' W* with O' O = I; different ones don't.
inline Tensor penalty(const LinearAutoencoder& model, const Tensor& lambda) {
    return sum(lambda * square(model.W)) +
           sum(reshape(lambda, {lambda.size(), 1}) * square(model.W_star));
}

// Penalties from `first` to `last` for k hidden units, in equal steps.
inline Tensor graded(double first, double last, std::int64_t k) {
    Tensor lambda = autograd::full({k}, last);
    for (std::int64_t l = 0; l + 1 < k; ++l)
        lambda.mutable_data()[l] =
            static_cast<autograd::real>(first + (last - first) * double(l) / double(k - 1));
    return lambda;
}

// Goes to the minimum of the loss by L-BFGS, and says what it took.
inline void minimise(const std::string& name, const LinearAutoencoder& model, int iterations,
                     double tolerance, const std::function<Tensor()>& loss) {
    nn::Lbfgs lbfgs(model.parameters(), {.tolerance = tolerance});
    double value = 0;
    int i = 0;
    for (; i < iterations && !lbfgs.converged(); ++i) value = lbfgs.step(loss);
    std::printf("%-32s loss %9.6f after %4d iterations%s\n", name.c_str(), value, i,
                lbfgs.converged() ? "" : ", not converged");
    std::fflush(stdout);
}

// What takes the place of the squared error when that condition is dropped: |x_hat - x| summed over
// the pixels, mean over the batch.
inline Tensor absolute_error(const Tensor& x_hat, const Tensor& x) {
    return sum(abs(x_hat - x)) / x.size(0);
}

}  // namespace lessons
