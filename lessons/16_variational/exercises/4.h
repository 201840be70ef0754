#pragma once

#include <cmath>
#include <numeric>
#include <vector>

// Exercise 16.4: the variance sigma^2 of the pixels' noise with which the data are likeliest, for a
// code of k numbers. eigenvalues: of the data's covariance, largest first; more than k
inline double best_noise(const std::vector<double>& eigenvalues, int k) {
    (void)eigenvalues, (void)k;  // to be used
    return 0;                    // to be written
}
