#include "nn/module.h"

#include "autograd/activations.h"
#include "nn/activations.h"
#include "nn/linear.h"
#include "tests/autograd/support.h"

namespace {

using autograd::Rng;
using tests::Tensor;

// The example of module.h.
struct Autoencoder : nn::Module {
    explicit Autoencoder(Rng& rng) : encoder(784, 32, rng), decoder(32, 784, rng) {}
    Tensor forward(const Tensor& x) const override {
        return sigmoid(decoder(leaky_relu(encoder(x))));
    }
    nn::NamedParameters named_parameters() const override {
        return nn::join({{"encoder", &encoder}, {"decoder", &decoder}});
    }
    nn::Linear encoder, decoder;
};

std::vector<std::string> names(const nn::Module& module) {
    std::vector<std::string> result;
    for (const auto& [name, tensor] : module.named_parameters()) result.push_back(name);
    return result;
}

}  // namespace

TEST(Module, NamesAndCountsItsParameters) {
    Rng rng(1);
    const Autoencoder model(rng);
    EXPECT_EQ(names(model), (std::vector<std::string>{"encoder.weight", "encoder.bias",
                                                      "decoder.weight", "decoder.bias"}));
    EXPECT_EQ(model.parameter_count(), 784 * 32 + 32 + 32 * 784 + 784);
    const auto parameters = model.parameters();
    ASSERT_EQ(parameters.size(), 4u);
    // Handles on the parameters, not copies of them.
    EXPECT_EQ(parameters[0].node(), model.encoder.weight.node());
    EXPECT_EQ(parameters[3].node(), model.decoder.bias.node());
    EXPECT_EQ(model(autograd::zeros({5, 784})).shape(), (autograd::Shape{5, 784}));
}

TEST(Module, HasNoParametersUnlessItNamesThem) {
    const nn::Tanh module;
    EXPECT_TRUE(module.named_parameters().empty());
    EXPECT_EQ(module.parameter_count(), 0);
}

TEST(Module, JoinPutsNamesBehindOneAnother) {
    Rng rng(1);
    const Autoencoder model(rng);
    const nn::Linear probe(32, 10, rng);
    const auto named = nn::join({{"model", &model}, {"probe", &probe}});
    ASSERT_EQ(named.size(), 6u);
    EXPECT_EQ(named[0].first, "model.encoder.weight");
    EXPECT_EQ(named[5].first, "probe.bias");
    EXPECT_EQ(named[5].second.node(), probe.bias.node());
    EXPECT_TRUE(nn::join({}).empty());
}

// In parentheses the compiler chooses which layer is made first.
TEST(Sequential, InParenthesesTheLayersAreDrawnFromLeftToRightToo) {
    Rng rng(1), again(1);
    const nn::Sequential net(nn::Linear(3, 2, rng), nn::ReLU(), nn::Linear(2, 4, rng), nn::Tanh(),
                             nn::Linear(4, 3, rng)),
        braces{nn::Linear(3, 2, again), nn::ReLU(), nn::Linear(2, 4, again), nn::Tanh(),
               nn::Linear(4, 3, again)};
    for (int i = 0; i < 6; ++i)
        EXPECT_EQ(net.parameters()[i].to_vector(), braces.parameters()[i].to_vector()) << i;
    EXPECT_EQ(rng, again);
}

TEST(Sequential, InParenthesesKeepsLayersThatWereNotDrawnThere) {
    Rng rng(1);
    nn::Linear last(2, 3, rng), first(3, 2, rng);
    const auto weights = first.weight.to_vector();
    const nn::Sequential named(first, last);
    EXPECT_EQ(named.parameters()[0].to_vector(), weights);
    first.weight.mutable_data()[0] = 42;
    EXPECT_EQ(named.parameters()[0].data()[0], 42);
    const nn::Sequential moved(std::move(first), nn::Tanh(), std::move(last));
    EXPECT_EQ(moved.parameters()[0].data()[0], 42);
}

TEST(Sequential, InParenthesesRefusesWhatItCantDrawAgain) {
    Rng rng(1);
    tests::expect_invalid(
        [&] { nn::Sequential(nn::Sequential{nn::Linear(3, 2, rng)}, nn::Linear(2, 3, rng)); },
        "write Sequential{...}, in braces");
}

TEST(Sequential, InBracesTheLayersAreDrawnFromLeftToRight) {
    Rng rng(1), again(1);
    const nn::Sequential net{nn::Linear(3, 2, rng), nn::ReLU(), nn::Linear(2, 3, rng)};
    const nn::Linear first(3, 2, again), last(2, 3, again);
    const auto p = net.parameters();
    EXPECT_EQ(p[0].to_vector(), first.weight.to_vector());
    EXPECT_EQ(p[1].to_vector(), first.bias.to_vector());
    EXPECT_EQ(p[2].to_vector(), last.weight.to_vector());
    EXPECT_EQ(p[3].to_vector(), last.bias.to_vector());
}

TEST(Sequential, AppliesItsLayersInOrder) {
    Rng rng(1);
    const nn::Linear first(3, 2, rng), last(2, 3, rng);
    const nn::Sequential net{first, nn::LeakyReLU(0.2), last, nn::Sigmoid()};
    const Tensor x = tests::random({4, 3}, 2);
    EXPECT_EQ(net(x).to_vector(), sigmoid(last(leaky_relu(first(x), 0.2))).to_vector());
    EXPECT_EQ(nn::Sequential()(x).to_vector(), x.to_vector());
}

TEST(Sequential, NamesParametersByPosition) {
    Rng rng(1);
    const nn::Sequential net{nn::Linear(3, 2, rng), nn::ReLU(), nn::Linear(2, 3, rng)};
    EXPECT_EQ(names(net), (std::vector<std::string>{"0.weight", "0.bias", "2.weight", "2.bias"}));
    EXPECT_EQ(net.parameter_count(), 6 + 2 + 6 + 3);
    const nn::Sequential outer{net, nn::Sigmoid()};
    EXPECT_EQ(names(outer)[2], "0.2.weight");
}

TEST(Sequential, ACopySharesItsLayers) {
    Rng rng(1);
    const nn::Sequential net{nn::Linear(3, 2, rng)}, copy = net;
    copy.parameters()[0].mutable_data()[0] = 42;
    EXPECT_EQ(net.parameters()[0].data()[0], 42);
}
