#pragma once

#include <functional>
#include <string>

#include "autograd/autograd.h"
#include "lessons/support/dataset.h"
#include "lessons/support/lesson.h"
#include "nn/nn.h"

// The training loop of this lesson's main.cpp as a function, for the lessons after it. Each of them
// says what is its own, the optimiser and the loss of a batch x: [batch_size, n]:
//     nn::Adam adam(model.parameters(), {.lr = options.lr});
//     support::Progress progress(options.epochs, data.train.count);
//     train(adam, data.train, options, rng, progress, [&](const Tensor& x) {
//         adam.settings.lr = options.lr * (1 - progress.done());  // if it is to fall to 0
//         return reconstruction_loss(model(x), x);
//     });
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

// Of the options it takes `epochs` and `batch_size`; rng draws the order of the images. loss_of is
// called once before each step, after_epoch(n) when n epochs are done: what it returns stands at
// the end of the epoch's line. Images: support::Images, or anything of a `count` of which
// to_tensor(images, rows) makes a batch.
template <class Optimiser, class Images>
void train(Optimiser& optimiser, const Images& images, const support::Options& options, Rng& rng,
           support::Progress& progress, const std::function<Tensor(const Tensor& x)>& loss_of,
           const std::function<std::string(int n)>& after_epoch = {}) {
    for (int epoch = 1; epoch <= options.epochs; ++epoch) {
        for (const auto& rows : nn::shuffled_batches(images.count, options.batch_size, rng)) {
            const Tensor loss = loss_of(to_tensor(images, rows));

            optimiser.zero_grad();
            loss.backward();
            optimiser.step();

            progress.batch(loss.item(), rows.size());
        }
        progress.finish_epoch(after_epoch ? after_epoch(epoch) : "");
    }
}

}  // namespace lessons
