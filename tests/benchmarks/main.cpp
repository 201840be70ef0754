// Google Benchmark's main, and at the end a table of what was measured twice: `name` for Hourglass,
// `torch/name`, `openblas/name`, ... for another. The command behind the README's table stands
// there.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
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

#ifdef HOURGLASS_HAVE_OPENBLAS
constexpr const char* kernels_asked_for = "OPENBLAS_CORETYPE";

// Multiplications a second of two matrices of 512 x 512, the best of a few.
double openblas_speed() {
    const std::vector<float> a(512 * 512, 1), b(512 * 512, 1);
    std::vector<float> c(512 * 512);
    double best = 0;
    for (int i = 0; i < 20; ++i) {
        const auto start = std::chrono::steady_clock::now();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 512, 512, 512, 1, a.data(), 512,
                    b.data(), 512, 0, c.data(), 512);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        best = std::max(best, 1 / seconds.count());
    }
    return best;
}

// OpenBLAS, on which libtorch rests too, chooses kernels by the processor's model number, and not
// always the fastest. It reads its environment once, before main: so each kind is tried in a
// process of its own, and the benchmarks begin again with the best.
void choose_openblas_kernels(char** argv) {
    if (std::getenv(kernels_asked_for)) return;
    const std::string self = std::filesystem::read_symlink("/proc/self/exe");
    std::string fastest;
    double best = 0;
    for (const std::string kind : {"Prescott", "Haswell", "Zen", "SkylakeX", "Cooperlake"}) {
        const std::string command =
            std::string(kernels_asked_for) + "=" + kind + " '" + self + "' --openblas-speed";
        FILE* const pipe = popen((command + " 2>/dev/null").c_str(), "r");
        double speed = 0;
        if (pipe && std::fscanf(pipe, "%lf", &speed) == 1 && speed > best)
            best = speed, fastest = kind;
        if (pipe) pclose(pipe);
    }
    if (fastest.empty()) return;
    setenv(kernels_asked_for, fastest.c_str(), 1);
    execv(self.c_str(), argv);
}
#endif

// For the others at their best, where they are linked. Hourglass is indifferent to all of it.
void favour_the_others([[maybe_unused]] char** argv) {
#ifdef HOURGLASS_HAVE_OPENBLAS
    choose_openblas_kernels(argv);
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
#ifdef HOURGLASS_HAVE_OPENBLAS
    if (argc == 2 && argv[1] == std::string("--openblas-speed")) {
        openblas_set_num_threads(1);
        std::printf("%g\n", openblas_speed());
        return 0;
    }
#endif
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
