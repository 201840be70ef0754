#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace autograd {

// Random numbers from a seed. The generator is the standard's Mersenne twister, whose bits the
// standard fixes (Matsumoto & Nishimura 1998); the distributions are our own, because the standard
// leaves std::normal_distribution and its kin to each compiler.
//
// For one seed, bits, uniform, below and permutation give the same on every machine. normal() takes
// log, sin and cos from the C library: the same with the same library, while two libraries may
// differ in the last bit. So may the tensors drawn by uniform() and normal() in
// tensor.h, and all that is computed from them, between processors: a b + c is rounded once where
// the compiler may use a fused multiply-add (-march=native), else twice. One build gives the same
// bits for a seed wherever it runs with the same C library, at any number of threads.
//
// Two draws among the arguments of one call, f(normal(..., rng), normal(..., rng)), come in an
// order that is the compiler's choice: draw in statements of their own, or in braces.
//
// A copy continues by itself where the original stood. Not for several threads at once.
class Rng {
  public:
    explicit Rng(std::uint64_t seed) : bits_(seed) {}

    std::uint64_t bits() { return bits_(); }  // 64 random bits
    double uniform();                         // in [0, 1), a multiple of 2^-53

    // Mean 0, standard deviation 1; never beyond 8.6. Each second call returns what the one before
    // it has made and draws no bits. (Box & Muller 1958)
    double normal();

    // 0 ... n - 1, each exactly as likely: draws that would favour some are thrown away. Throws
    // std::invalid_argument for n < 1.
    std::int64_t below(std::int64_t n);

    // 0 ... n - 1, each order as likely. (Fisher & Yates 1938.) Throws std::invalid_argument for
    // n < 0.
    std::vector<int> permutation(int n);

    bool operator==(const Rng&) const = default;  // the same draws will follow

  private:
    std::mt19937_64 bits_;
    double spare_ = 0;  // normal() makes two at a time
    bool has_spare_ = false;
};

}  // namespace autograd
