#pragma once

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/14_deep/deep_autoencoder.h"
#include "lessons/support/interrupt.h"

// Lesson 02's loop with two things more: a learning rate that rises and falls, and an end when
// somebody presses Ctrl-C.
namespace lessons {

// The share of the learning rate when the share t of a training is done: it rises over the first
// twentieth, while Adam's running means have seen little, stays, and falls to 0 over the last
// quarter.
inline double rise_and_fall(double t) { return std::min({20 * t, 1.0, 4 * (1 - t)}); }

struct Trainer {
    const support::Options& options;  // batch size and seed: the order of the images
    const support::Interrupt& interrupt;

    // Returns the loss of each step; fewer of them after a Ctrl-C, which is looked for before each
    // step.
    template <class Optimiser>
    std::vector<double> operator()(const std::string& name, Optimiser optimiser,
                                   const support::Images& images, int epochs, double lr,
                                   const std::function<Tensor(const Tensor& x)>& loss_of) const {
        support::Options how = options;
        how.epochs = epochs;
        Rng order(options.seed);
        support::Progress progress(epochs, images.count, name, std::max(1, epochs / 4));
        std::vector<double> losses;
        try {
            train(optimiser, images, how, order, progress, [&](const Tensor& x) {
                interrupt.check();
                optimiser.settings.lr = lr * rise_and_fall(progress.done());
                Tensor loss = loss_of(x);
                losses.push_back(loss.item());
                return loss;
            });
        } catch (const support::Interrupted&) {
            std::printf("\n%s: interrupted after %zu steps\n", name.c_str(), losses.size());
        }
        return losses;
    }

    // The two ways down that are compared, on the loss of the whole network.
    std::vector<double> adam(const std::string& name, const StackedAutoencoder& model,
                             const support::Images& images, int epochs, double lr) const {
        return (*this)(name, nn::Adam(model.parameters()), images, epochs, lr,
                       [&](const Tensor& x) { return deep_loss(model, x); });
    }
    std::vector<double> momentum(const std::string& name, const StackedAutoencoder& model,
                                 const support::Images& images, int epochs, double lr) const {
        return (*this)(name, nn::Sgd(model.parameters(), {.momentum = 0.9}), images, epochs, lr,
                       [&](const Tensor& x) { return deep_loss(model, x); });
    }
};

}  // namespace lessons
