// Differentiates x^2 at 3; fails if that is not 6.
#include <iostream>

#include "autograd/autograd.h"
#if __has_include("nn/nn.h")
#include "nn/nn.h"
#endif

#ifdef HOURGLASS_DOUBLE
static_assert(sizeof(autograd::real) == 8);
#else
static_assert(sizeof(autograd::real) == 4);
#endif

int main() {
    autograd::Tensor x(3);
    x.requires_grad_();
    square(x).backward();
    std::cout << "d(x^2)/dx at 3 = " << x.grad().item() << '\n';
    return x.grad().item() == 6 ? 0 : 1;
}
