// Lesson 13 in its page: what a network finds in patches of photographs. Of the lesson's 100,000
// patches it takes 40,000, for a telephone's memory, and of its 11,730 steps two thirds.
#include <algorithm>
#include <stdexcept>

#include "lessons/09_denoising/restoring.h"
#include "lessons/13_edges/edge_autoencoder.h"
#include "lessons/13_edges/gabor.h"
#include "lessons/13_edges/patches.h"
#include "lessons/book/wasm/data.h"
#include "lessons/book/wasm/part.h"

namespace lessons::book {
namespace {

// Patches of all the photographs that the page has loaded, whitened.
Patches cut_out(const Data& data, int count, Rng& rng) {
    std::vector<Photograph> whitened_ones;
    for (const auto& [name, image] : data) {
        if (image.count != 1) continue;  // a sheet of digits
        Photograph photograph{name, image.height, image.width, {}};
        for (const std::uint8_t byte : image.pixels) photograph.pixels.push_back(byte / 255.0f);
        whitened_ones.push_back(whitened(photograph));
    }
    if (whitened_ones.empty()) throw std::invalid_argument("the page has loaded no photograph");
    return patches(whitened_ones, count, 0.1, rng);
}

// What is done to the input of the lesson's four networks.
Damage damage(const Settings& settings) {
    switch (int(get(settings, "kind", 0))) {
        case 0:
            return gaussian(get(settings, "sigma", 0.5));
        case 3:
            return masking(0.25);
        default:
            return masking(0);  // nothing
    }
}

class Edges : public Part {
  public:
    Edges(const Settings& settings, const Data& data)
        : rng(std::uint64_t(get(settings, "seed", 1))),
          patches(cut_out(data, int(get(settings, "patches", 40000)), rng)),
          damaged(damage(settings)),
          lambda(get(settings, "kind", 0) == 2 ? 1e-3 : 0),
          lr(get(settings, "lr", 0.01)),
          epochs(get(settings, "epochs", 25)),
          draws(std::uint64_t(get(settings, "seed", 1))),
          model(side * side, int(get(settings, "hidden", 200)), draws),
          adam(model.parameters(), {.lr = lr}) {}

    double step() override {
        if (next == batches.size()) {  // an epoch begins
            batches = nn::shuffled_batches(patches.count, 128, draws);
            next = 0;
        }
        const double done = steps++ / (epochs * double(batches.size()));
        adam.settings.lr = lr * std::max(0.0, 1 - done);
        const Tensor x = to_tensor(patches, batches[next++]);
        const Tensor loss = edge_loss(model, damaged(x, draws), x, lambda);
        adam.zero_grad();
        loss.backward();
        adam.step();
        return loss.item();
    }

    std::vector<float> read(std::string_view what, std::span<const float>) override {
        if (what == "filters") return floats(support::filters(model.W));
        if (what == "activation") {  // the units' mean over a thousand patches
            const autograd::NoGrad no_grad;
            return {float(mean(model.encode(narrow(patches.rows, 0, 0, 1000))).item())};
        }
        if (what == "edges") {  // which filters pass the lesson's three tests: takes a second
            const FilterShapes shapes = fit_gabors(support::filters(model.W));
            std::vector<float> are(shapes.r2.size());
            for (std::size_t l = 0; l < are.size(); ++l) are[l] = shapes.is_edge(l);
            return are;
        }
        throw std::invalid_argument("lesson 13 has no " + std::string(what));
    }

  private:
    Rng rng;
    const Patches patches;
    const Damage damaged;
    const double lambda, lr, epochs;
    Rng draws;
    const EdgeAutoencoder model;
    nn::Adam adam;
    std::vector<std::vector<int>> batches;  // of this epoch
    std::size_t next = 0;
    int steps = 0;  // taken
};

}  // namespace

std::unique_ptr<Part> make_13(const Settings& settings, const Data& data) {
    return std::make_unique<Edges>(settings, data);
}

}  // namespace lessons::book
