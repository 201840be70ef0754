#include "lessons/13_edges/edge_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, BiasesBeginAtZero) {
    autograd::Rng rng(4), same(4);
    const lessons::EdgeAutoencoder model(6, 4, rng);
    const auto all = [](std::size_t n, double v) { return std::vector<double>(n, v); };
    check::expect_answer(
        "the output's biases c", model.c.to_vector(), all(6, 0),
        {{all(6, -3), "These are the output's biases, c. The units' are b; c was 0 already."}});
    if (testing::Test::HasFailure()) return;
    check::expect_answer(
        "the units' biases b", model.b.to_vector(), all(4, 0),
        {{all(4, -3), "The biases still begin at -3, and each unit at sigmoid(-3) = 0.05."},
         {all(4, 3),
          "The biases begin at 3 now: each unit is nearly always on. In the middle is 0."},
         {all(4, 0.5),
          "It is the activation that should begin at 0.5, and sigmoid(0) = 0.5. So the bias must "
          "be 0."}});
    if (testing::Test::HasFailure()) return;
    check::expect_answer("the weights W, which should begin as before", model.W.to_vector(),
                         nn::init::xavier_uniform(6, 4, same).to_vector(),
                         {{all(24, 0),
                           "The weights begin at 0, too: all units are then the same, and stay so. "
                           "Only b should."}});
    if (testing::Test::HasFailure()) return;
    for (const auto& [name, parameter] : model.named_parameters())
        EXPECT_TRUE(parameter.requires_grad())
            << name << " begins where it should, but would stay there: requires_grad_() is missing";
}
