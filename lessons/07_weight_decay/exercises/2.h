#pragma once

#include <cmath>

// Exercise 07.2: the decay for which AdamW leaves the share `left` of a weight that nothing else
// moves. The learning rate is 0.01 in the first epoch and falls in 100 equal steps to 0, one after
// each epoch; an epoch has 10 batches.
inline double decay_that_leaves(double left) {
    return left;  // to be mended
}
