#include "lessons/08_tied_weights/tied_autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

namespace {

// Whether the model has an s at all, listed or not.
template <class Model>
bool has_s(const Model& model) {
    return requires { model.s; };
}

}  // namespace

TEST(Exercise, AScaleForEachUnit) {
    autograd::Rng rng(3);
    lessons::TiedAutoencoder model(6, 4, rng);
    model.b = autograd::normal({4}, 0, 0.3, rng).requires_grad_();
    model.c = autograd::normal({6}, 0, 0.3, rng).requires_grad_();
    const Tensor x = autograd::uniform({5, 6}, 0, 1, rng);

    Tensor s;
    for (const auto& [name, parameter] : model.named_parameters())
        if (name != "W" && name != "b" && name != "c") s = parameter;
    if (!s.defined())
        FAIL() << (has_s(model) ? "s is a member, but `named_parameters` doesn't list it: no "
                                  "optimiser would move it."
                                : "`named_parameters` still lists W, b and c alone. Where is s?");
    if (s.size() == 1)
        FAIL() << "s is one number for the whole code. Each unit has its own: k numbers.";
    if (s.size() == 6)
        FAIL() << "s has a number for each pixel. It should have one for each unit: k numbers.";
    ASSERT_EQ(s.size(), 4) << "s should have k numbers, one for each unit";
    if (!s.requires_grad()) FAIL() << "s has no `requires_grad_()`: no gradient would reach it.";
    check::expect_answer("s at the start", s.to_vector(), {1, 1, 1, 1},
                         {{{0, 0, 0, 0},
                           "s begins at 0: nothing of the code reaches the decoder then. Begin at "
                           "1, where the network is what it was."}});
    if (testing::Test::HasFailure()) return;

    const std::vector<double> scales = {0.5, -1, 2, 3};
    std::ranges::copy(scales, s.mutable_data());
    const Tensor W = model.W, b = model.b, c = model.c, Wt = transpose(W);
    const Tensor h = leaky_relu(linear(x, W, b), lessons::leak);
    check::expect_answer(
        "the code h", model.encode(x).to_vector(), h.to_vector(),
        {{(h * s).to_vector(),
          "`encode` multiplies by s. The code should stay what it was: only `decode` scales it."},
         {leaky_relu(linear(x, W * s, b), lessons::leak).to_vector(),
          "`encode` uses W times s. Its W should stay as it was: only `decode` scales."}});
    if (testing::Test::HasFailure()) return;
    const auto decoded = [&](const Tensor& code) { return sigmoid(linear(code, Wt, c)); };
    check::expect_answer("x_hat", model.decode(h).to_vector(), decoded(h * s).to_vector(),
                         {{decoded(h).to_vector(), "`decode` doesn't use s yet."},
                          {decoded(h / s).to_vector(), "`decode` divides by s."},
                          {decoded(h + s).to_vector(), "`decode` adds s: that is a bias."},
                          {decoded(h * s * s).to_vector(), "`decode` multiplies by s twice."}});
    if (testing::Test::HasFailure()) return;
    const auto gradient = [&](const Tensor& x_hat, const Tensor& of) {
        // What the loss doesn't depend on has the gradient 0, and is no error.
        return grad(lessons::reconstruction_loss(x_hat, x) + 0 * sum(of), of).to_vector();
    };
    check::expect_answer("dL/ds", gradient(model(x), s), gradient(decoded(h * s), s),
                         {{{0, 0, 0, 0},
                           "The values are right, but no gradient reaches s: it was cut off (by "
                           "`detach`?)."}});
    check::expect_answer("dL/dW", gradient(model(x), W), gradient(decoded(h * s), W), {});
}
