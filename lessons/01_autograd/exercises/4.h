#pragma once

#include "autograd/autograd.h"
#include "autograd/map.h"

// Exercise 01.4: y = sin(x), an operation of your own. Give record() the gradient function that
// makes dL/dx of g = dL/dy.
inline autograd::Tensor sine(const autograd::Tensor& x) {
    return record("sine", autograd::map(x, [](double v) { return std::sin(v); }), {x},
                  [](auto& g, auto&, auto&) { return g; });  // to be mended
}
