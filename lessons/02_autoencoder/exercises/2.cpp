#include "lessons/02_autoencoder/autoencoder.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, TheCodeWithoutItsBend) {
    autograd::Rng rng(2);
    const lessons::Autoencoder model(12, 3, rng);
    const Tensor x = autograd::uniform({8, 12}, 0, 1, rng);
    const auto both = [](const Tensor& h, const Tensor& x_hat) {
        std::vector<double> values = h.to_vector();
        for (const double v : x_hat.to_vector()) values.push_back(v);
        return values;
    };
    const auto output = [&](const Tensor& h) { return sigmoid(model.decoder(h)); };
    const Tensor z = model.encoder(x), leaky = leaky_relu(z, 0.01), sharp = relu(z),
                 no_bias = matmul(x, model.encoder.weight);
    check::expect_answer(
        "the code (numbers 0 to 23) and the output (24 to 119)", both(model.encode(x), model(x)),
        both(z, output(z)),
        {{both(leaky, output(leaky)),
          "The code is still bent: what is negative in it comes out a hundredth as large."},
         {both(leaky, model.decoder(leaky)),
          "The bend that is gone is the output's: `decode` needs its sigmoid, or the outputs are "
          "no "
          "probabilities. Take the one out of `encode`."},
         {both(z, model.decoder(z)),
          "Both bends are gone. `decode` must keep its sigmoid, or the outputs are no "
          "probabilities."},
         {both(sharp, output(sharp)),
          "That is a sharper bend, not none: what is negative in the code comes out as 0."},
         {both(leaky, output(z)),
          "`forward` goes around `encode` now, and `encode` itself is still bent. It is `encode` "
          "that should return the plain sum."},
         {both(no_bias, output(no_bias)),
          "The bend is gone, and the bias b with it. The code is x W + b, which is what the layer "
          "`encoder` returns."}});
}
