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
// B is copied, a block at a time, into strips as wide as a tile, in which it lies in the order of
// use and stays in the L2 cache: by the first row of tiles, while it multiplies. A is read where it
// stands, and so is B where only a few rows of C would use the copy.
//
// Each element of C is summed over p = 0, 1, ... in pieces as long as a block of B is deep, and the
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
constexpr int max_depth = 256;           // of a block of B: one strip of it fits in L1
constexpr int block_bytes = 512 * 1024;  // the block: fits in L2
constexpr int max_strips_unpacked = 8;   // more strips than these pay for packing a transposed A
constexpr int max_length = 4096;         // of a sum of pieces
constexpr int min_rows_packed = 4 * tile_rows;  // of C, to pay for packing B
constexpr double worth_sharing = 4 << 20;       // multiply-adds, below which one thread does it all

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
// transposed; b[p, j] at b[p * b_stride + j]. With `copy` it packs the strip on the way: copy[p, j]
// = b[p, j], in stores that the multiply-adds leave room for.
template <class T, bool transposed, int rows, bool copies = false>
void multiply_tile(int k, const T* a, int64_t a_stride, const T* b, int64_t b_stride,
                   const T* start, T* c, int64_t c_stride, T* copy = nullptr) {
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
            if constexpr (copies) store(copy + (p * tile_vectors + v) * lanes, b_row[v]);
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
        for (int p = 0; p < k; ++p) std::copy_n(b + p * b_stride, width, strip + p * cols);
    }
}

// panel[p, r] = A[p, r] for `rows` <= tile_rows columns of a transposed A.
template <class T>
void pack_panel(int k, int rows, const T* a, int64_t a_stride, T* panel) {
    if (rows == tile_rows) {  // a size known at compile time copies faster
        for (int p = 0; p < k; ++p)
            std::memcpy(panel + p * tile_rows, a + p * a_stride, tile_rows * sizeof(T));
    } else {
        for (int p = 0; p < k; ++p) std::copy_n(a + p * a_stride, rows, panel + p * tile_rows);
    }
}

// Memory for a packed block.
template <class T>
struct Block {
    static constexpr int size = block_bytes / sizeof(T);
    T* const data = static_cast<T*>(allocate(block_bytes));
    Block() = default;
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    ~Block() { release(data, block_bytes); }
};

int divide_up(int a, int b) { return a / b + (a % b != 0); }

