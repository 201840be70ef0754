#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "autograd/tensor.h"

namespace autograd {

struct GradientCheck {
    bool ok = true;
    double largest_error = 0;  // |engine - differences| / max(1, |engine|), over all elements
    std::string message;       // where that is: input, element, both values, a likely cause
    explicit operator bool() const { return ok; }
};

// Compares the engine's gradients of y = f(inputs) with central differences,
//     df/dx ~ (f(x + h) - f(x - h)) / 2h,   h = eps^(1/3) max(1, |x|),
// whose error is of order h^2, about 1e-10 in double. A result y of many elements is first
// projected on a random direction v, L = sum(v y), the same for both. Order 2 does the same to the
// gradients: they are projected, L2 = sum(u dL/dx), and differentiated again. ok means that no
// element is off by more than `tolerance`. f must depend smoothly on its inputs near the given
// point: keep away from kinks. Throws std::logic_error in the float build, whose round-off would
// drown the comparison: use autograd_double.
GradientCheck check_gradients(const std::function<Tensor(const std::vector<Tensor>&)>& f,
                              const std::vector<Tensor>& inputs, int order = 1,
                              double tolerance = 1e-7);

// The same for a loss of leaves that it holds itself, such as a model's parameters():
//     check_gradients([&] { return loss(model(x), x); }, model.parameters(), 2)
// The leaves are moved in place, an element at a time, and the loss is evaluated anew for each
// move. Afterwards they have their old values to the bit, also when the loss throws. Throws
// std::invalid_argument for a parameter that is no leaf or needs no gradient.
GradientCheck check_gradients(const std::function<Tensor()>& loss, std::vector<Tensor> parameters,
                              int order = 1, double tolerance = 1e-7);

}  // namespace autograd
