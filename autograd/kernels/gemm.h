#pragma once

#include <cstdint>

namespace autograd::kernels {

// C = op(A) op(B) + bias, where op(A) is A[m,k], or the transpose of A[k,m]; op(B) is B[k,n], or
// the transpose of B[n,k]. All matrices are dense and row-major; C[m,n] is overwritten; bias[n], if
// given, is added to every row.
template <class T>
void gemm(bool transpose_a, bool transpose_b, int m, int n, int k, const T* a, const T* b, T* c,
          const T* bias = nullptr);

}  // namespace autograd::kernels