// gemm over k of the inner dimension, where rows of A and B lie a_stride and b_stride apart.
template <class T>
void gemm_strided(bool transpose_a, bool transpose_b, int m, int n, int k, const T* a,
                  int64_t a_stride, const T* b, int64_t b_stride, T* c, const T* bias) {
    constexpr int cols = Tile<T>::cols;
    static constexpr T zeros[cols] = {};
    // Blocks of B are depth x width, as equal in size as may be.
    const int depth = divide_up(k, divide_up(k, max_depth));
    const int max_width = Block<T>::size / depth / cols * cols;
    const int width = divide_up(divide_up(n, divide_up(n, max_width)), cols) * cols;
    const bool shared = double(m) * n * k > worth_sharing;
    const Block<T> memory;
    T* const block = memory.data;

    for (int64_t first = 0; first < n; first += width) {
        const int j0 = static_cast<int>(first);
        const int strips = divide_up(std::min(width, n - j0), cols);
        const bool pack_a = transpose_a && strips > max_strips_unpacked;
        const bool pack_b = transpose_b || m >= min_rows_packed;
        // The first row of tiles packs the strips that it multiplies by.
        const bool pack_on_the_way = pack_b && !transpose_b;
        const auto packing_tile = transpose_a ? multiply_tile<T, true, tile_rows, true>
                                              : multiply_tile<T, false, tile_rows, true>;
        const int rows_done = pack_on_the_way ? tile_rows : 0;
        for (int p0 = 0; p0 < k; p0 += depth) {
            const int d = std::min(depth, k - p0);
            const auto a_from = [&](int64_t i) {
                return a + (transpose_a ? p0 * a_stride + i : i * a_stride + p0);
            };
            const auto start_of = [&](int j) { return p0 > 0 ? nullptr : bias ? bias + j : zeros; };

            // Strip s of the tiles that begin at row i; `x` is A's piece of these rows.
            const auto multiply = [&](int64_t i, int s, auto tile, const T* x, int64_t x_stride,
                                      int rows) {
                const int j = j0 + s * cols;
                const bool packed = pack_b || n - j < cols;
                const T* strip = packed ? block + int64_t{s} * cols * d : b + p0 * b_stride + j;
                const int64_t strip_stride = packed ? cols : b_stride;
                T* to = c + i * n + j;
                const T* start = start_of(j);
                if (n - j >= cols)
                    return tile(d, x, x_stride, strip, strip_stride, start, to, n, nullptr);
                // A tile that sticks out of C is made in `edge`.
                T edge[tile_rows * cols], edge_start[cols] = {};
                if (start) std::copy_n(start, n - j, edge_start);
                for (int r = 0; !start && r < rows; ++r)
                    for (int jj = 0; jj < cols; ++jj)
                        edge[r * cols + jj] = jj < n - j ? to[int64_t{r} * n + jj] : T(0);
                tile(d, x, x_stride, strip, cols, start ? edge_start : nullptr, edge, cols,
                     nullptr);
                for (int r = 0; r < rows; ++r)
                    std::copy_n(edge + r * cols, n - j, to + int64_t{r} * n);
            };

            parallel_for(strips, shared ? 2 : strips, [&](int64_t begin, int64_t end) {
                for (int s = int(begin); s < end; ++s) {
                    const int j = j0 + s * cols;
                    T* const strip = block + int64_t{s} * cols * d;
                    if (n - j < cols || transpose_b)
                        pack_strip(transpose_b, d, std::min(cols, n - j),
                                   b + (transpose_b ? j * b_stride + p0 : p0 * b_stride + j),
                                   b_stride, strip);
                    if (!pack_on_the_way) continue;
                    if (n - j < cols)
                        multiply(0, s, multiply_tile_of<T>(transpose_a, tile_rows), a_from(0),
                                 a_stride, tile_rows);
                    else
                        packing_tile(d, a_from(0), a_stride, b + p0 * b_stride + j, b_stride,
                                     start_of(j), c + j, n, strip);
                }
            });

            parallel_for(m - rows_done, shared ? tile_rows : m, [&](int64_t begin, int64_t end) {
                T panel[max_depth * tile_rows];
                for (int64_t i = rows_done + begin; i < rows_done + end; i += tile_rows) {
                    const int rows = int(std::min<int64_t>(tile_rows, rows_done + end - i));
                    const auto tile = multiply_tile_of<T>(transpose_a || pack_a, rows);
                    if (pack_a) pack_panel(d, rows, a_from(i), a_stride, panel);
                    for (int s = 0; s < strips; ++s)
                        multiply(i, s, tile, pack_a ? panel : a_from(i),
                                 pack_a ? tile_rows : a_stride, rows);
                }
            });
        }
    }
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
    if (k <= max_length)
        return gemm_strided(transpose_a, transpose_b, m, n, k, a, a_stride, b, b_stride, c, bias);

    // Over a longer inner dimension the rounding errors of a float sum would pile up: its parts are
    // added up in double.
    std::vector<double> total(std::size_t(m) * n);
    for (int64_t p = 0; p < k; p += max_length) {
        gemm_strided(transpose_a, transpose_b, m, n,
                     static_cast<int>(std::min<int64_t>(max_length, k - p)),
                     a + (transpose_a ? p * a_stride : p), a_stride,
                     b + (transpose_b ? p : p * b_stride), b_stride, c, p == 0 ? bias : nullptr);
        for (std::size_t i = 0; i < total.size(); ++i) total[i] += c[i];
    }
    std::transform(total.begin(), total.end(), c, [](double sum) { return static_cast<T>(sum); });
}

template void gemm(bool, bool, int, int, int, const float*, const float*, float*, const float*);
template void gemm(bool, bool, int, int, int, const double*, const double*, double*, const double*);

}  // namespace autograd::kernels
