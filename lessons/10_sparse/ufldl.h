#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "lessons/10_sparse/measures.h"
#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/support/lesson.h"

namespace lessons {

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

// L-BFGS on the cost of all of x until 20 iterations together lower it by less than the share `gain`.
inline std::vector<Iteration> minimise(const SparseAutoencoder& model, const Tensor& x,
                                       const Objective& objective, double gain, int iterations) {
    nn::Lbfgs lbfgs(model.parameters(), {.history = 20, .tolerance = 1e-6});
    std::vector<Iteration> path;
    for (int i = 0; i < iterations && !lbfgs.converged(); ++i) {
        const double now = lbfgs.step([&] { return cost(model, x, objective); });
        path.push_back({now, gradient_norm(model)});
        if (i % 20 == 19) {
            std::printf("%6lld images  iteration %4d   cost %.4f   gradient %.3f\n",
                        static_cast<long long>(x.size(0)), i + 1, now, path.back().gradient_norm);
            std::fflush(stdout);
        }
        if (i >= 20 && path[std::size_t(i - 20)].cost - now < gain * now) break;
    }
    return path;
}

// The classic exercise: the whole cost of the first 10,000 images at once, down to its minimum.
inline void ufldl(const Objective& objective, int hidden, int iterations,
                  const support::Options& options, support::Report& report) {
    const support::Dataset data = support::load_dataset(options);
    const support::Images images = support::first(data.train, 10000);
    const Tensor x = to_tensor(images);  // [10000, 784]
    Rng rng(options.seed);
    const SparseAutoencoder model(images.size(), hidden, rng);
    const double hand =
        hand_gradient_error(model, narrow(x, 0, 0, std::min(1000, images.count)), objective);

    // A quarter of the images shows the way at a quarter of the price; all of them then set the goal.
    const std::int64_t quarter = std::max(1, images.count / 4);
    const auto first = minimise(model, narrow(x, 0, 0, quarter), objective, 5e-3, iterations);
    const auto path = minimise(model, x, objective, 5e-4, iterations);

    const Codes c = codes(model, images);
    // The ranges hold 5 runs, seeds 1 to 5.
    report.metric("ufldl_cost", path.back().cost, {12, 12.2});
    report.metric("gradient_norm", path.back().gradient_norm, {.max = 0.15});
    report.metric("gradient_norm_at_start", first[0].gradient_norm);
    report.metric("iterations_on_a_quarter", double(first.size()));
    report.metric("iterations", double(path.size()));
    report.metric("hand_gradient_error", hand, {.max = 1e-12});
    report.metric("rho_hat_mean", c.mean, {0.104, 0.109});
    report.metric("rho_hat_min", c.min, {0.1, 0.107});
    report.metric("rho_hat_max", c.max, {0.107, 0.116});
    report.metric("test_sse", support::reconstruction_error(data.test, model).sse, {14.4, 15.5});
    report.figure("ufldl_filters.png",
                  filter_grid("Pen strokes: what each unit responds to", images)
                      .add(first_filters(model, hidden)));
}

}  // namespace lessons
