// What only float shows of the optimisers.
#include "nn/optim.h"

#include "autograd/autograd.h"
#include "tests/autograd/support.h"

// 1 - 0.999 has lost half its digits when 0.999 is rounded to float before the subtraction; the
// divisor that undoes the bias, computed in double, would no longer fit it.
TEST(AdamInFloat, TheFirstStepIsTheLearningRate) {
    tests::Tensor p = autograd::tensor({0, 0}).requires_grad_();
    nn::Adam adam({p}, {.lr = 1, .beta2 = 0.99999});
    sum(p * autograd::tensor({3, -1e-3})).backward();
    adam.step();
    EXPECT_NEAR(p.data()[0], -1, 1e-6);
    EXPECT_NEAR(p.data()[1], 1, 2e-5);  // eps is a hundred-thousandth of 1e-3
}

// 1 - 9e-8 is, as a float, 1 - 1.2e-7 or 1 - 6e-8.
TEST(AdamWInFloat, ASmallWeightDecayIsNotRoundedTo1) {
    tests::Tensor p = autograd::tensor({1 << 23}).requires_grad_();
    nn::AdamW adam({p}, {.lr = 9e-6, .weight_decay = 1e-2});
    sum(0 * p).backward();
    adam.step();
    EXPECT_EQ(p.data()[0], (1 << 23) - 1);  // 0.75, rounded
    for (int i = 0; i < 3; ++i) adam.step();
    EXPECT_EQ(p.data()[0], (1 << 23) - 4);
}
