// Lesson 03: which function at the output, which in the code. See README.md in this folder.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/03_choice_of_f_and_g/choices.h"
#include "lessons/03_choice_of_f_and_g/table.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"

using autograd::Tensor;
using namespace lessons;

int main(int argc, char** argv) {
    support::Lesson lesson("03_choice_of_f_and_g", "Which output for which data");
    lesson.defaults({.epochs = 3, .batch_size = 256, .lr = 0.005, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 500});
    int hidden = 32;
    double smallest = 0.1;
    lesson.flag("--hidden", hidden, {1, 4096}, "numbers in the code");
    lesson.flag("--smallest-deviation", smallest, {1e-3, 1},
                "a pixel's standard deviation is taken to be at least this");

    lesson.weights("the network for binary data, g linear, f logistic, by cross-entropy");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        // ---- Data: the same digits, once as 0 and 1, once as real numbers of any size ----
        const support::Dataset digits = support::load_dataset(options);
        const int pixels = digits.train.size();
        const Standardiser standardise = standardiser(digits.train, smallest);
        const auto flat = std::ranges::count_if(
            standardise.deviation.to_vector(),
            [&](double deviation) { return deviation < smallest * (1 + 1e-6); });
        const auto unlit =
            double(std::ranges::count(standardise.mean.to_vector(), 0));  // never, in training
        std::printf("%d of %d pixels vary by less than %g: %g is taken\n", int(flat), pixels,
                    smallest, smallest);
        Data real = {"Real", standardise, 3};  // cross-entropy has no minimum on it
        Data binary = {"Binary", binarised, 4};

        // ---- Training: each choice from the same seed, by the same optimiser, for as long ----
        // Calls watch(epochs done, model) every 25 batches, where it is given.
        Rng any(options.seed);
        const lessons::Weights weights(
            options, ChosenAutoencoder(pixels, hidden, choices_of_g[0], outputs[3].f, any));
        using Watch = std::function<void(double, const ChosenAutoencoder&)>;
        const auto train = [&](const Data& data, const Output& output, const Activation& g,
                               const Watch& watch) {
            autograd::Rng rng(options.seed);
            ChosenAutoencoder model(pixels, hidden, g, output.f, rng);
            if (&data == &binary && &output == &outputs[3] && &g == &choices_of_g[0])
                weights.load_into(model);
            nn::Adam adam(model.parameters(), {.lr = options.lr});
            support::Progress progress(options.epochs, digits.train.count,
                                       data.name + ", f " + output.name + ", g " + g.name);
            int step = 0;
            lessons::train(adam, digits.train, options, rng, progress, [&](const Tensor& images) {
                if (watch && step++ % 25 == 0) watch(options.epochs * progress.done(), model);
                const Tensor x = data.prepare(images);
                return output.loss(model(x), x);
            });
            if (watch) watch(options.epochs, model);
            return model;
        };
        support::Matrix curve_at(3), curve(3);  // for g linear on real data: epochs, held-out error
        for (Data* data : {&real, &binary}) {
            const auto sse = [&](const ChosenAutoencoder& model) {
                return test_loss(squared_error, digits.test, data->prepare, model);
            };
            data->models.resize(data->rows), data->sse.resize(data->rows);
            for (std::size_t row = 0; row < data->rows; ++row) {
                const Watch draw = [&](double epoch, const ChosenAutoencoder& model) {
                    curve_at[row].push_back(epoch), curve[row].push_back(sse(model));
                };
                for (const Activation& g : choices_of_g) {
                    const bool drawn = data == &real && g.name == "linear";
                    data->models[row].push_back(
                        train(*data, outputs[row], g, drawn ? draw : Watch()));
                    data->sse[row].push_back(sse(data->models[row].back()));
                }
            }
        }

        // ---- The floors: the input itself, clamped to what f can say ----
        std::vector<double> floors;
        for (std::size_t row = 0; row < real.rows; ++row) {
            const auto best = [&](const Tensor& x) { return best_output(x, outputs[row].f); };
            floors.push_back(test_loss(squared_error, digits.test, real.prepare, best));
        }

        // ---- f x g x data ----
        print_table(real, floors);
        print_table(binary, {});

        // ---- On binary data: what a linear output says that is no probability ----
        const ChosenAutoencoder &linear = binary.models[0][0], &logistic = binary.models[2][0],
                                &by_cross_entropy = binary.models[3][0];
        weights.save(by_cross_entropy, [&] {
            const Tensor x = binarised(to_tensor(support::first(digits.train, options.batch_size)));
            return cross_entropy(by_cross_entropy(x), x);
        });
        const auto clamped = [&](const Tensor& x) { return best_output(linear(x), logistic.f); };
        const double clamped_sse = test_loss(squared_error, digits.test, binary.prepare, clamped);
        const Tensor thousand = binarised(to_tensor(support::first(digits.test, 1000)));
        const auto said = linear(thousand).to_vector();
        const auto outside =
            std::ranges::count_if(said, [](double value) { return value < 0 || value > 1; });

        std::vector<int> dead;  // of the ReLU codes
        for (const auto& row : binary.models)
            dead.push_back(dead_units(digits.test, binary.prepare, row.back()));

        // The ranges hold for seeds 1 to 6; those of the floors, which draw nothing, are for
        // round-off.
        report.metric("real_linear_sse", real.sse[0][0], {172.5, 175});
        report.metric("real_tanh_sse", real.sse[1][0], {210.5, 212.5});
        report.metric("real_tanh_floor", floors[1], {143.84, 143.86});
        report.metric("real_logistic_sse", real.sse[2][0], {281.5, 283.5});
        report.metric("real_logistic_floor", floors[2], {251.27, 251.3});
        report.metric("binary_linear_sse", binary.sse[0][0], {23.7, 24.3});
        report.metric("binary_linear_clamped_sse", clamped_sse, {22.0, 22.6});
        report.metric("binary_linear_outside", double(outside) / double(said.size()), {0.37, 0.42});
        report.metric("binary_logistic_sse", binary.sse[2][0], {15.4, 16.4});
        report.metric("binary_logistic_bce",
                      test_loss(cross_entropy, digits.test, binary.prepare, by_cross_entropy),
                      {0.0655, 0.0675});
        report.metric("flat_pixels", double(flat), {340, 340});
        report.metric("unlit_pixels", unlit, {67, 67});
        report.metric("dead_relu_units_linear_f", dead[0]);
        report.metric("dead_relu_units_more_than_logistic_f", dead[0] - dead[2], {4, 22});
        report.metric("dead_relu_units", dead);
        report.metric("real_sse", real.sse);
        report.metric("binary_sse", binary.sse);

        // ---- Figures ----
        report.figure("floor.png", draw_curves(curve_at, curve, floors, options.epochs));
        report.figure("table.png", {table(real, "%.0f"), table(binary, "%.1f")}, 2);

        support::ImageGrid grid{.title = "Standardised held-out digits (beyond 3 drawn as 3)",
                                .columns = 12,
                                .scale = support::Scale::diverging,
                                .scale_label = "standard deviations"};
        const Tensor x = standardise(to_tensor(support::first(digits.test, 12)));
        const auto cut = [](const Tensor& t) { return clamp(t, -3, 3).to_vector(); };
        grid.tiles_like(digits.test);
        grid.add(cut(x), "input").add(cut(real.models[0][0](x)), "linear f");
        grid.add(cut(real.models[2][0](x)), "logistic f");
        grid.add(cut(best_output(x, activation::logistic)), "logistic, best");
        report.figure("digits.png", grid);

        report.figure("outputs.png", draw_histogram(said, logistic(thousand).to_vector()));
    });
}
