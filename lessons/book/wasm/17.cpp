// Lesson 17 in its page: a few of many features are on for a digit, and each of them can be looked
// at.
#include <algorithm>
#include <functional>
#include <numeric>
#include <stdexcept>

#include "lessons/17_top_k/top_k.h"
#include "lessons/book/wasm/data.h"
#include "lessons/book/wasm/part.h"

namespace lessons::book {
namespace {

class Dictionary : public Part {
  public:
    Dictionary(const Settings& settings, const Data& data)
        : train(images(data, "train-0")),
          test(images(data, "test")),
          some(test),
          lr(get(settings, "lr", 0.004)),
          alpha(get(settings, "alpha", 0.25)),
          steps(get(settings, "steps", 160)),
          rng(std::uint64_t(get(settings, "seed", 1))),
          model(train.size(), int(get(settings, "hidden", 400)), int(get(settings, "k", 10)), true,
                rng),
          silence(model.W.size(1), 1280),
          adam(begun_at_the_mean(model, train), lr) {
        some.count = std::min(some.count, 1000);
    }

    double step() override {
        if (next == batches.size()) {  // an epoch begins
            batches = nn::shuffled_batches(train.count, 256, rng);
            next = 0;
        }
        adam.settings.lr = lr * std::max(0.0, 1 - taken++ / steps);
        const Tensor x = to_tensor(train, batches[next++]);
        const Tensor loss = auxiliary_loss(model, x, silence, alpha, 32);
        adam.zero_grad();
        loss.backward();
        adam.step();
        codes = {};
        return loss.item();
    }

    std::vector<float> read(std::string_view what, std::span<const float> given) override {
        const autograd::NoGrad no_grad;
        if (what == "features") return floats(narrow(model.W_star, 0, 0, 48));  // the first units'
        // Of a thousand held-out digits: squared error, and the share of units that none of them
        // switches on.
        if (what == "summary") {
            const Tensor x = to_tensor(some), h = of_some();
            return {float(mean_square_length(model.decode(h) - x).item()), float(dead_share(h))};
        }
        if (what == "digit")  // a held-out one: its number is given
            return floats(to_tensor(test, std::vector<int>(given.begin(), given.end())));
        // What a digit switches on, the largest first: unit, coefficient, and row of W* of each;
        // before them c.
        if (what == "parts") {
            std::vector<float> parts = floats(model.c);
            for (const auto& [unit, coefficient] :
                 features(model.encode(rows_of(given, test.size())))) {
                parts.push_back(float(unit));
                parts.push_back(float(coefficient));
                const std::vector<float> row = floats(narrow(model.W_star, 0, unit, 1));
                parts.insert(parts.end(), row.begin(), row.end());
            }
            return parts;
        }
        // The held-out digits that switch on a unit most, ten at most, and before them how many of
        // the thousand do.
        if (what == "likes" && given.size() == 1 && given[0] >= 0 && given[0] < model.W.size(1)) {
            const std::vector<float> h = floats(narrow(of_some(), 1, std::int64_t(given[0]), 1));
            std::vector<int> rows(h.size());
            std::iota(rows.begin(), rows.end(), 0);
            std::ranges::stable_sort(rows, std::greater(),
                                     [&](int i) { return h[std::size_t(i)]; });
            const auto on = std::ranges::count_if(h, [](float v) { return v > 0; });
            rows.resize(std::size_t(std::min<std::ptrdiff_t>(on, 10)));
            std::vector<float> likes{float(on)};
            if (rows.empty()) return likes;
            const std::vector<float> pixels = floats(to_tensor(some, rows));
            likes.insert(likes.end(), pixels.begin(), pixels.end());
            return likes;
        }
        throw std::invalid_argument("lesson 17 has no " + std::string(what));
    }

  private:
    static const SparseDictionary& begun_at_the_mean(SparseDictionary& model,
                                                     const support::Images& train) {
        const Tensor middle = mean(to_tensor(train), 0);
        model.begin_at({middle.data(), middle.data() + middle.size()});
        return model;
    }
    const Tensor& of_some() {
        if (!codes.defined()) codes = model.encode(to_tensor(some));
        return codes;
    }

    const support::Images train, test;
    support::Images some;
    const double lr, alpha, steps;
    Rng rng;
    SparseDictionary model;
    Silence silence;
    DictionaryAdam adam;
    std::vector<std::vector<int>> batches;  // of this epoch
    std::size_t next = 0;
    int taken = 0;
    Tensor codes;  // of the model as it stands
};

}  // namespace

std::unique_ptr<Part> make_17(const Settings& settings, const Data& data) {
    return std::make_unique<Dictionary>(settings, data);
}

}  // namespace lessons::book
