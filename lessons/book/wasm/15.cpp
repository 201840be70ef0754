// Lesson 15 in its page: a network that knows the score of a cloud at every noise level, and
// walkers that follow it.
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "lessons/15_score/cloud.h"
#include "lessons/15_score/score.h"
#include "lessons/book/wasm/data.h"
#include "lessons/book/wasm/part.h"

namespace lessons::book {
namespace {

constexpr double least = 0.02, most = 3;  // noise levels, as in the lesson
constexpr int levels = 40;

// Clouds of other shapes than the lesson's.   Result: [m, 2]
Tensor spiral(std::int64_t m, Rng& rng) {
    std::vector<double> points;
    for (std::int64_t i = 0; i < m; ++i) {
        const double t = std::sqrt(rng.uniform()), turn = 3.5 * std::numbers::pi * t;
        points.push_back(1.7 * t * std::cos(turn) + 0.04 * rng.normal());
        points.push_back(1.7 * t * std::sin(turn) + 0.04 * rng.normal());
    }
    return autograd::tensor(points, {m, 2});
}
Tensor patches(std::int64_t m, Rng& rng) {  // nine, on a lattice
    std::vector<double> points;
    for (std::int64_t i = 0; i < m; ++i)
        for (int axis = 0; axis < 2; ++axis)
            points.push_back(1.3 * (std::floor(3 * rng.uniform()) - 1) + 0.08 * rng.normal());
    return autograd::tensor(points, {m, 2});
}

Tensor cloud(int shape, std::int64_t m, Rng& rng) {
    return shape == 1 ? spiral(m, rng) : shape == 2 ? patches(m, rng) : moons(m, rng);
}

class Walkers : public Part {
  public:
    explicit Walkers(const Settings& settings)
        : shape(int(get(settings, "shape", 0))),
          steps(get(settings, "steps", 4800)),
          lr(get(settings, "lr", 0.003)),
          rng(std::uint64_t(get(settings, "seed", 1))),
          data{5000, cloud(shape, 5000, rng)},
          held_out(cloud(shape, 500, rng)),
          others(cloud(shape, 500, rng)),
          model(128, rng),
          adam(model.parameters(), {.lr = lr}) {}

    double step() override {
        if (next == batches.size()) {  // an epoch begins
            batches = nn::shuffled_batches(data.count, 256, rng);
            next = 0;
        }
        adam.settings.lr = lr * std::max(0.0, 1 - taken++ / steps);
        const Tensor x = to_tensor(data, batches[next++]);
        const Tensor loss = noise_levels_loss(model, x, least, most, rng);
        adam.zero_grad();
        loss.backward();
        adam.step();
        return loss.item();
    }

    std::vector<float> read(std::string_view what, std::span<const float> given) override {
        const autograd::NoGrad no_grad;
        if (what == "points") return floats(held_out);
        // The noise levels, largest first.
        if (what == "sigmas") {
            std::vector<float> sigmas;
            for (int i = 0; i < levels; ++i)
                sigmas.push_back(float(most * std::pow(least / most, double(i) / (levels - 1))));
            return sigmas;
        }
        // What the network and the exact formula say at a noise level, and places: sigma^2 times
        // the score, the way a denoiser moves x.
        if (what == "field" || what == "exact") {
            const double sigma = at(given, 0);
            const Tensor x = rows_of(given.subspan(1), 2);
            const Score score = what == "field" ? score_at(sigma) : exact_score(data.points, sigma);
            return floats(sigma * sigma * score(x));
        }
        if (what == "cosine") {  // of both fields, at noised points of this level
            const double sigma = at(given, 0);
            Rng draws(1);
            const Tensor x =
                narrow(held_out, 0, 0, 200) + autograd::normal({200, 2}, 0, sigma, draws);
            return {float(field_cosine(score_at(sigma)(x), exact_score(data.points, sigma)(x)))};
        }
        // Walkers, at the end of each level, [levels, walkers, 2]. The last have the noise of the
        // last level taken off.
        if (what == "fall") {
            std::vector<Tensor> path = annealed([&](double sigma) { return score_at(sigma); },
                                                walkers, most, least, levels, walking);
            Tensor& last = path.back();
            last = last + least * least * score_at(least)(last);
            return all(path);
        }
        // At one level, ten steps at a time, [1 + levels, walkers, 2]: from all over the plane, or
        // from one place.
        if (what == "stay") {
            const double sigma = at(given, 0);
            Tensor x = autograd::uniform({walkers, 2}, -2, 2, walking);
            if (given.size() == 3) x = rows_of(given.subspan(1), 2) + autograd::zeros({walkers, 2});
            std::vector<Tensor> path{x};
            for (int i = 0; i < levels; ++i)
                path.push_back(x = langevin(score_at(sigma), x, sigma, 10, walking));
            return all(path);
        }
        // Of walkers, whose places are given: their distance to held-out points, that of other
        // points of the cloud, and the shares of walkers and of held-out points on the upper moon.
        if (what == "judge") {
            const Tensor x = rows_of(given, 2);
            return {float(energy_distance(x, held_out)), float(energy_distance(others, held_out)),
                    float(upper_share(x)), float(upper_share(held_out))};
        }
        throw std::invalid_argument("lesson 15 has no " + std::string(what));
    }

  private:
    static constexpr int walkers = 500;

    Score score_at(double sigma) const {
        return [this, sigma](const Tensor& x) {
            return -model.noise(x, autograd::full({x.size(0), 1}, sigma)) / sigma;
        };
    }
    static double at(std::span<const float> given, std::size_t i) {
        if (i >= given.size()) throw std::invalid_argument("the page gives no noise level");
        return given[i];
    }
    static std::vector<float> all(const std::vector<Tensor>& path) {
        std::vector<float> numbers;
        for (const Tensor& x : path) numbers.insert(numbers.end(), x.data(), x.data() + x.size());
        return numbers;
    }

    const int shape;
    const double steps, lr;
    Rng rng;
    Rng walking{1};  // what a visitor looks at does not change the training
    const PointCloud data;
    const Tensor held_out, others;
    const NoiseLevels model;
    nn::Adam adam;
    std::vector<std::vector<int>> batches;  // of this epoch
    std::size_t next = 0;
    int taken = 0;
};

}  // namespace

std::unique_ptr<Part> make_15(const Settings& settings, const Data&) {
    return std::make_unique<Walkers>(settings);
}

}  // namespace lessons::book
