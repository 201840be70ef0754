// Lesson 14 in its page: a code of two numbers, the plane of digits that forms while it trains.
#include <algorithm>
#include <stdexcept>

#include "lessons/14_deep/deep_autoencoder.h"
#include "lessons/14_deep/measures.h"
#include "lessons/book/wasm/data.h"
#include "lessons/book/wasm/part.h"

namespace lessons::book {
namespace {

// The code has two numbers; on each side of it are so many hidden layers.
std::vector<int> sizes(int n, int hidden_layers) {
    std::vector<int> result = {n, 250, 100, 30};
    result.resize(std::size_t(1 + hidden_layers));
    result.push_back(2);
    return result;
}

class PlaneOfDigits : public Part {
  public:
    PlaneOfDigits(const Settings& settings, const Data& data)
        : train(labelled_images(data, "train-0", 10'000)),
          test(labelled_images(data, "test", 1000)),
          some(labelled_images(data, "test", 500)),  // enough dots, many times a second
          lr(get(settings, "lr", 0.003)),
          epochs(get(settings, "epochs", 10)),
          rng(std::uint64_t(get(settings, "seed", 1))),
          model(sizes(train.size(), int(get(settings, "layers", 3))),
                get(settings, "logistic", 0) != 0 ? Unit(autograd::sigmoid) : Unit(elu), rng),
          adam(model.parameters()) {}

    double step() override {
        if (next == batches.size()) {  // an epoch begins
            batches = nn::shuffled_batches(train.count, batch_size, rng);
            next = 0;
        }
        // Short steps while Adam has seen little, then long ones, and short ones to end at rest.
        const double done = steps++ / (epochs * double(batches.size()));
        adam.settings.lr = lr * std::min({20 * done, 1.0, 2 * (1 - done)});
        const Tensor loss = deep_loss(model, to_tensor(train, batches[next++]));
        adam.zero_grad();
        loss.backward();
        adam.step();
        return loss.item();
    }

    std::vector<float> read(std::string_view what, std::span<const float> given) override {
        const autograd::NoGrad no_grad;
        const auto encode = [&](const Tensor& x) { return model.encode(x); };
        if (what == "codes") return floats(support::codes(some, encode));
        if (what == "labels") return {some.labels.begin(), some.labels.begin() + some.count};
        if (what == "decode") return floats(model.decode(rows_of(given, 2)));
        if (what == "digit")  // a held-out one: its number is given
            return floats(to_tensor(test, std::vector<int>(given.begin(), given.end())));
        if (what == "neighbours")  // how often the 15 nearest training codes name the right digit
            return {float(neighbour_accuracy(support::codes(train, encode), train.labels,
                                             support::codes(test, encode), test.labels, 15))};
        throw std::invalid_argument("lesson 14 has no " + std::string(what));
    }

  private:
    static constexpr int batch_size = 50;
    const support::Images train, test, some;
    const double lr, epochs;
    Rng rng;
    const StackedAutoencoder model;
    nn::Adam adam;
    std::vector<std::vector<int>> batches;  // of this epoch
    std::size_t next = 0;
    int steps = 0;  // taken
};

}  // namespace

std::unique_ptr<Part> make_14(const Settings& settings, const Data& data) {
    return std::make_unique<PlaneOfDigits>(settings, data);
}

}  // namespace lessons::book
