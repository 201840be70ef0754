// Lesson 08: one matrix that encodes and decodes. See README.md in this folder.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/08_tied_weights/tied_autoencoder.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/text.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::TiedAutoencoder;
using lessons::UntiedAutoencoder;

// What a training run leaves: errors at the end of each epoch.
struct Curve {
    std::vector<double> epochs, train, test;
};

// Trains either network; they differ in nothing but the model.
template <class Model>
Curve train(const char* name, Model& model, const support::Images& images,
            const support::Images& held_out, const support::Options& options,
            int epochs_per_point = 1) {
    std::printf("%s: %lld parameters, %d images\n", name,
                static_cast<long long>(model.parameter_count()), images.count);
    Rng rng(options.seed);
    nn::Adam adam(model.parameters(), {.lr = options.lr});
    Curve curve;
    support::Progress progress(options.epochs, images.count, "", epochs_per_point);
    const auto loss_of = [&](const Tensor& x) { return lessons::reconstruction_loss(model(x), x); };
    lessons::train(adam, images, options, rng, progress, loss_of, [&](int epoch) -> std::string {
        if (epoch % epochs_per_point != 0) return "";
        curve.epochs.push_back(epoch);
        curve.train.push_back(support::reconstruction_error(images, model).bce);
        curve.test.push_back(support::reconstruction_error(held_out, model).bce);
        return support::format("held out %.4f", curve.test.back());
    });
    return curve;
}

// How much the decoder's filter for each unit resembles its encoder's: the mean cosine between
// column l of W and row l of W*.
double mean_cosine(const UntiedAutoencoder& model) {
    const Tensor products = support::filters(model.W) * support::unit_rows(model.W_star.detach());
    return mean(sum(products, 1)).item();
}

