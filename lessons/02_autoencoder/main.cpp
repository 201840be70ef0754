// Lesson 02: compress a digit to 32 numbers and back. See README.md in this folder.

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/autoencoder.h"
#include "lessons/02_autoencoder/published.h"
#include "lessons/02_autoencoder/valley.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/text.h"

using autograd::Tensor;
using lessons::Autoencoder;

int main(int argc, char** argv) {
    support::Lesson lesson("02_autoencoder", "Compress a digit to 32 numbers and back");
    lesson.defaults({.epochs = 5, .batch_size = 256, .lr = 0.005, .seed = 123});
    int hidden = 32;
    std::string init = "published";
    lesson.flag("--hidden", hidden, {1, 4096}, "numbers in the code");
    lesson.flag("--init", init, {"published", "both"},
                "layers drawn from N(0, 0.1^2): the encoder alone, as published, or both");

    lesson.weights("the network");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        // ---- Data: a digit is 28 x 28 = 784 pixels, each between 0 (paper) and 1 (ink) ----
        const support::Dataset data = support::load_dataset(options);
        const int pixels = data.train.size();
        std::printf("%d digits to train on, %d held out, %d pixels each, %d numbers in the code\n",
                    data.train.count, data.test.count, pixels, hidden);

        // ---- Model: 784 -> 32 -> 784 ----
        autograd::Rng rng(options.seed);
        Autoencoder model(pixels, hidden, rng);
        lessons::initialise(model.encoder, rng);
        if (init == "both") lessons::initialise(model.decoder, rng);
        const lessons::Weights weights(options, model);
        nn::Adam adam(model.parameters(), {.lr = options.lr});
        std::printf("%lld parameters; a code is %.1f times smaller than a digit\n\n",
                    static_cast<long long>(model.parameter_count()), double(pixels) / hidden);

        // ---- Training: the target is the input itself ----
        std::vector<double> batch_losses, epoch_losses, test_losses;
        std::vector<std::vector<double>> logged;
        support::Progress progress(options.epochs, data.train.count);
        for (int epoch = 0; epoch < options.epochs; ++epoch) {
            logged.emplace_back();
            const auto batches = nn::shuffled_batches(data.train.count, options.batch_size, rng);
            for (std::size_t b = 0; b < batches.size(); ++b) {
                const Tensor x = to_tensor(data.train, batches[b]);  // [256, 784]
                const Tensor x_hat = model(x);                       // [256, 784]
                const Tensor loss = lessons::reconstruction_loss(x_hat, x);

                adam.zero_grad();
                loss.backward();
                adam.step();

                progress.batch(loss.item(), batches[b].size());
                batch_losses.push_back(loss.item());
                if (b % 50 == 0) logged.back().push_back(loss.item());
            }
            test_losses.push_back(support::reconstruction_error(data.test, model).bce);
            epoch_losses.push_back(
                progress.finish_epoch(support::format("held out %.4f", test_losses.back())));
        }

        weights.save(model, [&] {
            const Tensor x = to_tensor(support::first(data.train, options.batch_size));
            return lessons::reconstruction_loss(model(x), x);
        });

        // ---- Beside the notebook ----
        const double gap = lessons::print_beside_published(logged);

        // ---- What it does with digits that it has never seen ----
        const auto error = support::reconstruction_error(data.test, model),
                   train_error = support::reconstruction_error(data.train, model);
        // The dullest reconstruction there is, whatever the input: the mean training image.
        Tensor mean_image = autograd::zeros({pixels});
        support::for_each_chunk(data.train, [&](const Tensor& x, int) {
            mean_image = mean_image + sum(x, 0) / data.train.count;
        });
        const auto mean_error = support::reconstruction_error(
            data.test, [&](const Tensor& x) { return broadcast_to(mean_image, x.shape()); });

        // The ranges hold for 10 runs: seeds 1 to 5, both kinds of --init.
        report.metric("test_bce", error.bce, {0.092, 0.097});
        report.metric("test_sse", error.sse, {7.6, 9.0});
        report.metric("train_bce", epoch_losses.back(), {0.094, 0.0985});
        report.metric("train_bce_at_the_end", train_error.bce, {0.093, 0.098});
        report.metric("published_gap", gap, {0, 0.006});
        report.metric("mean_image_bce", mean_error.bce, {0.2624, 0.2626});
        report.metric("mean_image_sse", mean_error.sse, {52.8, 53});
        report.metric("parameters", double(model.parameter_count()));
        report.metric("epoch_train_bce", epoch_losses);
        report.metric("epoch_test_bce", test_losses);

        // ---- Figures ----
        const Tensor x = to_tensor(support::first(data.test, 15));
        support::ImageGrid digits{
            .title = support::format("Held-out digits, and the same from %d numbers each", hidden),
            .columns = 15};
        digits.tiles_like(data.test);
        digits.add(x.to_vector(), "input").add(model(x).to_vector(), "output");
        report.figure("reconstructions.png", digits);

        // Each batch is of other images: the mean of ten shows how the loss falls.
        std::vector<double> at, of_ten, published_at, published_loss, ends;
        for (std::size_t i = 0; i + 10 <= batch_losses.size(); i += 10) {
            at.push_back(double(i + 5) * options.epochs / double(batch_losses.size()));
            of_ten.push_back(std::reduce(&batch_losses[i], &batch_losses[i] + 10) / 10);
        }
        for (std::size_t epoch = 0; epoch < lessons::published.size(); ++epoch)
            for (std::size_t i = 0; i < lessons::published[epoch].size(); ++i) {
                published_at.push_back(double(epoch) + double(i) * 50 / 235);
                published_loss.push_back(lessons::published[epoch][i]);
            }
        for (int epoch = 1; epoch <= options.epochs; ++epoch) ends.push_back(epoch);
        const double lowest = std::ranges::min(test_losses);
        support::Plot plot{.title = "The loss falls fast, then slowly",
                           .x_label = "epoch",
                           .y_label = "binary cross-entropy (nats per pixel)",
                           .y_range = support::Range{0.85 * lowest, 2 * lowest}};
        plot.line(at, of_ten, "training, ten batches")
            .points(published_at, published_loss, "published, one batch")
            .line_points(ends, test_losses, "held out");
        report.figure("loss.png", plot);

        // What Adam is good for, on a loss of two parameters.
        const lessons::Walk descent = lessons::best_walk<nn::Sgd>(40),
                            by_adam = lessons::best_walk<nn::Adam>(40);
        report.metric("valley_descent_loss", descent.end);
        report.metric("valley_adam_loss", by_adam.end);
        report.metric("valley_adam_over_descent", by_adam.end / descent.end, {.max = 0.02});
        report.figure("valley.png", lessons::draw_valley(descent, by_adam));

        support::ImageGrid features{.title = "What each number of the code draws",
                                    .columns = 8,
                                    .scale = support::Scale::diverging,
                                    .scale_label = "decoder weight"};
        features.tiles_like(data.test).add(model.decoder.weight.to_vector());
        report.figure("features.png", features);
    });
}
