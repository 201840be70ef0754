#pragma once

#include <cstddef>
#include <vector>

#include "lessons/14_deep/deep_autoencoder.h"

// Greedy layer-wise pretraining: each layer, from the outside in, as a small autoencoder of what
// the layers before it make of the images. Hinton & Salakhutdinov took restricted Boltzmann
// machines for the layers; autoencoders do as well (Bengio et al. 2007, section 3).
namespace lessons {

// Layer l's own encoder and its mirror image in the decoder; the weights are the model's.
inline std::vector<Tensor> layer_parameters(const DeepAutoencoder& model, std::size_t l) {
    return nn::Sequential{model.encoder[l], model.decoder[model.decoder.size() - 1 - l]}
        .parameters();
}

// Its loss: the cross-entropy between h, what the layers before it make of x, and
//     h_hat = sigmoid(g(h W_l + b_l) W*_l + c_l)          without g where the code is linear.
// h is taken as given: no gradient reaches the layers before. Its units must be logistic, so that
// h lies between 0 and 1.   x: [m, n]
inline Tensor layer_loss(const DeepAutoencoder& model, std::size_t l, const Tensor& x) {
    const Tensor h = model.hidden(x, l).detach();
    const bool innermost = l + 1 == model.encoder.size();
    const Tensor z = model.encoder[l](h), code = innermost ? z : model.g(z);
    const Tensor logits = model.decoder[model.decoder.size() - 1 - l](code);
    return nn::binary_cross_entropy_with_logits(logits, h);
}

}  // namespace lessons
