#include "autograd/autograd.h"

autograd::Tensor twice(const autograd::Tensor& x);

int main() { return twice(autograd::Tensor(3)).item() == 6 ? 0 : 1; }
