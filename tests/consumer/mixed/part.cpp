#include "autograd/autograd.h"

autograd::Tensor twice(const autograd::Tensor& x) { return 2 * x; }
