#include "autograd/kernels/gemm.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/kernels/parallel.h"
#include "autograd/kernels/pool.h"

// gemm_ladder.h leads here in three steps. How it is made fast (after Goto and van de Geijn,
// "Anatomy of high-performance matrix multiplication", 2008). C is built from tiles that fit in the
// vector registers. Step p of a tile multiplies a piece of a column of A by a piece of a row of B,
// so that each number is used many times once it is loaded:
//
//                    b[p, 0..cols)              12 x 32 floats with AVX-512: 2 loads of vectors
//     a[0..rows, p]       x          -> tile    and 12 of single numbers feed 24 multiply-adds
//
// B is copied into strips as wide as a tile, each as deep as fits in the L1 cache, in which it lies
// in the order of use. A is read where it stands, and so is B where only a few rows of C would use
// the copy.
//
// Each element of C is summed over p = 0, 1, ... in pieces as long as a strip is deep, and the
// pieces are added up in their order, whatever the tile or the thread: hence the same bits. Short
// pieces also keep the rounding error small.

namespace autograd::kernels {
namespace {

using std::int64_t;

#if defined(__AVX512F__)
constexpr int vector_bytes = 64, tile_rows = 12, tile_vectors = 2;  // 24 of 32 registers
#elif defined(__AVX__)
constexpr int vector_bytes = 32, tile_rows = 6, tile_vectors = 2;  // 12 of 16
#elif defined(__wasm_simd128__)  // no multiply-add in one: products need registers of their own
constexpr int vector_bytes = 16, tile_rows = 2, tile_vectors = 4;  // 8 of the 16 that browsers use
#else
constexpr int vector_bytes = 16, tile_rows = 6, tile_vectors = 2;
#endif
constexpr int max_depth = 256;          // of a strip of B: it fits in L1
constexpr double parts_per_thread = 8;  // if one has to share its core, the others take over
constexpr int max_strips_unpacked = 8;  // more strips than these pay for packing a transposed A
constexpr int max_length = 4096;        // of a sum of pieces
constexpr int min_rows_packed = 4 * tile_rows;  // of C, to pay for packing B
constexpr double worth_sharing = 1 << 18;       // multiply-adds that are worth a part

template <class T>
constexpr int max_part_cols = 512 * 1024 / (max_depth * sizeof(T));  // of C: its strips fit in L2

template <class T>
struct Tile {
    static constexpr int lanes = vector_bytes / sizeof(T), cols = tile_vectors * lanes;
    typedef T Vector __attribute__((vector_size(vector_bytes)));
    typedef T Unaligned __attribute__((vector_size(vector_bytes), aligned(alignof(T)), may_alias));
};

template <class T>
inline typename Tile<T>::Vector load(const T* p) {
    return *reinterpret_cast<const typename Tile<T>::Unaligned*>(p);
}

template <class T>
inline void store(T* p, typename Tile<T>::Vector v) {
    *reinterpret_cast<typename Tile<T>::Unaligned*>(p) = v;
}

// f(0), f(1), ..., f(n - 1), each index a compile-time constant: only then do compilers keep an
// array of vectors in registers.
template <int n, class F>
inline __attribute__((always_inline)) void unroll(F f) {
    [&]<int... i>(std::integer_sequence<int, i...>) __attribute__((always_inline)) {
        (f(std::integral_constant<int, i>{}), ...);
    }
    (std::make_integer_sequence<int, n>{});
}

// c[r, j] = start[j] + sum_p a[r, p] b[p, j] for a tile of `rows` <= tile_rows; without a start the
// sum is added to c. a[r, p] stands at a[r * a_stride + p], or at a[p * a_stride + r] if A is
// transposed; b[p, j] at b[p * b_stride + j].
template <class T, bool transposed, int rows>
void multiply_tile(int k, const T* a, int64_t a_stride, const T* b, int64_t b_stride,
                   const T* start, T* c, int64_t c_stride) {
    constexpr int lanes = Tile<T>::lanes;
    typename Tile<T>::Vector sum[rows][tile_vectors], b_row[tile_vectors];
    unroll<rows>([&](auto r) __attribute__((always_inline)) {
        unroll<tile_vectors>([&](auto v) __attribute__((always_inline)) {
            sum[r][v] = start ? load(start + v * lanes) : typename Tile<T>::Vector{};
        });
    });
    for (int p = 0; p < k; ++p) {
        unroll<tile_vectors>([&](auto v) __attribute__((always_inline)) {
            b_row[v] = load(b + v * lanes);
        });
        unroll<rows>([&](auto r) __attribute__((always_inline)) {
            const T x = transposed ? a[r] : a[r * a_stride];
            unroll<tile_vectors>([&](auto v)
                                     __attribute__((always_inline)) { sum[r][v] += x * b_row[v]; });
        });
        a += transposed ? a_stride : 1;
        b += b_stride;
    }
    unroll<rows>([&](auto r) __attribute__((always_inline)) {
        unroll<tile_vectors>([&](auto v) __attribute__((always_inline)) {
            T* const to = c + r * c_stride + v * lanes;
            store(to, start ? sum[r][v] : load(to) + sum[r][v]);
        });
    });
}

// multiply_tile for 1, 2, ..., tile_rows rows: the last rows of C make a lower tile.
template <class T>
auto multiply_tile_of(bool transposed, int rows) {
    static constexpr auto all = []<int... r>(std::integer_sequence<int, r...>) {
        return std::array{
            std::array{multiply_tile<T, false, r + 1>, multiply_tile<T, true, r + 1>}...};
    }
    (std::make_integer_sequence<int, tile_rows>{});
    return all[rows - 1][transposed];
}

// out = in^T for a square of lanes x lanes, in registers: round s swaps the bit of weight s in the
// row number with the same bit of the column number.
template <class T>
void transpose_square(const T* in, int64_t in_stride, T* out, int64_t out_stride) {
    constexpr int lanes = Tile<T>::lanes;
    using Vector = typename Tile<T>::Vector;
    Vector x[lanes];
    unroll<lanes>([&](auto r) __attribute__((always_inline)) { x[r] = load(in + r * in_stride); });
    unroll<std::bit_width(unsigned{lanes}) - 1>([&](auto bit) __attribute__((always_inline)) {
        constexpr int s = 1 << bit;
        unroll<lanes>([&](auto r) __attribute__((always_inline)) {
            if constexpr ((r & s) == 0) {
                const Vector low = x[r], high = x[r + s];
                [&]<int... j>(std::integer_sequence<int, j...>) __attribute__((always_inline)) {
                    x[r] = __builtin_shufflevector(low, high, (j & s ? lanes + j - s : j)...);
                    x[r + s] = __builtin_shufflevector(low, high, (j & s ? lanes + j : j + s)...);
                }
                (std::make_integer_sequence<int, lanes>{});
            }
        });
    });
    unroll<lanes>([&](auto r)
                      __attribute__((always_inline)) { store(out + r * out_stride, x[r]); });
}

// strip[p, j] = op(B)[p, j] for `width` <= cols columns, and zeros beyond them. Of a transposed B
// the last squares, pushed back to its edge, do some of their neighbours' numbers once more.
template <class T>
void pack_strip(bool transposed, int k, int width, const T* b, int64_t b_stride, T* strip) {
    constexpr int lanes = Tile<T>::lanes, cols = Tile<T>::cols;
    if (width < cols) std::fill_n(strip, k * cols, T(0));
    if (transposed && k >= lanes && width >= lanes) {
        for (int block = 0; block < k; block += lanes)
            for (int column = 0; column < width; column += lanes) {
                const int p = std::min(block, k - lanes), j = std::min(column, width - lanes);
                transpose_square(b + j * b_stride + p, b_stride, strip + p * cols + j, cols);
            }
    } else if (transposed) {
        for (int p = 0; p < k; ++p)
            for (int j = 0; j < width; ++j) strip[p * cols + j] = b[j * b_stride + p];
    } else {
        for (int p = 0; p < k && width == cols; ++p)  // a size known at compile time copies faster
            std::memcpy(strip + p * cols, b + p * b_stride, cols * sizeof(T));
        for (int p = 0; p < k && width < cols; ++p)
            std::copy_n(b + p * b_stride, width, strip + p * cols);
    }
}

// panel[p, r] = A[p, r] for `rows` <= tile_rows columns of a transposed A.
template <class T>
void pack_panel(int k, int rows, const T* a, int64_t a_stride, T* panel) {
    if (rows == tile_rows) {
        for (int p = 0; p < k; ++p)
            std::memcpy(panel + p * tile_rows, a + p * a_stride, tile_rows * sizeof(T));
    } else {
        for (int p = 0; p < k; ++p) std::copy_n(a + p * a_stride, rows, panel + p * tile_rows);
    }
}

// Memory for packed numbers.
template <class T>
struct Packed {
    const std::size_t bytes;
    T* const data = static_cast<T*>(allocate(bytes));
    explicit Packed(std::size_t numbers) : bytes(numbers * sizeof(T)) {}
    Packed(const Packed&) = delete;
    Packed& operator=(const Packed&) = delete;
    ~Packed() { release(data, bytes); }
};

int divide_up(int a, int b) { return a / b + (a % b != 0); }

// What is multiplied; rows of A, B and C lie a_stride, b_stride and c_stride apart.
template <class T>
struct Operands {
    bool transpose_a, transpose_b;
    const T *a, *b, *bias;
    T* c;
    int64_t a_stride, b_stride, c_stride;
};

// The first m x n elements of C.
template <class T>
void multiply_part(int m, int n, int k, const Operands<T>& o) {
    constexpr int cols = Tile<T>::cols;
    static constexpr T zeros[cols] = {};
    const int depth = divide_up(k, divide_up(k, max_depth));  // as equal as may be
    const bool pack_a = o.transpose_a && n > max_strips_unpacked * cols;
    const bool pack_b = o.transpose_b || m >= min_rows_packed;
    const Packed<T> block((n + cols) * depth), panel(tile_rows * depth);

    for (int p0 = 0; p0 < k; p0 += depth) {
        const int d = std::min(depth, k - p0);
        for (int i = 0; i < m; i += tile_rows) {
            const int rows = std::min(tile_rows, m - i);
            const auto tile = multiply_tile_of<T>(o.transpose_a, rows);
            const T* a = o.a + (o.transpose_a ? p0 * o.a_stride + i : i * o.a_stride + p0);
            if (pack_a) pack_panel(d, rows, a, o.a_stride, panel.data);
            const T* const x = pack_a ? panel.data : a;
            const int64_t x_stride = pack_a ? tile_rows : o.a_stride;

            for (int j = 0; j < n; j += cols) {
                const int width = std::min(cols, n - j);
                const T* const b =
                    o.b + (o.transpose_b ? j * o.b_stride + p0 : p0 * o.b_stride + j);
                const T* const start = p0 > 0 ? nullptr : o.bias ? o.bias + j : zeros;
                T* const strip = block.data + int64_t{j} * d;
                T* const to = o.c + i * o.c_stride + j;
                if (i == 0 && (pack_b || width < cols))
                    pack_strip(o.transpose_b, d, width, b, o.b_stride, strip);
                if (width < cols) {  // a tile that sticks out of C is made in `edge`
                    T edge[tile_rows * cols] = {}, edge_start[cols] = {};
                    if (start) std::copy_n(start, width, edge_start);
                    for (int r = 0; !start && r < rows; ++r)
                        std::copy_n(to + r * o.c_stride, width, edge + r * cols);
                    tile(d, x, x_stride, strip, cols, start ? edge_start : nullptr, edge, cols);
                    for (int r = 0; r < rows; ++r)
                        std::copy_n(edge + r * cols, width, to + r * o.c_stride);
                } else {
                    tile(d, x, x_stride, pack_b ? strip : b, pack_b ? cols : o.b_stride, start, to,
                         o.c_stride);
                }
            }
        }
    }
}

// Cuts C into parts of whole tiles, several for each thread. Threads wait for nothing but the end:
// each packs for itself what its parts need, which costs less than to fetch it from another core.
// A square shares the least, but where only B is copied, parts may well be higher than wide.
template <class T>
void multiply_all(int m, int n, int k, const Operands<T>& o) {
    constexpr int cols = Tile<T>::cols;
    const double worthwhile = double(m) * n * k / worth_sharing;
    const bool shared = threads() > 1 && worthwhile > 4;
    const double wanted = shared ? std::min(worthwhile, parts_per_thread * threads()) : 1;
    const double slender = o.transpose_a && !o.transpose_b ? 1 : 4;
    int high = m, wide = std::min(n, max_part_cols<T>), down = 1, across = divide_up(n, wide);
    while (down * across < wanted) {
        if (high >= 2 * min_rows_packed && (high > slender * wide || wide <= cols))
            high = tile_rows * divide_up(divide_up(high, 2), tile_rows);
        else if (wide > cols)
            wide = cols * divide_up(divide_up(wide, 2), cols);
        else
            break;
        down = divide_up(m, high), across = divide_up(n, wide);
    }
    const int64_t parts = int64_t{down} * across;
    parallel_for(parts, shared ? 1 : parts, [&](int64_t begin, int64_t end) {
        for (int64_t part = begin; part < end; ++part) {
            const int i = int(part / across) * high, j = int(part % across) * wide;
            Operands<T> here = o;
            here.a += i * (o.transpose_a ? 1 : o.a_stride);
            here.b += j * (o.transpose_b ? o.b_stride : 1);
            here.c += i * o.c_stride + j;
            if (o.bias) here.bias += j;
            multiply_part(std::min(high, m - i), std::min(wide, n - j), k, here);
        }
    });
}

}  // namespace

template <class T>
void gemm(bool transpose_a, bool transpose_b, int m, int n, int k, const T* a, const T* b, T* c,
          const T* bias) {
    if (m <= 0 || n <= 0) return;
    if (k == 0) {
        for (int64_t i = 0; i < int64_t{m} * n; ++i) c[i] = bias ? bias[i % n] : T(0);
        return;
    }
    if (n == 1 && m > 1 && !bias)  // C^T = op(B)^T op(A)^T: a vector fills tiles better as a row
        return gemm(!transpose_b, !transpose_a, 1, m, k, b, a, c);
    const int64_t a_stride = transpose_a ? m : k, b_stride = transpose_b ? k : n;
    Operands<T> o{transpose_a, transpose_b, a, b, bias, c, a_stride, b_stride, n};
    if (k <= max_length) return multiply_all(m, n, k, o);

    // Over a longer inner dimension the rounding errors of a float sum would pile up: its parts are
    // added up in double.
    std::vector<double> total(std::size_t(m) * n);
    for (int p = 0; p < k; p += max_length) {
        const int length = std::min(max_length, k - p);
        multiply_all(m, n, length, o);
        for (std::size_t i = 0; i < total.size(); ++i) total[i] += c[i];
        o.a += length * (transpose_a ? o.a_stride : 1);
        o.b += length * (transpose_b ? 1 : o.b_stride);
        o.bias = nullptr;
    }
    std::transform(total.begin(), total.end(), c, [](double sum) { return static_cast<T>(sum); });
}

template void gemm(bool, bool, int, int, int, const float*, const float*, float*, const float*);
template void gemm(bool, bool, int, int, int, const double*, const double*, double*, const double*);

}  // namespace autograd::kernels
