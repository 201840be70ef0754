#pragma once

#include <string>
#include <utility>
#include <vector>

#include "autograd/tensor.h"

namespace autograd {

// The graph that `output` was computed by, as text in the DOT language, which Graphviz draws
// (`dot -Tpng`), inputs above results. Each node shows its operation, its shape and, when they are
// few, its values. A tensor listed in `names` is shown under that name. Throws
// std::invalid_argument for an undefined output.
std::string to_dot(const Tensor& output,
                   const std::vector<std::pair<std::string, Tensor>>& names = {});

}  // namespace autograd
