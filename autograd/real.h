#pragma once

namespace autograd {

// The number type of every tensor. The library is built twice from the same sources: in float,
// which is what trains networks quickly, and in double (target autograd_double), which is what
// lets a derivative be checked to ten digits.
#ifdef HOURGLASS_DOUBLE
using real = double;
#else
using real = float;
#endif

}  // namespace autograd
