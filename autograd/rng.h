#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace autograd {

// Random numbers that are the same on every machine for the same seed. The generator is the
// standard's Mersenne twister, whose bits the standard fixes; the distributions are our own,
// because the standard leaves std::normal_distribution and its kin to each compiler.
class Rng {
  public:
    explicit Rng(std::uint64_t seed) : bits_(seed) {}

    std::uint64_t bits() { return bits_(); }  // 64 random bits
    double uniform();                         // in [0, 1), 53 random bits
    double normal();                          // mean 0, standard deviation 1
    std::int64_t below(std::int64_t n);       // 0 ... n - 1, each equally likely
    std::vector<int> permutation(int n);      // 0 ... n - 1 in random order

  private:
    std::mt19937_64 bits_;
    double spare_ = 0;  // normal() makes two at a time
    bool has_spare_ = false;
};

}  // namespace autograd
