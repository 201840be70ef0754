// Lesson 10 in its page: units that are to be silent for most digits, and how they come to be so.
#include <algorithm>
#include <optional>
#include <stdexcept>

#include "lessons/10_sparse/measures.h"
#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/book/wasm/data.h"
#include "lessons/book/wasm/part.h"

namespace lessons::book {
namespace {

// The share of the values, all between 0 and 1, in each of so many bins.
std::vector<float> histogram(const std::vector<double>& values, int bins) {
    std::vector<float> shares(bins);
    for (const double v : values)
        shares[std::clamp(int(v * bins), 0, bins - 1)] += 1 / float(values.size());
    return shares;
}

class Sparse : public Part {
  public:
    Sparse(const Settings& settings, const Data& data)
        : train(images(data, "train-0")),
          test(images(data, "test")),
          batch_size(int(get(settings, "batch_size", 256))),
          rng(std::uint64_t(get(settings, "seed", 1))),
          model(train.size(), int(get(settings, "hidden", 196)), rng),
          adam(model.parameters(), {.lr = get(settings, "lr", 0.003)}) {
        objective.rho = get(settings, "rho", objective.rho);
        objective.beta = get(settings, "beta", objective.beta);
        objective.lambda = get(settings, "lambda", objective.lambda);
        test.count = std::min(test.count, 250);  // enough for a histogram, many times a second
    }

    double step() override {
        if (next == batches.size()) {  // an epoch begins
            batches = nn::shuffled_batches(train.count, batch_size, rng);
            next = 0;
        }
        const Tensor loss = cost(model, to_tensor(train, batches[next++]), objective);
        adam.zero_grad();
        loss.backward();
        adam.step();
        on_test.reset();
        return loss.item();
    }

    std::vector<float> read(std::string_view what, std::span<const float>) override {
        if (what == "filters") {  // each of length 1, cut off at 0.2, as in the lesson's figure
            const support::Values filters = first_filters(model, 56);
            return {filters.begin(), filters.end()};
        }
        // Of held-out digits, in the bins of the lesson's figure.
        if (!on_test) on_test = codes(model, test);
        if (what == "activations") return histogram(on_test->h, 40);
        if (what == "means") return histogram(on_test->rho_hat, 50);
        if (what == "summary")
            return {float(on_test->mean), float(on_test->min), float(on_test->max),
                    float(share_above(on_test->h, 0.5)),
                    float(support::reconstruction_error(test, model).sse)};
        throw std::invalid_argument("lesson 10 has no " + std::string(what));
    }

  private:
    const support::Images train;
    support::Images test;
    const int batch_size;
    Rng rng;
    Objective objective;
    const SparseAutoencoder model;
    nn::Adam adam;
    std::vector<std::vector<int>> batches;  // of this epoch
    std::size_t next = 0;
    std::optional<Codes> on_test;  // of the model as it stands
};

}  // namespace

std::unique_ptr<Part> make_10(const Settings& settings, const Data& data) {
    return std::make_unique<Sparse>(settings, data);
}

}  // namespace lessons::book
