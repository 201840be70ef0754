#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

// Exercise 16.6: the importance-weighted bound L_K, mean over the images, from K draws for each.
// log_weights[image][draw]: log of p(x, z) / q(z|x), each image with as many draws
inline double bound_of(const std::vector<std::vector<double>>& log_weights) {
    (void)log_weights;  // to be used
    return 0;           // to be written
}
