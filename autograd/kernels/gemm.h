#pragma once

#include <cstdint>

namespace autograd::kernels {

// C = op(A) op(B) + bias, where op(A) is A[m,k], or the transpose of A[k,m]; op(B) is B[k,n], or
// the transpose of B[n,k]. All matrices are dense and row-major; C[m,n] is overwritten; bias[n], if
// given, is added to every row.
template <class T>
void gemm(bool transpose_a, bool transpose_b, int m, int n, int k, const T* a, const T* b, T* c,
          const T* bias = nullptr);

// c[i,j] = sum_p op(a)[i,p] op(b)[p,j] + bias[j]: the reference that gemm is tested against.
template <class T>
void gemm_naive(bool transpose_a, bool transpose_b, int m, int n, int k, const T* a, const T* b,
                T* c, const T* bias = nullptr) {
    for (std::int64_t i = 0; i < m; ++i) {
        for (std::int64_t j = 0; j < n; ++j) {
            T sum = 0;
            for (std::int64_t p = 0; p < k; ++p) {
                sum += (transpose_a ? a[p * m + i] : a[i * k + p]) *
                       (transpose_b ? b[j * k + p] : b[p * n + j]);
            }
            c[i * n + j] = bias ? sum + bias[j] : sum;
        }
    }
}

}  // namespace autograd::kernels
