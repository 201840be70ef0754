#pragma once

#include <cmath>
#include <vector>

#include "lessons/11_contractive/contractive_autoencoder.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"

// What is measured of trained networks, on held-out images.
namespace lessons {

// A network whose W and b are divided by 10, over the same network as it is.
struct Shrunk {
    double bce_ratio, norm2_ratio;
};
inline Shrunk measure_shrunk(const ContractiveAutoencoder& model, const support::Images& held_out) {
    autograd::NoGrad no_grad;
    const auto shrunk = [&](const Tensor& x) { return shrunk_reconstruction(model, x, 10); };
    const Tensor x = to_tensor(support::first(held_out, 1000));
    return {support::reconstruction_error(held_out, shrunk).bce /
                support::reconstruction_error(held_out, model).bce,
            closed_form(shrunk_code(model, x, 10), model.W / 10).item() /
                closed_form(model.encode(x), model.W).item()};
}

// A network of two layers: its error, ||J||^2 on the first 100 images by the engine, the length of
// W*, and how far the mean of 20 projections lies from that ||J||^2, relative.
struct Deep {
    double bce, norm2, decoder_norm, projection_error;
};
inline Deep measure_deep(const DeepAutoencoder& model, const support::Images& held_out, Rng& rng) {
    const auto code = [&](const Tensor& x) { return model.encode(x); };
    const Tensor x = to_tensor(support::first(held_out, 100));
    const double exact = by_engine(code, x).item();
    double estimate = 0;
    for (int draw = 0; draw < 20; ++draw) estimate += by_projection(code, x, rng).item() / 20;
    return {support::reconstruction_error(held_out, model).bce, exact,
            std::sqrt(sum(square(model.decoder.weight)).item()), std::abs(estimate / exact - 1)};
}

}  // namespace lessons
