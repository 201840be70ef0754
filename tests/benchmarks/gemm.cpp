#include "autograd/kernels/gemm.h"
#include "autograd/kernels/gemm_ladder.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "autograd/kernels/parallel.h"

#ifdef HOURGLASS_HAVE_OPENBLAS
#include <cblas.h>
#endif
#ifdef HOURGLASS_HAVE_BLIS
#include <blis.h>
#endif
#ifdef HOURGLASS_HAVE_ONEDNN
#include <dnnl.h>
#include <omp.h>
#endif

// gemm/<op(A)><op(B)>/MxNxK: C[m,n] = op(A)[m,k] op(B)[k,n] in float, where n leaves a matrix as it
// is and t transposes it. The same as openblas/gemm/..., blis/gemm/... and onednn/gemm/... by those
// that are installed, on as many threads.

namespace {

struct Shape {
    bool transpose_a, transpose_b;
    int m, n, k;
};

std::string name(const Shape& s) {
    return std::string("gemm/") + (s.transpose_a ? "t" : "n") + (s.transpose_b ? "t/" : "n/") +
           std::to_string(s.m) + "x" + std::to_string(s.n) + "x" + std::to_string(s.k);
}

// A linear layer y = x W, x[batch, in], W[in, out], with its gradients dL/dW = x^T g, dL/dx = g
// W^T.
void add_layer(std::vector<Shape>& shapes, int batch, int in, int out, bool input_is_data) {
    shapes.push_back({false, false, batch, out, in});
    shapes.push_back({true, false, in, out, batch});
    if (!input_is_data) shapes.push_back({false, true, batch, in, out});
}

std::vector<Shape> all_shapes() {
    std::vector<Shape> shapes;
    for (const int size : {128, 256, 512, 1024})
        for (const bool transpose_b : {false, true})
            for (const bool transpose_a : {false, true})
                shapes.push_back({transpose_a, transpose_b, size, size, size});
    const auto add_network = [&](int batch, const std::vector<int>& widths) {
        for (std::size_t i = 0; i + 1 < widths.size(); ++i)
            add_layer(shapes, batch, widths[i], widths[i + 1], i == 0);
    };
    add_network(256, {784, 32, 784});                                  // basic
    add_network(128, {784, 500, 784});                                 // denoising, contractive
    add_network(256, {784, 1000, 500, 250, 30, 250, 500, 1000, 784});  // deep
    return shapes;
}

template <class Multiply>
void measure(benchmark::State& state, const Shape& s, Multiply multiply) {
    std::mt19937 random(1);
    std::uniform_real_distribution<float> uniform(-1, 1);
    std::vector<float> a(std::size_t(s.m) * s.k), b(std::size_t(s.k) * s.n),
        c(std::size_t(s.m) * s.n);
    for (float& v : a) v = uniform(random);
    for (float& v : b) v = uniform(random);
    multiply(s, a.data(), b.data(), c.data());  // oneDNN compiles its kernels when first called
    const auto start = std::chrono::steady_clock::now();
    for ([[maybe_unused]] auto _ : state) {
        multiply(s, a.data(), b.data(), c.data());
        benchmark::DoNotOptimize(c.data());
        benchmark::ClobberMemory();
    }
    // By the clock on the wall: a rate by the processor time of this thread would leave out the
    // others.
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    state.counters["GFLOP/s"] = 2e-9 * s.m * s.n * s.k * state.iterations() / seconds.count();
}

void ours(const Shape& s, const float* a, const float* b, float* c) {
    autograd::kernels::gemm(s.transpose_a, s.transpose_b, s.m, s.n, s.k, a, b, c);
}

// The rungs of kernels/gemm_ladder.h.
void naive(const Shape& s, const float* a, const float* b, float* c) {
    autograd::kernels::gemm_naive(s.transpose_a, s.transpose_b, s.m, s.n, s.k, a, b, c);
}
void tiled(const Shape& s, const float* a, const float* b, float* c) {
    autograd::kernels::gemm_tiled(s.m, s.n, s.k, a, b, c);
}
void packed(const Shape& s, const float* a, const float* b, float* c) {
    autograd::kernels::gemm_packed(s.m, s.n, s.k, a, b, c);
}

#ifdef HOURGLASS_HAVE_OPENBLAS
void openblas(const Shape& s, const float* a, const float* b, float* c) {
    openblas_set_num_threads(autograd::kernels::threads());
    cblas_sgemm(CblasRowMajor, s.transpose_a ? CblasTrans : CblasNoTrans,
                s.transpose_b ? CblasTrans : CblasNoTrans, s.m, s.n, s.k, 1, a,
                s.transpose_a ? s.m : s.k, b, s.transpose_b ? s.k : s.n, 0, c, s.n);
}
#endif
#ifdef HOURGLASS_HAVE_BLIS
void blis(const Shape& s, const float* a, const float* b, float* c) {
    bli_thread_set_num_threads(autograd::kernels::threads());
    float one = 1, zero = 0;
    bli_sgemm(s.transpose_a ? BLIS_TRANSPOSE : BLIS_NO_TRANSPOSE,
              s.transpose_b ? BLIS_TRANSPOSE : BLIS_NO_TRANSPOSE, s.m, s.n, s.k, &one,
              const_cast<float*>(a), s.transpose_a ? s.m : s.k, 1, const_cast<float*>(b),
              s.transpose_b ? s.k : s.n, 1, &zero, c, s.n, 1);
}
#endif
#ifdef HOURGLASS_HAVE_ONEDNN
void onednn(const Shape& s, const float* a, const float* b, float* c) {
    omp_set_num_threads(autograd::kernels::threads());
    dnnl_sgemm(s.transpose_a ? 'T' : 'N', s.transpose_b ? 'T' : 'N', s.m, s.n, s.k, 1, a,
               s.transpose_a ? s.m : s.k, b, s.transpose_b ? s.k : s.n, 0, c, s.n);
}
#endif

struct Library {
    std::string prefix;
    void (*multiply)(const Shape& s, const float* a, const float* b, float* c);
};

const Library libraries[] = {
    {"", ours},
#ifdef HOURGLASS_HAVE_OPENBLAS
    {"openblas/", openblas},
#endif
#ifdef HOURGLASS_HAVE_BLIS
    {"blis/", blis},
#endif
#ifdef HOURGLASS_HAVE_ONEDNN
    {"onednn/", onednn},
#endif
};

[[maybe_unused]] const bool registered = [] {
    std::vector<std::string> seen;
    for (const Shape& s : all_shapes()) {
        if (std::find(seen.begin(), seen.end(), name(s)) != seen.end()) continue;
        seen.push_back(name(s));
        for (const auto& [prefix, multiply] : libraries)
            benchmark::RegisterBenchmark((prefix + name(s)).c_str(), [s, multiply = multiply](
                                                                         benchmark::State& state) {
                measure(state, s, multiply);
            })->Unit(benchmark::kMicrosecond);
    }
    const Library rungs[] = {
        {"naive", naive}, {"tiled", tiled}, {"packed", packed}, {"gemm", ours}};
    for (const auto& [rung, multiply] : rungs)
        benchmark::RegisterBenchmark(("ladder/" + rung).c_str(), [multiply = multiply](
                                                                     benchmark::State& state) {
            measure(state, {false, false, 512, 512, 512}, multiply);
        })->Unit(benchmark::kMicrosecond);
    return true;
}();

}  // namespace
