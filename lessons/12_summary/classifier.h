#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/progress.h"
#include "nn/nn.h"

// The encoder as the start of a classifier: a softmax on the code, and both are trained on labels.
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

struct Classifier : nn::Module {
    Tensor W, b;        // [n, k], [k]: the encoder
    nn::Linear output;  // k -> 10

    // From the weights of an encoder, which are copied.
    Classifier(const Tensor& from_W, const Tensor& from_b, Rng& rng)
        : W(from_W.detach().requires_grad_()),
          b(from_b.detach().requires_grad_()),
          output(from_W.size(1), 10, rng) {}

    // The logits of the ten digits.   x: [batch, n], result [batch, 10]
    Tensor forward(const Tensor& x) const override { return output(sigmoid(linear(x, W, b))); }
    nn::NamedParameters named_parameters() const override {
        nn::NamedParameters all = nn::join({{"output", &output}});
        all.insert(all.begin(), {{"W", W}, {"b", b}});
        return all;
    }
};

// Trains it and returns the share of held-out images that it classifies rightly.
inline double train_classifier(const std::string& name, const Classifier& model,
                               const support::Images& images, const support::Images& held_out,
                               int epochs, double lr, Rng& rng) {
    nn::Adam adam(model.parameters(), {.lr = lr});
    support::Progress progress(epochs, images.count, name, std::max(1, epochs / 4));
    for (int epoch = 0; epoch < epochs; ++epoch) {
        for (const auto& rows : nn::shuffled_batches(images.count, 128, rng)) {
            std::vector<int> labels;
            for (const int row : rows) labels.push_back(images.labels[std::size_t(row)]);
            adam.settings.lr = lr * (1 - progress.done());
            const Tensor loss = nn::cross_entropy(model(to_tensor(images, rows)), labels);
            adam.zero_grad();
            loss.backward();
            adam.step();
            progress.batch(loss.item(), rows.size());
        }
        progress.finish_epoch();
    }
    int right = 0;
    support::for_each_chunk(held_out, [&](const Tensor& x, int first) {
        const Tensor answers = argmax(model(x), 1);
        for (std::int64_t i = 0; i < x.size(0); ++i)
            right += int(answers.data()[i]) == held_out.labels[std::size_t(first + i)];
    });
    return double(right) / held_out.count;
}

}  // namespace lessons
