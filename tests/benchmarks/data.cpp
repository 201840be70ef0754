// How long a lesson waits for its data: MNIST whole, from the sheets. Read the column Time: half of
// the work is done on a second thread, which the column CPU leaves out.
#include <benchmark/benchmark.h>

#include "lessons/support/dataset.h"

namespace {

void load_mnist(benchmark::State& state) {
    for (auto _ : state) {
        const support::Dataset data = support::load_dataset(support::default_data_dir());
        benchmark::DoNotOptimize(data.train.pixels.data());
    }
}
BENCHMARK(load_mnist)->Name("data/load_mnist")->Unit(benchmark::kMillisecond);

}  // namespace
