// op/scalar_chain: what an operation costs when there is next to nothing to compute, that is, the
// price of the graph: a node made, found again by the backward sweep, and destroyed.
#include <benchmark/benchmark.h>

#include "autograd/autograd.h"
#include "tests/benchmarks/benchmarks.h"

namespace benchmarks {

using namespace autograd;

double scalar_chain() {
    const Tensor w = full({}, 0.9).requires_grad_(), b = full({}, 0.1).requires_grad_();
    Tensor y = full({}, 0.5);
    for (int i = 0; i < chain_length; ++i) y = i % 3 == 0 ? w * y : i % 3 == 1 ? y + b : tanh(y);
    y.backward();
    return w.grad().item();
}

void register_chain(const std::string& prefix, const std::function<double()>& chain) {
    const auto measure = [=](benchmark::State& state) {
        for (auto _ : state) benchmark::DoNotOptimize(chain());
        state.SetItemsProcessed(state.iterations() * chain_length);
    };
    benchmark::RegisterBenchmark((prefix + "op/scalar_chain").c_str(), measure)
        ->Unit(benchmark::kMicrosecond);
}

namespace {

[[maybe_unused]] const bool registered = [] {
    register_chain("", scalar_chain);
    return true;
}();

}  // namespace

}  // namespace benchmarks
