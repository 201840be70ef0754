#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

// Three steps from the definition of a matrix product to the one in gemm.cpp, each with one idea
// more. C = A B with A[m,k], B[k,n], C[m,n], dense and row-major; C must not overlap A or B.
namespace autograd::kernels {

// c[i,j] = sum_p op(a)[i,p] op(b)[p,j] + bias[j], as it is written: for each number of C a row of A
// meets a column of B. Two loads for each multiply-add, one of them far from the last. op(A) is A,
// or the transpose of A[k,m], likewise B: the reference that gemm is tested against.
template <class T>
void gemm_naive(bool transpose_a, bool transpose_b, int m, int n, int k, const T* a, const T* b,
                T* c, const T* bias = nullptr) {
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            T sum = 0;
            for (std::int64_t p = 0; p < k; ++p)
                sum += (transpose_a ? a[p * m + i] : a[i * k + p]) *
                       (transpose_b ? b[j * k + p] : b[p * n + j]);
            c[i * n + j] = bias ? sum + bias[j] : sum;
        }
}

constexpr int ladder_rows = 6, ladder_cols = 32;  // of a tile

// A tile of C: `rows` x `cols` numbers that stay in registers while p runs from 0 to k. Each step
// loads rows + cols numbers for rows * cols multiply-adds, and those of a row are neighbours, which
// a vector instruction does together.   a_step, b_step, c_step: how far the next row is
template <class T>
void multiply_tile(int rows, int cols, int k, const T* a, std::int64_t a_step, const T* b,
                   std::int64_t b_step, T* c, std::int64_t c_step) {
    T sum[ladder_rows][ladder_cols] = {};
    if (rows == ladder_rows && cols == ladder_cols) {  // sizes that the compiler knows
        for (int p = 0; p < k; ++p)
            for (int r = 0; r < ladder_rows; ++r)
                for (int j = 0; j < ladder_cols; ++j)
                    sum[r][j] += a[r * a_step + p] * b[p * b_step + j];
    } else {  // at the edges of C
        for (int p = 0; p < k; ++p)
            for (int r = 0; r < rows; ++r)
                for (int j = 0; j < cols; ++j) sum[r][j] += a[r * a_step + p] * b[p * b_step + j];
    }
    for (int r = 0; r < rows; ++r) std::copy_n(sum[r], cols, c + r * c_step);
}

// The second step: C tile by tile.
template <class T>
void gemm_tiled(int m, int n, int k, const T* a, const T* b, T* c) {
    for (int i = 0; i < m; i += ladder_rows)
        for (int j = 0; j < n; j += ladder_cols)
            multiply_tile(std::min(ladder_rows, m - i), std::min(ladder_cols, n - j), k,
                          a + std::int64_t{i} * k, k, b + j, n, c + std::int64_t{i} * n + j, n);
}

// The third: a tile reads a strip of B, `ladder_cols` wide, whose rows lie n numbers apart, in as
// many pages of memory. Every row of tiles reads it again. So it is copied once, packed, into a
// strip of its own, in the order of use. What gemm.cpp adds is the depth of a strip, chosen so that
// it stays in the nearest cache; vectors written out; transposes; and threads.
template <class T>
void gemm_packed(int m, int n, int k, const T* a, const T* b, T* c) {
    std::vector<T> strip(std::size_t(k) * ladder_cols);
    for (int j = 0; j < n; j += ladder_cols) {
        const int cols = std::min(ladder_cols, n - j);
        for (int p = 0; p < k; ++p)
            std::copy_n(b + std::int64_t{p} * n + j, cols, &strip[std::size_t(p) * ladder_cols]);
        for (int i = 0; i < m; i += ladder_rows)
            multiply_tile(std::min(ladder_rows, m - i), cols, k, a + std::int64_t{i} * k, k,
                          strip.data(), ladder_cols, c + std::int64_t{i} * n + j, n);
    }
}

}  // namespace autograd::kernels
