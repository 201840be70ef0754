// d(sum(x W))/dx for a layer whose weights are all 0.1: built once in float and once in double.
#include "autograd/autograd.h"
#include "nn/nn.h"

namespace PART {

double gradient() {
    autograd::Rng rng(1);
    nn::Linear layer(3, 1, rng);
    for (int i = 0; i < 3; ++i) layer.weight.mutable_data()[i] = autograd::real(0.1);
    autograd::Tensor x = autograd::ones({1, 3}).requires_grad_();
    sum(layer(x)).backward();
    return x.grad().at({0, 0});
}

}  // namespace PART
