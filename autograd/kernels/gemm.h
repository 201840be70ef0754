#pragma once

#include <cstdint>

namespace autograd::kernels {

// C = op(A) op(B) + bias, where op(A) is A[m,k], or the transpose of A[k,m]; op(B) is B[k,n], or
// the transpose of B[n,k]. All matrices are dense and row-major; C[m,n] is overwritten, never read;
// bias[n], if given, is added to every row. T is float or double.
//
// m, n and k are 0 or more; with k = 0 each row of C is the bias, or 0. They are ints, at most
// 2^30, but a matrix may have more elements than an int counts. C must not overlap A, B or the
// bias; A and B may be the same. Nothing of this is checked, and no alignment is needed.
//
// Each element is summed over k from 0 upwards, beginning with the bias, on as many threads as
// there are: the same bits at any number of them. NaN and infinity spread as in those sums. May be
// called from several threads at once. Throws std::bad_alloc for want of memory: it takes up to a
// megabyte from the pool a thread. (Goto & van de Geijn 2008)
template <class T>
void gemm(bool transpose_a, bool transpose_b, int m, int n, int k, const T* a, const T* b, T* c,
          const T* bias = nullptr);

}  // namespace autograd::kernels
