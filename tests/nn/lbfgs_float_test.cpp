#include <gtest/gtest.h>

#include "autograd/autograd.h"
#include "nn/lbfgs.h"

using autograd::Rng;
using autograd::Tensor;

// In float the gradient never becomes as small as asked, and the loss stops at round-off: it ends
// there, at the minimum as well as float can tell.
TEST(LbfgsFloat, EndsWhereRoundOffBegins) {
    Rng rng(1);
    const Tensor x = autograd::normal({100, 20}, 0, 1, rng),
                 y = autograd::normal({100, 1}, 0, 1, rng);
    Tensor w = autograd::zeros({20, 1}).requires_grad_();
    nn::Lbfgs lbfgs({w}, {.tolerance = 0});
    const auto loss = [&] { return sum(square(matmul(x, w) - y)); };
    int steps = 0;
    while (!lbfgs.converged() && steps < 200) lbfgs.step(loss), ++steps;
    EXPECT_LT(steps, 60);
    const Tensor normal_equation = matmul(transposed(x), matmul(x, w) - y);
    EXPECT_LT(max(reshape(abs(normal_equation), {20}), 0).item(), 1e-3);
}
