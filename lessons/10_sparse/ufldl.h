#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

#include "lessons/02_autoencoder/weights.h"
#include "lessons/10_sparse/measures.h"
#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/support/lesson.h"

// The classic exercise: the whole cost of the first 10,000 images at once, down to where it hardly
// falls.
namespace lessons {

// The network in which x -> h = sigmoid((x - mean) W + b) is written as sigmoid(x W + b'), b' = b -
// mean W. Both are the same networks at the same cost, but L-BFGS goes by b and not by b' here:
// pixels are never negative, so with b' every step of a column of W moves its unit's mean
// activation, and the penalty objects; with b it needs less than half the iterations.   mean: [1,
// n]
inline SparseAutoencoder uncentred(const SparseAutoencoder& centred, const Tensor& mean) {
    SparseAutoencoder model = centred;
    const Tensor &W = centred.encoder.weight, &b = centred.encoder.bias;
    model.encoder.bias = b - reshape(matmul(mean, W), b.shape());
    return model;
}

// The length of the gradient that the last backward() has left.
inline double gradient_norm(const SparseAutoencoder& model) {
    double squares = 0;
    for (const Tensor& p : model.parameters()) squares += sum(square(p.grad())).item();
    return std::sqrt(squares);
}

// What an iteration ended with.
struct Iteration {
    double cost, gradient_norm;
};

// L-BFGS until 20 iterations together lower the cost by less than the share `gain`. Begins with the
// start.
inline std::vector<Iteration> minimise(const SparseAutoencoder& model,
                                       const std::function<Tensor()>& cost, double gain,
                                       int iterations) {
    const Tensor start = cost();
    start.backward();
    std::vector<Iteration> path = {{start.item(), gradient_norm(model)}};
    nn::Lbfgs lbfgs(model.parameters(), {.history = 20, .tolerance = 1e-6});
    for (int i = 1; i <= iterations && !lbfgs.converged(); ++i) {
        const double now = lbfgs.step(cost);
        path.push_back({now, gradient_norm(model)});
        if (i % 20 == 0) {
            std::printf("iteration %4d   cost %.4f   gradient %.3f\n", i, now,
                        path.back().gradient_norm);
            std::fflush(stdout);
        }
        if (i >= 20 && path[std::size_t(i - 20)].cost - now < gain * now) break;
    }
    return path;
}

inline void ufldl(const Objective& objective, int hidden, double gain,
                  const support::Options& options, support::Report& report) {
    const int iterations = options.quick ? 3 : 10000;
    const support::Dataset data = support::load_dataset(options);
    const support::Images images = support::first(data.train, 10000);
    const Tensor x = to_tensor(images);                                 // [10000, 784]
    const Tensor mean = reshape(autograd::mean(x, 0), {1, x.size(1)});  // [1, 784]
    Rng rng(options.seed);
    SparseAutoencoder centred(images.size(), hidden, rng);
    const Weights weights(options, centred);
    if (!options.load.empty())  // as saved below, with b'
        centred.encoder.bias = uncentred(centred, -mean).encoder.bias.detach().requires_grad_();
    const auto path = minimise(
        centred, [&] { return cost(uncentred(centred, mean), x, objective); }, gain, iterations);

    weights.save(uncentred(centred, mean),
                 [&] { return cost(uncentred(centred, mean), x, objective); });
    autograd::NoGrad no_grad;
    const SparseAutoencoder model = uncentred(centred, mean);
    const Codes c = codes(model, images);
    // The ranges hold for seeds 1 to 5.
    report.metric("ufldl_cost", path.back().cost, {12.03, 12.07});
    report.metric("ufldl_gradient_norm", path.back().gradient_norm, {.max = 0.1});
    report.metric("ufldl_gradient_norm_at_start", path[0].gradient_norm);
    report.metric("ufldl_iterations", double(path.size()) - 1);
    report.metric("ufldl_rho_hat_mean", c.mean, {0.104, 0.109});
    report.metric("ufldl_rho_hat_min", c.min, {0.1, 0.107});
    report.metric("ufldl_rho_hat_max", c.max, {0.107, 0.116});
    report.metric("ufldl_test_sse", support::reconstruction_error(data.test, model).sse,
                  {14.4, 15.5});
    const FilterMeasure filters = measure_filters(model, images);
    report.metric("ufldl_filter_pixels", filters.pixels, {38.5, 41});
    report.metric("ufldl_filter_half_width", filters.half_width, {1.78, 1.86});
    report.figure("ufldl_filters.png",
                  filter_grid("Pen strokes: what each unit responds to", images)
                      .add(first_filters(model, hidden)));
}

}  // namespace lessons
