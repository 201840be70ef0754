// Lesson 09 in its page: digits with pixels rubbed out, and what a network makes of them.
#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "lessons/09_denoising/restoring.h"
#include "lessons/book/wasm/data.h"
#include "lessons/book/wasm/part.h"

namespace lessons::book {
namespace {

class Denoising : public Part {
  public:
    Denoising(const Settings& settings, const Data& data)
        : train(images(data, "train-0")),
          test(images(data, "test")),
          q(get(settings, "q", 0.5)),
          lr(get(settings, "lr", 0.01)),
          epochs(get(settings, "epochs", 6)),
          rng(std::uint64_t(get(settings, "seed", 1))),
          model(train.size(), int(get(settings, "hidden", 500)), rng),
          adam(model.parameters(), {.lr = lr}) {}

    double step() override {
        if (next == batches.size()) {  // an epoch begins
            batches = nn::shuffled_batches(train.count, 128, rng);
            next = 0;
        }
        // Long steps first, short ones last: a brief training ends at rest.
        const double done = steps++ / (epochs * double(batches.size()));
        adam.settings.lr = lr * std::max(0.0, 1 - done);
        const Tensor x = to_tensor(train, batches[next++]);
        const Tensor loss = denoising_loss(model, masked(x, q, rng), x);
        adam.zero_grad();
        loss.backward();
        adam.step();
        return loss.item();
    }

    std::vector<float> read(std::string_view what, std::span<const float> given) override {
        const autograd::NoGrad no_grad;
        if (what == "filters") return first_filters(model, 48);
        // Eight held-out digits, the same with half of their pixels, and restored.
        if (what == "held_out") {
            std::vector<int> first(8);
            std::iota(first.begin(), first.end(), 0);
            Rng same(9);  // at every call
            const Tensor x = to_tensor(test, first), x_tilde = masked(x, 0.5, same);
            return floats(concat(concat(x, x_tilde), model(x_tilde)));
        }
        if (what == "digit")  // a held-out one: its number is given
            return floats(to_tensor(test, std::vector<int>(given.begin(), given.end())));
        if (what == "erase" && !given.empty())  // a share of the pixels, and the pixels
            return floats(masked(rows_of(given.subspan(1), test.size()), given[0], erasing));
        if (what == "restore") return floats(model(rows_of(given, test.size())));
        if (what == "test_bce") {  // of a thousand: clean, and with half their pixels
            support::Images some = test;
            some.count = std::min(1000, test.count);
            return {float(error_after(masking(0), model, some).bce),
                    float(error_after(masking(0.5), model, some).bce)};
        }
        throw std::invalid_argument("lesson 09 has no " + std::string(what));
    }

  private:
    const support::Images train, test;
    const double q, lr, epochs;
    Rng rng;
    Rng erasing{9};  // what a visitor rubs out does not change the training
    const DenoisingAutoencoder model;
    nn::Adam adam;
    std::vector<std::vector<int>> batches;  // of this epoch
    std::size_t next = 0;
    int steps = 0;  // taken
};

}  // namespace

std::unique_ptr<Part> make_09(const Settings& settings, const Data& data) {
    return std::make_unique<Denoising>(settings, data);
}

}  // namespace lessons::book
