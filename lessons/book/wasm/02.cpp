// Lesson 02 in its page: a digit as a few numbers, and back.
#include <numeric>
#include <stdexcept>

#include "lessons/02_autoencoder/autoencoder.h"
#include "lessons/book/wasm/data.h"
#include "lessons/book/wasm/part.h"
#include "lessons/support/evaluate.h"

namespace lessons::book {
namespace {

Autoencoder new_model(int pixels, int hidden, Rng& rng) {
    Autoencoder model(pixels, hidden, rng);
    initialise(model.encoder, rng);
    return model;
}

class Digits : public Part {
  public:
    Digits(const Settings& settings, const Data& data)
        : train(images(data, "train-0")),
          test(images(data, "test")),
          batch_size(int(get(settings, "batch_size", 256))),
          rng(std::uint64_t(get(settings, "seed", 123))),
          model(new_model(train.size(), int(get(settings, "hidden", 32)), rng)),
          adam(model.parameters(), {.lr = get(settings, "lr", 0.005)}) {}

    double step() override {
        if (next == batches.size()) {  // an epoch begins
            batches = nn::shuffled_batches(train.count, batch_size, rng);
            next = 0;
        }
        const Tensor x = to_tensor(train, batches[next++]);
        const Tensor loss = reconstruction_loss(model(x), x);
        adam.zero_grad();
        loss.backward();
        adam.step();
        return loss.item();
    }

    std::vector<float> read(std::string_view what, std::span<const float> given) override {
        const autograd::NoGrad no_grad;
        if (what == "reconstructions") {  // ten held-out digits, then the same from their codes
            std::vector<int> first(10);
            std::iota(first.begin(), first.end(), 0);
            const Tensor x = to_tensor(test, first);
            return floats(concat(x, model(x)));
        }
        if (what == "digits") {  // held-out digits: their numbers are given
            return floats(to_tensor(test, std::vector<int>(given.begin(), given.end())));
        }
        if (what == "encode") return floats(model.encode(rows_of(given, test.size())));
        if (what == "decode") {
            return floats(model.decode(rows_of(given, model.decoder.weight.size(0))));
        }
        if (what == "ranges") {  // of each number of the code: the highest, then the lowest
            const Tensor h = support::codes(test, [&](const Tensor& x) { return model.encode(x); });
            return floats(concat(max(h, 0), -max(-h, 0)));
        }
        if (what == "features") return floats(model.decoder.weight);
        if (what == "test_bce") return {float(support::reconstruction_error(test, model).bce)};
        throw std::invalid_argument("lesson 02 has no " + std::string(what));
    }

  private:
    const support::Images train, test;
    const int batch_size;
    Rng rng;
    const Autoencoder model;
    nn::Adam adam;
    std::vector<std::vector<int>> batches;  // of this epoch
    std::size_t next = 0;
};

}  // namespace

std::unique_ptr<Part> make_02(const Settings& settings, const Data& data) {
    return std::make_unique<Digits>(settings, data);
}

}  // namespace lessons::book
