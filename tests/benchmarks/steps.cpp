// step/...: the training steps of training.cpp, and one of L-BFGS, on digits.
#include <benchmark/benchmark.h>

#include <numeric>

#include "autograd/autograd.h"
#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/support/dataset.h"
#include "nn/nn.h"
#include "tests/benchmarks/benchmarks.h"

namespace benchmarks {

using namespace autograd;

Tensor inputs(const Network& network) {
    if (network.widths.front() != 784) {
        Rng rng(1);
        return uniform({network.batch, network.widths.front()}, 0, 1, rng);
    }
    static const support::Images digits = support::load_dataset(support::default_data_dir()).train;
    std::vector<int> rows(network.batch);
    std::iota(rows.begin(), rows.end(), 0);
    return support::to_tensor(digits, rows);
}

void register_steps(const std::string& prefix, const std::function<Step(const Network&)>& start) {
    for (const Network& network : networks) {
        const auto measure = [=](benchmark::State& state) {
            const Step step = start(network);
            for (auto _ : state) benchmark::DoNotOptimize(step());
        };
        benchmark::RegisterBenchmark((prefix + "step/" + network.name).c_str(), measure)
            ->Unit(benchmark::kMillisecond);
    }
}

namespace {

// An iteration of L-BFGS on lesson 10's classic exercise, with the first 1000 of its 10,000 images.
void lbfgs_iteration(benchmark::State& state) {
    const Tensor x = inputs({"lbfgs", 1000, {784, 196, 784}});
    Rng rng(1);
    const lessons::SparseAutoencoder model(784, 196, rng);
    const lessons::Objective objective{.rho = 0.1, .beta = 3, .lambda = 3e-3};
    nn::Lbfgs lbfgs(model.parameters(), {.history = 20});
    for (auto _ : state)
        benchmark::DoNotOptimize(lbfgs.step([&] { return lessons::cost(model, x, objective); }));
    state.counters["evaluations"] =
        static_cast<double>(lbfgs.evaluations()) / static_cast<double>(state.iterations());
}

[[maybe_unused]] const bool registered = [] {
    register_steps("",
                   [](const Network& network) { return start_training(network, inputs(network)); });
    const auto contractive_engine_step = [](benchmark::State& state) {
        const Network network{"contractive_engine", 128, {784, 500, 784}};
        const Step step = start_training(network, inputs(network));
        for (auto _ : state) benchmark::DoNotOptimize(step());
    };
    benchmark::RegisterBenchmark("step/contractive_engine", contractive_engine_step)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark("step/lbfgs", lbfgs_iteration)->Unit(benchmark::kMillisecond);
    return true;
}();

}  // namespace

}  // namespace benchmarks
