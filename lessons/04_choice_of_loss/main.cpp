// Lesson 04: squared error or cross-entropy. See README.md in this folder.

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/04_choice_of_loss/losses.h"
#include "lessons/04_choice_of_loss/pixel.h"
#include "lessons/04_choice_of_loss/trials.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"

using autograd::Tensor;
using lessons::Autoencoder;
using lessons::Loss;
using lessons::Trial;

int main(int argc, char** argv) {
    support::Lesson lesson("04_choice_of_loss", "Squared error or cross-entropy");
    lesson.defaults({.epochs = 5, .batch_size = 256, .lr = 0.005, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 1000});
    int hidden = 32;
    double saturation = 8, descent_lr = 0.001;
    lesson.flag("--hidden", hidden, {1, 4096}, "numbers in the code");
    lesson.flag("--saturation", saturation, {0, 25}, "output bias c of the saturated start");
    lesson.flag("--descent-lr", descent_lr, {1e-6, 10}, "learning rate of plain gradient descent");

    lesson.weights("the network trained by cross-entropy from the usual start");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        const support::Dataset data = support::load_dataset(options);
        const int pixels = data.train.size();
        const Tensor watched = to_tensor(support::first(data.test, 500));
        const auto fresh = [&](bool saturated) {  // every time the same weights
            autograd::Rng rng(options.seed);
            Autoencoder model = lessons::initialised(pixels, hidden, rng);
            if (saturated)  // whatever the code, each pixel is said to be ink
                model.decoder.bias = autograd::full({pixels}, saturation).requires_grad_();
            return model;
        };

        const lessons::Weights weights(options, fresh(false));

        // ---- The gradients by hand, on real digits ----
        const Tensor batch = to_tensor(support::first(data.train, 64));
        const double mse_error = hand_gradient_error(Loss::squared_error, fresh(false), batch);
        const double bce_error = hand_gradient_error(Loss::cross_entropy, fresh(false), batch);

        // ---- The floor of the cross-entropy: what an exact copy of every grey level costs ----
        const auto copy = [](const Tensor& x) { return x; };
        const double floor = support::reconstruction_error(data.test, copy).bce;
        // What a saturated network must get below: every pixel paper.
        const auto blank = [](const Tensor& x) { return autograd::zeros(x.shape()); };
        const double blank_sse = support::reconstruction_error(data.test, blank).sse;
        std::printf("cross-entropy of an exact copy: %.4f nats per pixel\n", floor);

        // ---- A saturated start: how much of a wrong certainty comes back as a gradient? ----
        const Tensor a2 = pre_activation(fresh(true), batch).detach();
        const auto gradient_size = [&](Loss loss) {
            return std::sqrt(sum(square(output_gradient(loss, a2, batch))).item());
        };
        const double ratio =
            gradient_size(Loss::squared_error) / gradient_size(Loss::cross_entropy);
        std::printf("saturated start: squared error's gradient is %.2g of cross-entropy's\n\n",
                    ratio);

        // ---- Training: the same loop for either loss, start and optimiser ----
        std::vector<Trial> trials = {{"cross-entropy", Loss::cross_entropy, false, true},
                                     {"squared error", Loss::squared_error, false, true},
                                     {"cross-entropy, descent", Loss::cross_entropy, true, false},
                                     {"squared error, descent", Loss::squared_error, true, false},
                                     {"cross-entropy, Adam", Loss::cross_entropy, true, true},
                                     {"squared error, Adam", Loss::squared_error, true, true}};
        const double watched_floor = lessons::entropy(watched).item() / pixels;
        for (Trial& trial : trials) {
            const Autoencoder model = fresh(trial.saturated);
            if (&trial == &trials[0]) weights.load_into(model);
            autograd::Rng rng(options.seed);
            support::Options trial_options = options;
            if (trial.saturated) trial_options.epochs = 1;
            support::Progress progress(trial_options.epochs, data.train.count,
                                       (trial.saturated ? "saturated, " : "") + trial.name);
            const auto watch = [&] {
                autograd::NoGrad no_grad;
                const Tensor x_hat = model(watched);
                const auto value = [&](Loss loss) {
                    return double(reconstruction_loss(loss, x_hat, watched).item());
                };
                trial.epoch.push_back(trial_options.epochs * progress.done());
                trial.sse.push_back(value(Loss::squared_error));
                trial.excess.push_back(value(Loss::cross_entropy) / pixels - watched_floor);
            };
            int step = 0;
            const auto loss_of = [&](const Tensor& x) {
                if (step++ % 10 == 0) watch();
                return reconstruction_loss(trial.loss, model(x), x);
            };
            if (trial.adam) {
                nn::Adam adam(model.parameters(), {.lr = options.lr});
                lessons::train(adam, data.train, trial_options, rng, progress, loss_of);
            } else {
                nn::Sgd descent(model.parameters(), {.lr = descent_lr});
                lessons::train(descent, data.train, trial_options, rng, progress, loss_of);
            }
            watch();
            if (&trial == &trials[0])
                weights.save(model,
                             [&] { return reconstruction_loss(trial.loss, model(batch), batch); });
            trial.error = support::reconstruction_error(data.test, model);
        }

        // The ranges hold for seeds 1 to 6; the floor, which draws nothing, has room for round-off.
        report.metric("hand_gradient_error_mse", mse_error, {.max = 1e-12});
        report.metric("hand_gradient_error_bce", bce_error, {.max = 1e-12});
        report.metric("bce_floor", floor, {0.05807, 0.05809});
        report.metric("test_bce", trials[0].error.bce, {0.0925, 0.0955});
        report.metric("floor_share", floor / trials[0].error.bce);
        report.metric("excess_bce", trials[0].error.bce - floor);
        report.metric("test_bce_mse", trials[1].error.bce);
        report.metric("test_sse", trials[0].error.sse, {7.8, 8.5});
        report.metric("test_sse_mse", trials[1].error.sse, {8.4, 9.2});
        report.metric("sse_ratio", trials[1].error.sse / trials[0].error.sse, {1.03, 1.15});
        report.metric("saturated_gradient_ratio", ratio, {6.5e-4, 8.6e-4});
        report.metric("blank_sse", blank_sse, {89.33, 89.35});
        report.metric("saturated_descent_sse", trials[2].error.sse, {91, 97});
        report.metric("saturated_descent_sse_mse", trials[3].error.sse, {664.5, 665.7});
        report.metric("saturated_adam_sse", trials[4].error.sse);
        report.metric("saturated_adam_sse_mse", trials[5].error.sse);
        report.metric("saturated_adam_sse_ratio", trials[5].error.sse / trials[4].error.sse,
                      {1.2, 1.6});

        // ---- Figures ----
        report.figure("losses.png",
                      {draw_loss(Loss::squared_error), draw_loss(Loss::cross_entropy)});
        report.figure("gradient.png", lessons::draw_gradients());
        report.figure("floor.png", draw_excess(trials[0], trials[1], watched_floor), 2);
        const double blank_watched = sum(square(watched)).item() / double(watched.size(0));
        report.figure("saturated.png", draw_escape(trials, blank_watched));
    });
}
