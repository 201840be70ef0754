// Lesson 04: squared error or cross-entropy. See README.md in this folder.

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/04_choice_of_loss/losses.h"
#include "lessons/04_choice_of_loss/pixel.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"

using autograd::Tensor;
using lessons::Autoencoder;
using lessons::Loss;

// One training, and what it leaves behind.
struct Run {
    std::string name;
    Loss loss;
    bool saturated, adam;  // else from the usual start, by plain gradient descent
    support::ReconstructionError error = {};                // of all held-out digits
    std::vector<double> epoch = {}, sse = {}, excess = {};  // along the way, of some of them
};

int main(int argc, char** argv) {
    support::Lesson lesson("04_choice_of_loss", "Squared error or cross-entropy");
    lesson.defaults({.epochs = 5, .batch_size = 256, .lr = 0.005, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 1000});
    int hidden = 32;
    double saturation = 8, descent_lr = 0.001;
    lesson.flag("--hidden", hidden, {1, 4096}, "numbers in the code");
    lesson.flag("--saturation", saturation, {0, 25}, "output bias c of the saturated start");
    lesson.flag("--descent-lr", descent_lr, {1e-6, 10}, "learning rate of plain gradient descent");

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

        // ---- The gradients by hand, on real digits ----
        const Tensor batch = to_tensor(support::first(data.train, 64));
        const double mse_error = hand_gradient_error(Loss::squared_error, fresh(false), batch);
        const double bce_error = hand_gradient_error(Loss::cross_entropy, fresh(false), batch);

        // ---- The floor of the cross-entropy: an exact copy of every grey level still costs this
        // ----
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
        std::vector<Run> runs = {{"cross-entropy", Loss::cross_entropy, false, true},
                                 {"squared error", Loss::squared_error, false, true},
                                 {"cross-entropy, descent", Loss::cross_entropy, true, false},
                                 {"squared error, descent", Loss::squared_error, true, false},
                                 {"cross-entropy, Adam", Loss::cross_entropy, true, true},
                                 {"squared error, Adam", Loss::squared_error, true, true}};
        const double watched_floor = lessons::entropy(watched).item() / pixels;
        for (Run& run : runs) {
            const Autoencoder model = fresh(run.saturated);
            autograd::Rng rng(options.seed);
            support::Options run_options = options;
            if (run.saturated) run_options.epochs = 1;
            support::Progress progress(run_options.epochs, data.train.count,
                                       (run.saturated ? "saturated, " : "") + run.name);
            const auto watch = [&] {
                autograd::NoGrad no_grad;
                const Tensor x_hat = model(watched);
                const auto value = [&](Loss loss) {
                    return double(reconstruction_loss(loss, x_hat, watched).item());
                };
                run.epoch.push_back(run_options.epochs * progress.done());
                run.sse.push_back(value(Loss::squared_error));
                run.excess.push_back(value(Loss::cross_entropy) / pixels - watched_floor);
            };
            int step = 0;
            const auto loss_of = [&](const Tensor& x) {
                if (step++ % 10 == 0) watch();
                return reconstruction_loss(run.loss, model(x), x);
            };
            if (run.adam) {
                nn::Adam adam(model.parameters(), {.lr = options.lr});
                lessons::train(adam, data.train, run_options, rng, progress, loss_of);
            } else {
                nn::Sgd descent(model.parameters(), {.lr = descent_lr});
                lessons::train(descent, data.train, run_options, rng, progress, loss_of);
            }
            watch();
            run.error = support::reconstruction_error(data.test, model);
        }

        // The ranges hold for seeds 1 to 6; the floor, which draws nothing, has room for round-off.
        report.metric("hand_gradient_error_mse", mse_error, {.max = 1e-12});
        report.metric("hand_gradient_error_bce", bce_error, {.max = 1e-12});
        report.metric("bce_floor", floor, {0.05807, 0.05809});
        report.metric("test_bce", runs[0].error.bce, {0.0925, 0.0955});
        report.metric("test_bce_mse", runs[1].error.bce, {0.108, 0.145});
        report.metric("test_sse", runs[0].error.sse, {7.8, 8.5});
        report.metric("test_sse_mse", runs[1].error.sse, {8.4, 9.2});
        report.metric("sse_ratio", runs[1].error.sse / runs[0].error.sse, {1.03, 1.15});
        report.metric("saturated_gradient_ratio", ratio, {6.5e-4, 8.6e-4});
        report.metric("blank_sse", blank_sse, {89.33, 89.35});
        report.metric("saturated_descent_sse", runs[2].error.sse, {91, 97});
        report.metric("saturated_descent_sse_mse", runs[3].error.sse, {664.5, 665.7});
        report.metric("saturated_adam_sse", runs[4].error.sse, {45, 68});
        report.metric("saturated_adam_sse_mse", runs[5].error.sse, {76, 81});

        // ---- Figures ----
        report.figure("losses.png",
                      {draw_loss(Loss::squared_error), draw_loss(Loss::cross_entropy)});
        report.figure("gradient.png", lessons::draw_gradients());

        std::vector<double> shown(runs[0].excess);  // with the floor of the same digits put back
        for (double& bce : shown) bce += watched_floor;
        support::Plot raw{.title = "Stuck at 0.09?",
                          .x_label = "epoch",
                          .y_label = "held-out cross-entropy (nats/pixel)",
                          .y_range = support::Range{0, 0.2}};
        raw.line(runs[0].epoch, shown, "trained by cross-entropy")
            .horizontal(watched_floor, "entropy of the digits");
        support::Plot excess{.title = "What is left above the entropy",
                             .x_label = "epoch",
                             .y_label = "cross-entropy - entropy (nats/pixel)",
                             .log_y = true};
        excess.line(runs[0].epoch, runs[0].excess, "trained by cross-entropy")
            .line(runs[1].epoch, runs[1].excess, "trained by squared error");
        report.figure("floor.png", {raw, excess}, 2);

        support::Plot escape{.title = "By squared error, descent stays where it started",
                             .x_label = "epoch",
                             .y_label = "squared error per held-out image",
                             .log_y = true,
                             .y_range = support::Range{40, 4000}};
        for (const int i : {3, 2, 5, 4}) escape.line(runs[i].epoch, runs[i].sse, runs[i].name);
        const double blank_watched = sum(square(watched)).item() / double(watched.size(0));
        escape.line({0, 1}, {blank_watched, blank_watched}, "blank page");
        report.figure("saturated.png", escape);
    });
}
