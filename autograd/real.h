#pragma once

// The number type of every tensor. The library is built twice from the same sources: in float,
// which is what trains networks quickly, and in double (target hourglass_autograd_double), which is
// what lets a derivative be checked to ten digits. Names that stand for different code in the two
// builds carry the precision, in an inline namespace that nobody has to write: parts of a program
// that disagree about it do not link.
#ifdef HOURGLASS_DOUBLE
#define HOURGLASS_PRECISION in_double
namespace autograd::inline in_double {
using real = double;
}
#else
#define HOURGLASS_PRECISION in_float
namespace autograd::inline in_float {
using real = float;
}
#endif
