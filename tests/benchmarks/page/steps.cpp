// The steps of training.cpp as parts of a page, named as their networks are.
#include <algorithm>
#include <stdexcept>

#include "lessons/book/wasm/part.h"
#include "tests/benchmarks/benchmarks.h"

namespace lessons::book {
namespace {

class Training : public Part {
  public:
    // How long a step takes does not depend on what the images show.
    explicit Training(const benchmarks::Network& network) {
        autograd::Rng rng(1);
        training = benchmarks::start_training(
            network, autograd::uniform({network.batch, network.widths.front()}, 0, 1, rng));
    }
    double step() override { return training(); }
    std::vector<float> read(std::string_view, std::span<const float>) override {
        throw std::invalid_argument("there is nothing to read");
    }

  private:
    benchmarks::Step training;
};

std::unique_ptr<Part> make(std::string_view name) {
    return std::make_unique<Training>(
        *std::ranges::find(benchmarks::networks, name, &benchmarks::Network::name));
}

}  // namespace

std::unique_ptr<Part> make_basic(const Settings&, const Data&) { return make("basic"); }
std::unique_ptr<Part> make_denoising(const Settings&, const Data&) { return make("denoising"); }
std::unique_ptr<Part> make_deep(const Settings&, const Data&) { return make("deep"); }

}  // namespace lessons::book
