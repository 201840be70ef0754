// Lesson 11 in its page: points along a line, and how far their code moves along it and across it.
#include <stdexcept>

#include "lessons/11_contractive/plane.h"
#include "lessons/book/wasm/data.h"
#include "lessons/book/wasm/part.h"

namespace lessons::book {
namespace {

class Contractive : public Part {
  public:
    Contractive(const Settings& settings, const Data&)
        : lambda(get(settings, "lambda", 0.01)),
          rng(std::uint64_t(get(settings, "seed", 1))),
          plain(0, std::uint64_t(get(settings, "seed", 1))),
          model(2, 8, rng),
          lbfgs(model.parameters(), {}) {
        note();
    }

    double step() override {
        const double loss = lbfgs.step([&] { return contractive_loss(model, plain.x, lambda); });
        note();
        return loss;
    }

    std::vector<float> read(std::string_view what, std::span<const float>) override {
        if (what == "points") return floats(plain.x);
        if (what == "directions") return floats(concat(plain.u1, plain.u2));
        // How far the code of a network without a penalty moves along the data and across them.
        if (what == "plain") return {float(plain.along), float(plain.across)};
        if (what == "history") return history;
        throw std::invalid_argument("lesson 11 has no " + std::string(what));
    }

  private:
    // The network as it is now: how far its code moves along and across, and the loss's two parts.
    // Grey points have a cross-entropy of their own, which no reconstruction can take away (lesson
    // 04): the first part is what lies above it.
    void note() {
        const autograd::NoGrad no_grad;
        const Tensor h = model.encode(plain.x);
        const double along = sensitivity(model, plain.x, plain.u1),
                     across = sensitivity(model, plain.x, plain.u2),
                     reconstruction = (reconstruction_loss(model, h, plain.x) -
                                       nn::binary_cross_entropy(plain.x, plain.x))
                                          .item(),
                     penalty = lambda * closed_form(h, model.W).item();
        for (const double number : {along, across, reconstruction, penalty})
            history.push_back(float(number));
    }

    const double lambda;
    Rng rng;
    const Plane plain;
    const ContractiveAutoencoder model;
    nn::Lbfgs lbfgs;
    std::vector<float> history;  // four numbers for each step
};

}  // namespace

std::unique_ptr<Part> make_11(const Settings& settings, const Data& data) {
    return std::make_unique<Contractive>(settings, data);
}

}  // namespace lessons::book
