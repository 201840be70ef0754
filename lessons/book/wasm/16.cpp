// Lesson 16 in its page: a code of two numbers that is a distribution, and the plane of all codes.
#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "lessons/16_variational/measures.h"
#include "lessons/16_variational/variational.h"
#include "lessons/book/wasm/data.h"
#include "lessons/book/wasm/part.h"

namespace lessons::book {
namespace {

class Plane : public Part {
  public:
    Plane(const Settings& settings, const Data& data)
        : train(images(data, "train-0")),
          test(images(data, "test")),
          beta(get(settings, "beta", 1)),
          batch_size(int(get(settings, "batch_size", 128))),
          rng(std::uint64_t(get(settings, "seed", 1))),
          model(train.size(), int(get(settings, "hidden", 400)), 2, rng),
          adam(model.parameters(), {.lr = get(settings, "lr", 0.003)}) {
        some = test;
        some.count = std::min(some.count, 250);  // enough dots, many times a second
    }

    double step() override {
        if (next == batches.size()) {  // an epoch begins
            batches = nn::shuffled_batches(train.count, batch_size, rng);
            next = 0;
        }
        const Tensor x = to_tensor(train, batches[next++]),
                     e = autograd::normal({x.size(0), model.k()}, 0, 1, rng);
        const Tensor loss = variational_loss(model, x, e, beta);
        adam.zero_grad();
        loss.backward();
        adam.step();
        return loss.item();
    }

    std::vector<float> read(std::string_view what, std::span<const float> given) override {
        const autograd::NoGrad no_grad;
        if (what == "plane") {  // decoded, as in the lesson's figure: from the upper left
            std::vector<double> at;
            for (int row = 0; row < side; ++row)
                for (int column = 0; column < side; ++column)
                    at.insert(at.end(), {reach * (2.0 * column / (side - 1) - 1),
                                         reach * (1 - 2.0 * row / (side - 1))});
            return floats(
                sigmoid(model.decode(autograd::tensor(at, {std::int64_t(side) * side, 2}))));
        }
        if (what == "codes")  // where held-out digits lie
            return floats(
                support::codes(some, [&](const Tensor& x) { return model.encode(x).mean; }));
        if (what == "bound") {  // of a thousand: the bound, and KL
            support::Images thousand = test;
            thousand.count = std::min(thousand.count, 1000);
            Rng draws(1);
            const Bound b = bound(model, thousand, draws);
            return {float(b.elbo), float(std::accumulate(b.kl.begin(), b.kl.end(), 0.0))};
        }
        if (what == "digit") {  // a held-out digit, whose number is given, and its q: mean, stddev
            const Tensor x = to_tensor(test, std::vector<int>(given.begin(), given.end()));
            const Gaussian q = model.encode(x);
            return floats(concat(concat(x, q.mean, 1), exp(0.5 * q.log_variance), 1));
        }
        if (what == "decode") return floats(sigmoid(model.decode(rows_of(given, 2))));
        throw std::invalid_argument("lesson 16 has no " + std::string(what));
    }

  private:
    static constexpr int side = 15;
    static constexpr double reach = 3;
    const support::Images train, test;
    support::Images some;
    const double beta;
    const int batch_size;
    Rng rng;
    const Variational model;
    nn::Adam adam;
    std::vector<std::vector<int>> batches;  // of this epoch
    std::size_t next = 0;
};

}  // namespace

std::unique_ptr<Part> make_16(const Settings& settings, const Data& data) {
    return std::make_unique<Plane>(settings, data);
}

}  // namespace lessons::book
