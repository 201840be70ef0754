// Google Benchmark's main, and at the end a table of what was measured twice: `name` for Hourglass,
// `torch/name`, `openblas/name`, ... for another. The command behind the README's table stands
// there.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef HOURGLASS_HAVE_OPENBLAS
#include <cblas.h>
#include <unistd.h>
#endif

#include "autograd/kernels/parallel.h"

namespace {

// Prints as usual, and notes the time of each: of repeated runs the median.
class Comparison : public benchmark::BenchmarkReporter {
  public:
    bool ReportContext(const Context& context) override { return usual_->ReportContext(context); }

    void ReportRuns(const std::vector<Run>& runs) override {
        usual_->ReportRuns(runs);
        for (const Run& run : runs) {
            const bool median = run.aggregate_name == "median";
            if (run.error_occurred || !(median || run.repetitions == 1)) continue;
            const double per_second = benchmark::GetTimeUnitMultiplier(run.time_unit);
            time_[run.run_name.str()] = 1e3 * run.GetAdjustedRealTime() / per_second;
        }
    }

    void Finalize() override {
        usual_->Finalize();
        bool begun = false;
        for (const auto& [name, ours] : time_)
            for (const std::string other : {"torch/", "openblas/", "blis/", "onednn/"}) {
                const auto found = time_.find(other + name);
                if (found == time_.end()) continue;
                if (!std::exchange(begun, true))
                    std::fprintf(stderr, "\n%-38s %12s %12s %7s\n", "milliseconds", "Hourglass",
                                 "other", "ratio");
                std::fprintf(stderr, "%-38s %12.3f %12.3f %7.2f\n", found->first.c_str(), ours,
                             found->second, found->second / ours);
            }
    }

  private:
    std::unique_ptr<BenchmarkReporter> usual_{benchmark::CreateDefaultDisplayReporter()};
    std::map<std::string, double> time_;  // by name, in milliseconds
};

// For the others at their best, where they are linked. Hourglass is indifferent to all of it.
void favour_the_others([[maybe_unused]] char** argv) {
#ifdef HOURGLASS_HAVE_OPENBLAS
    // OpenBLAS, on which libtorch rests too, knows processors by their model number and gives one
    // that is newer than itself the kernels of 2004. It reads its environment once, before main:
    // begin again.
    const bool unrecognised = openblas_get_corename() == std::string("Prescott");
    if (unrecognised && __builtin_cpu_supports("avx2") && !std::getenv("OPENBLAS_CORETYPE")) {
        const bool avx512 = __builtin_cpu_supports("avx512dq");
        setenv("OPENBLAS_CORETYPE", avx512 ? "SkylakeX" : "Haswell", 1);
        execv("/proc/self/exe", argv);
    }
    benchmark::AddCustomContext("OpenBLAS", openblas_get_config());
#endif
#ifdef __GLIBC__
    // libtorch takes its memory from malloc, which by default returns large blocks to the system
    // and fetches them again, as fresh pages, at each step.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    mallopt(M_TOP_PAD, 64 << 20);
#endif
}

}  // namespace

int main(int argc, char** argv) try {
    favour_the_others(argv);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::AddCustomContext("threads", std::to_string(autograd::kernels::threads()));
    Comparison comparison;
    benchmark::RunSpecifiedBenchmarks(&comparison);
    benchmark::Shutdown();
} catch (const std::exception& error) {
    std::fprintf(stderr, "benchmarks: %s\n", error.what());
    return 1;
}
