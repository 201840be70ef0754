#include "lessons/02_autoencoder/autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

namespace {

struct Layer {
    Tensor weight, bias;
    Tensor operator()(const Tensor& x) const { return linear(x, weight, bias); }
};

// The layer whose weight has this shape. A layer names its bias directly behind its weight.
Layer layer(const nn::NamedParameters& named, const autograd::Shape& shape) {
    for (std::size_t i = 0; i + 1 < named.size(); ++i)
        if (named[i].second.shape() == shape) return {named[i].second, named[i + 1].second};
    return {};
}

}  // namespace

TEST(Exercise, TwoLayersEachWay) {
    autograd::Rng rng(4);
    const lessons::Autoencoder model(784, 32, rng);
    const auto named = model.named_parameters();
    std::vector<double> sizes;
    for (std::size_t i = 0; i < named.size(); ++i) {
        sizes.push_back(double(named[i].second.size()));
        for (std::size_t j = 0; j < i; ++j)
            if (named[i].second.data() == named[j].second.data()) {
                ADD_FAILURE() << "`named_parameters` names one tensor twice, as " << named[j].first
                              << " and as " << named[i].first << ": each layer once.";
                return;
            }
    }
    std::ranges::sort(sizes);
    const double outer = 784 * 128, inner = 128 * 32;
    check::expect_answer(
        "the sizes of the named parameters, in order of size", sizes,
        {32, 128, 128, 784, inner, inner, outer, outer},
        {{{32, 784, 784 * 32, 784 * 32},
          "There are still two layers, 784-32 and 32-784: or `named_parameters` doesn't name the "
          "new ones."},
         {{128, 784, outer, outer},
          "`named_parameters` names the outer layers alone. What it leaves out no optimiser moves, "
          "and no file saves: the two inner layers would stay as they were drawn."},
         {{32, 128, inner, inner},
          "`named_parameters` names the inner layers alone. What it leaves out no optimiser moves, "
          "and no file saves: the two outer layers would stay as they were drawn."},
         {{32, 128, 784, inner, 784 * 32, outer},
          "Only one of the two halves has a second layer. Encoder: 784-128-32, decoder: "
          "32-128-784."}});
    if (testing::Test::HasFailure()) return;

    const Layer first = layer(named, {784, 128}), second = layer(named, {128, 32}),
                third = layer(named, {32, 128}), fourth = layer(named, {128, 784});
    const Tensor x = autograd::uniform({3, 784}, 0, 1, rng),
                 h = autograd::normal({3, 32}, 0, 1, rng);
    const auto g = [](const Tensor& z) { return leaky_relu(z, 0.01); };
    // Exercise 2 may still be in: a code without a bend is as good.
    const auto code = model.encode(x).to_vector(), plain = second(g(first(x))).to_vector();
    check::expect_answer(
        "the code g(g(x W1 + b1) W2 + b2)", code,
        check::agree(code, plain, 1e-9) ? plain : g(second(g(first(x)))).to_vector(),
        {{g(second(first(x))).to_vector(),
          "Between the encoder's two layers there is no bend: a matrix times a matrix is a matrix, "
          "so the two are no more than one."},
         {second(first(x)).to_vector(),
          "Between the encoder's two layers there is no bend: a matrix times a matrix is a matrix, "
          "so the two are no more than one."},
         {g(second(relu(first(x)))).to_vector(),
          "The bend between the encoder's layers is a ReLU without a leak. It learns, too; but "
          "take "
          "g, the leaky ReLU, as in the code itself."},
         {g(second(sigmoid(first(x)))).to_vector(),
          "Between the encoder's layers is a sigmoid. Take g, the leaky ReLU, as in the code "
          "itself."}});
    check::expect_answer(
        "the output f(g(h V1 + c1) V2 + c2)", model.decode(h).to_vector(),
        sigmoid(fourth(g(third(h)))).to_vector(),
        {{sigmoid(fourth(third(h))).to_vector(),
          "Between the decoder's two layers there is no bend: a matrix times a matrix is a matrix, "
          "so the two are no more than one."},
         {fourth(g(third(h))).to_vector(),
          "The output's sigmoid is lost: the outputs must be probabilities."},
         {sigmoid(fourth(sigmoid(third(h)))).to_vector(),
          "The sigmoid is the output's alone. Between the decoder's layers belongs g, the "
          "leaky ReLU."},
         {sigmoid(fourth(relu(third(h)))).to_vector(),
          "The bend between the decoder's layers is a ReLU without a leak. It learns, too; but "
          "take "
          "g, the leaky ReLU, as in the encoder."}});
}
