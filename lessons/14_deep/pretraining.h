#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "lessons/14_deep/deep_autoencoder.h"
#include "lessons/14_deep/training.h"

// Greedy layer-wise pretraining: each layer, from the outside in, as a small autoencoder of what
// the layers before it make of the images. Hinton & Salakhutdinov took restricted Boltzmann
// machines for the layers; autoencoders do as well (Bengio et al. 2007, section 3).
namespace lessons {

// Layer l's own encoder and its mirror image in the decoder; the weights are the model's.
inline std::vector<Tensor> layer_parameters(const StackedAutoencoder& model, std::size_t l) {
    return nn::Sequential{model.encoder[l], model.decoder[model.decoder.size() - 1 - l]}
        .parameters();
}

// Its loss: the cross-entropy between h, what the layers before it make of x, and
//     h_hat = sigmoid(g(h W_l + b_l) W*_l + c_l)          without g where the code is linear.
// h is taken as given: no gradient reaches the layers before. Its units must be logistic, so that
// h lies between 0 and 1.   x: [m, n]
inline Tensor layer_loss(const StackedAutoencoder& model, std::size_t l, const Tensor& x) {
    const Tensor h = model.hidden(x, l).detach();
    const bool innermost = l + 1 == model.encoder.size();
    const Tensor z = model.encoder[l](h), code = innermost ? z : model.g(z);
    const Tensor logits = model.decoder[model.decoder.size() - 1 - l](code);
    return nn::binary_cross_entropy_with_logits(logits, h);
}

// All layers one after the other, `epochs` each, by gradient descent with momentum. The innermost
// one, whose code is linear and has no bounds, goes at a tenth of the learning rate. Returns the
// number of steps.
inline std::size_t pretrain(const Trainer& train, const StackedAutoencoder& model,
                            const support::Images& images, int epochs, double lr) {
    std::size_t steps = 0;
    for (std::size_t l = 0; l < model.encoder.size(); ++l)
        steps += train("layer " + std::to_string(l + 1) + " alone",
                       nn::Sgd(layer_parameters(model, l), {.momentum = 0.9}), images, epochs,
                       l + 1 < model.encoder.size() ? lr : lr / 10,
                       [&](const Tensor& x) { return layer_loss(model, l, x); })
                     .size();
    return steps;
}

// A way to begin and a way down. All have the same number of steps, those of pretraining counted.
struct Start {
    std::string name, title;
    Unit g;
    double lr;
    bool adam = false, pretrained = false;
};
inline std::vector<Start> starts(double momentum_lr, double adam_lr) {
    const Unit logistic = [](const Tensor& z) { return sigmoid(z); };
    return {{"unpretrained", "logistic, momentum", logistic, momentum_lr},
            {"pretrained", "the same, pretrained", logistic, momentum_lr, false, true},
            {"logistic_adam", "logistic, Adam", logistic, adam_lr, true},
            {"elu_momentum", "ELU, momentum", elu, momentum_lr / 15},
            {"elu_adam", "ELU, Adam", elu, adam_lr, true}};
}

// Trains `model` in that way: half of the epochs for its layers, if they are pretrained, each an
// eighth. Returns the losses of the whole network, and from which step on they are.
inline std::pair<std::vector<double>, std::size_t> run(const Start& start, const Trainer& train,
                                                       const StackedAutoencoder& model,
                                                       const support::Images& images, int epochs) {
    std::size_t before = 0;
    if (start.pretrained) {
        const int layer_epochs = std::max(1, epochs / int(2 * model.encoder.size()));
        before = pretrain(train, model, images, layer_epochs, start.lr / 3);
        epochs -= layer_epochs * int(model.encoder.size());
    }
    return {start.adam ? train.adam(start.title, model, images, epochs, start.lr)
                       : train.momentum(start.title, model, images, epochs, start.lr),
            before};
}

}  // namespace lessons