int main(int argc, char** argv) {
    support::Lesson lesson("08_tied_weights", "One matrix that encodes and decodes");
    lesson.defaults({.epochs = 10, .batch_size = 256, .lr = 0.005, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 1000, .flags = {{"--small-epochs", "20"}}});
    int hidden = 32, small = 500, small_epochs = 1600;
    lesson.flag("--hidden", hidden, {1, 4096}, "numbers in the code");
    lesson.flag("--small", small, {1, 60000}, "images of the small training set");
    lesson.flag("--small-epochs", small_epochs, {20, 100000}, "epochs on the small training set");

    lesson.weights("the tied network, trained on all images");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        const support::Dataset data = support::load_dataset(options);
        const int pixels = data.train.size();

        // ---- One matrix, two paths: the gradient is the sum of both ----
        Rng rng(options.seed);
        TiedAutoencoder tied(pixels, hidden, rng);
        UntiedAutoencoder untied(pixels, hidden, rng);
        const lessons::Weights weights(options, tied);
        const Tensor x = to_tensor(support::first(data.train, 64));
        const std::vector<Tensor> engine = {grad(lessons::reconstruction_loss(tied(x), x), tied.W)};
        const double paths =
            support::largest_difference(engine, {lessons::sum_of_both_paths(tied, x)});
        const double hand = support::largest_difference(engine, {lessons::hand_gradient(tied, x)});
        std::printf("dL/dW of the tied network, largest element %.3g\n", support::largest(engine));
        std::printf("  differs from encoder's + transposed decoder's gradient by %.1e\n", paths);
        std::printf("  differs from the chain rule by hand by                   %.1e\n\n", hand);

        // ---- All digits: what does half the weights cost? ----
        const Curve tied_curve = train("tied", tied, data.train, data.test, options);
        weights.save(tied, [&] { return lessons::reconstruction_loss(tied(x), x); });
        const Curve untied_curve = train("untied", untied, data.train, data.test, options);

        // ---- Few digits: does it memorise less? ----
        const support::Images few = support::first(data.train, small);
        support::Options again_and_again = options;
        again_and_again.epochs = small_epochs;
        TiedAutoencoder small_tied(pixels, hidden, rng);
        UntiedAutoencoder small_untied(pixels, hidden, rng);
        const Curve small_tied_curve = train("tied, few images", small_tied, few, data.test,
                                             again_and_again, small_epochs / 20);
        const Curve small_untied_curve = train("untied, few images", small_untied, few, data.test,
                                               again_and_again, small_epochs / 20);

        report.metric("tied_gradient_error", paths, {.max = 1e-12});
        report.metric("hand_gradient_error", hand, {.max = 1e-12});
        report.metric("parameters", static_cast<double>(tied.parameter_count()));
        report.metric("untied_parameters", static_cast<double>(untied.parameter_count()));
        // The ranges below hold for seeds 1 to 5.
        report.metric("test_bce", tied_curve.test.back(), {0.0955, 0.1005});
        report.metric("untied_test_bce", untied_curve.test.back(), {0.0910, 0.0945});
        const double price = tied_curve.test.back() - untied_curve.test.back(),
                     gap = small_tied_curve.test.back() - small_tied_curve.train.back(),
                     untied_gap = small_untied_curve.test.back() - small_untied_curve.train.back(),
                     best = std::ranges::min(small_tied_curve.test),
                     untied_best = std::ranges::min(small_untied_curve.test);
        report.metric("price_of_tying", price, {0.0035, 0.0068});
        report.metric("small_gap", gap);
        report.metric("untied_small_gap", untied_gap);
        report.metric("small_gap_ratio", gap / untied_gap, {0.3, 0.36});
        report.metric("small_test_bce", small_tied_curve.test.back(), {0.125, 0.13});
        report.metric("untied_small_test_bce", small_untied_curve.test.back());
        report.metric("untied_small_best_test_bce", untied_best);
        report.metric("small_best_gain", untied_best - best, {0.004, 0.01});
        report.metric("small_rise", small_tied_curve.test.back() - best, {0, 0.0006});
        report.metric("untied_small_rise", small_untied_curve.test.back() - untied_best,
                      {0.055, 0.08});
        report.metric("untied_filter_cosine", mean_cosine(untied), {0.55, 0.62});

        // ---- Figures ----
        support::Plot all{.title = "All digits",
                          .x_label = "epoch",
                          .y_label = "held-out cross-entropy (nats per pixel)"};
        all.line_points(tied_curve.epochs, tied_curve.test, "tied")
            .line_points(untied_curve.epochs, untied_curve.test, "untied");
        support::Plot scarce{.title = support::format("%d digits, again and again", few.count),
                             .x_label = "epoch",
                             .y_label = "cross-entropy (nats per pixel)",
                             .y_range = support::Range{0.06, 0.26},
                             .legend = "top left"};
        scarce.line_points(small_tied_curve.epochs, small_tied_curve.test, "tied, held out")
            .line_points(small_tied_curve.epochs, small_tied_curve.train, "tied, training")
            .line_points(small_untied_curve.epochs, small_untied_curve.test, "untied, held out")
            .line_points(small_untied_curve.epochs, small_untied_curve.train, "untied, training");
        report.figure("loss.png", {all, scarce}, 2);

        // Each unit's weights at length 1: W and W* are of very different size.
        support::ImageGrid grid{.title = "What 16 units look for, and what they draw",
                                .columns = 8,
                                .scale = support::Scale::diverging,
                                .scale_label = "w / ||w||, cut off at 0.2"};
        grid.tiles_like(data.train);
        const auto add = [&](const Tensor& by_unit, const char* label) {
            grid.add(clamp(narrow(by_unit, 0, 0, std::min(hidden, 16)), -0.2, 0.2).to_vector(),
                     label);
        };
        add(support::filters(tied.W), "tied: both");
        add(support::filters(untied.W), "untied: W");
        add(support::unit_rows(untied.W_star.detach()), "untied: W*");
        report.figure("filters.png", grid);
    });
}
