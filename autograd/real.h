#pragma once

// The number type of every tensor. The library is built twice from the same sources: in float,
// which is what trains networks quickly, and in double (target hourglass_autograd_double), which is
// what lets a derivative be checked to ten digits. Names that stand for different code in the two
// builds carry the precision, in an inline namespace that nobody has to write: parts of a program
// that disagree about it do not link.
#ifdef HOURGLASS_DOUBLE
#define HOURGLASS_PRECISION in_double
#else
#define HOURGLASS_PRECISION in_float
#endif

namespace autograd {
inline namespace HOURGLASS_PRECISION {

#ifdef HOURGLASS_DOUBLE
using real = double;
#else
using real = float;
#endif

}  // namespace HOURGLASS_PRECISION
}  // namespace autograd
