#include "nn/activations.h"

#include <cmath>
#include <functional>

#include "tests/autograd/support.h"

namespace {

using tests::Tensor;

void expect_elementwise(const nn::Module& module, const std::function<double(double)>& f) {
    const Tensor x = autograd::tensor({-3, -0.5, 0, 0.25, 4});
    const Tensor y = module(x);
    for (int i = 0; i < 5; ++i) EXPECT_NEAR(y.data()[i], f(x.data()[i]), 1e-15) << x.data()[i];
    EXPECT_TRUE(module.parameters().empty());
}

}  // namespace

TEST(Activations, AreTheFunctions) {
    expect_elementwise(nn::Sigmoid(), [](double x) { return 1 / (1 + std::exp(-x)); });
    expect_elementwise(nn::Tanh(), [](double x) { return std::tanh(x); });
    expect_elementwise(nn::ReLU(), [](double x) { return x > 0 ? x : 0; });
    expect_elementwise(nn::LeakyReLU(), [](double x) { return x > 0 ? x : 0.01 * x; });
    expect_elementwise(nn::LeakyReLU(0.3), [](double x) { return x > 0 ? x : 0.3 * x; });
    expect_elementwise(nn::Softplus(), [](double x) { return std::log(1 + std::exp(x)); });
}
