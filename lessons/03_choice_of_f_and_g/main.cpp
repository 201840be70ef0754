// Lesson 03: which function at the output, which in the code. See README.md in this folder.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "lessons/03_choice_of_f_and_g/choices.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"

using autograd::Tensor;
using lessons::Activation;
using lessons::Autoencoder;
using lessons::test_sse;
namespace activation = lessons::activation;
using Function = std::function<Tensor(const Tensor&)>;

// What the decoder says, and the loss that it is trained by.
struct Output {
    std::string name;
    Activation f;
    bool cross_entropy;  // else squared error
};
const std::vector<Output> outputs = {{"linear", activation::linear, false},
                                     {"tanh", activation::tanh, false},
                                     {"logistic", activation::logistic, false},
                                     {"logistic, BCE", activation::logistic, true}};
const std::vector<Activation> codes = {activation::linear, activation::tanh, activation::logistic,
                                       activation::relu};

struct Data {
    std::string name;
    Function prepare;                                   // from pixels in [0, 1]
    int rows;                                           // how many of the outputs are tried on it
    std::vector<std::vector<Autoencoder>> models = {};  // [output][code]
    support::Matrix sse = {};                           // of held-out images, [output][code]
};

int main(int argc, char** argv) {
    support::Lesson lesson("03_choice_of_f_and_g", "Which output for which data");
    lesson.defaults({.epochs = 3, .batch_size = 256, .lr = 0.005, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 500});
    int hidden = 32;
    double smallest = 0.1;
    lesson.flag("--hidden", hidden, {1, 4096}, "numbers in the code");
    lesson.flag("--smallest-deviation", smallest, {1e-3, 1},
                "a pixel's standard deviation is taken to be at least this");

    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        // ---- Data: the same digits, once as 0 and 1, once as real numbers of any size ----
        support::Dataset digits = support::load_dataset(options.data);
        if (options.limit) digits.train = support::first(digits.train, options.limit);
        if (options.quick) digits.test = support::first(digits.test, 1000);
        const int pixels = digits.train.size();
        const lessons::Standardiser standardise = lessons::standardiser(digits.train, smallest);
        int flat = 0;
        for (const double deviation : standardise.deviation.to_vector())
            flat += deviation < smallest * (1 + 1e-6);
        std::printf("%d of %d pixels vary by less than %g: %g is taken\n", flat, pixels, smallest,
                    smallest);

        Data real = {"real", standardise, 3};  // cross-entropy has no minimum on it
        Data binary = {"binary", lessons::binarised, 4};

        // ---- Training: each choice from the same seed, by the same optimiser, for as long ----
        support::Matrix curve_at(3), curve(3);  // for g linear on real data: epochs, held-out error
        support::Progress progress(options.epochs * static_cast<int>(7 * codes.size()));
        for (Data* data : {&real, &binary}) {
            data->models.resize(data->rows), data->sse.resize(data->rows);
            for (int row = 0; row < data->rows; ++row) {
                for (const Activation& g : codes) {
                    const Output& output = outputs[row];
                    autograd::Rng rng(options.seed);
                    Autoencoder model(pixels, hidden, g, output.f, rng);
                    nn::Adam adam(model.parameters(), {.lr = options.lr});
                    const bool draw = data == &real && g.name == "linear";
                    for (int epoch = 0; epoch < options.epochs; ++epoch) {
                        double total = 0;
                        const auto batches =
                            nn::shuffled_batches(digits.train.count, options.batch_size, rng);
                        for (std::size_t b = 0; b < batches.size(); ++b) {
                            if (draw && b % 50 == 0) {
                                curve_at[row].push_back(epoch + double(b) / double(batches.size()));
                                curve[row].push_back(test_sse(digits.test, data->prepare, model));
                            }
                            const Tensor x = data->prepare(to_tensor(digits.train, batches[b]));
                            const Tensor x_hat = model(x);
                            const Tensor loss = output.cross_entropy
                                                    ? lessons::cross_entropy(x_hat, x)
                                                    : lessons::squared_error(x_hat, x);
                            adam.zero_grad();
                            loss.backward();
                            adam.step();
                            total += loss.item() * static_cast<double>(batches[b].size());
                            progress.update(double(b + 1) / double(batches.size()), loss.item());
                        }
                        progress.finish_epoch(total / digits.train.count,
                                              data->name + ", f " + output.name + ", g " + g.name);
                    }
                    data->models[row].push_back(model);
                    data->sse[row].push_back(test_sse(digits.test, data->prepare, model));
                }
            }
        }

        // ---- The floors: the input itself, clamped to what f can say ----
        std::vector<double> floors;
        for (int row = 0; row < real.rows; ++row) {
            floors.push_back(test_sse(digits.test, real.prepare, [&](const Tensor& x) {
                return lessons::best_output(x, outputs[row].f);
            }));
            curve_at[row].push_back(options.epochs), curve[row].push_back(real.sse[row][0]);
        }

        // ---- f x g x data ----
        for (const Data* data : {&real, &binary}) {
            std::printf("\n%s data, squared error per held-out image\nf             g:",
                        data->name.c_str());
            for (const Activation& g : codes) std::printf("%10s", g.name.c_str());
            if (data == &real) std::printf("%10s", "floor");
            for (int row = 0; row < data->rows; ++row) {
                std::printf("\n%-16s", outputs[row].name.c_str());
                for (const double sse : data->sse[row]) std::printf("%10.2f", sse);
                if (data == &real) std::printf("%10.2f", floors[row]);
            }
            std::printf("\n");
        }

        // ---- On binary data: what a linear output says that is no probability ----
        const Autoencoder &linear = binary.models[0][0], &logistic = binary.models[3][0];
        double outside = 0, bce = 0;
        std::vector<double> bins, linear_share(75), logistic_share(75);  // 0.04 wide, from -1 to 2
        for (int bin = 0; bin < 75; ++bin) bins.push_back(-1 + (bin + 0.5) * 0.04);
        const auto count = [&](double value, std::vector<double>& share) {
            const double bin = std::clamp((value + 1) / 0.04, 0.0, 74.0);
            share[static_cast<std::size_t>(bin)] += 1.0 / digits.test.count / pixels;
        };
        support::for_each_chunk(digits.test, [&](const Tensor& image, int) {
            const Tensor x = lessons::binarised(image), x_hat = linear(x), p = logistic(x);
            for (const double value : x_hat.to_vector()) {
                outside += value < 0 || value > 1;
                count(value, linear_share);
            }
            for (const double value : p.to_vector()) count(value, logistic_share);
            bce += lessons::cross_entropy(p, x).item() * static_cast<double>(x.size(0));
        });
        const double clamped_sse = test_sse(digits.test, binary.prepare, [&](const Tensor& x) {
            return lessons::best_output(linear(x), logistic.f);
        });

        std::vector<int> dead;  // of the ReLU codes
        for (const auto& row : binary.models)
            dead.push_back(lessons::dead_units(digits.test, binary.prepare, row.back()));

        // The ranges hold seeds 1 to 6; those of the floors, which draw nothing, are for round-off.
        report.metric("real_linear_sse", real.sse[0][0], {172.5, 175});
        report.metric("real_tanh_sse", real.sse[1][0], {210.5, 212.5});
        report.metric("real_tanh_floor", floors[1], {143.84, 143.86});
        report.metric("real_logistic_sse", real.sse[2][0], {281.5, 283.5});
        report.metric("real_logistic_floor", floors[2], {251.27, 251.3});
        report.metric("binary_linear_sse", binary.sse[0][0], {23.7, 24.3});
        report.metric("binary_linear_clamped_sse", clamped_sse, {22.0, 22.6});
        report.metric("binary_linear_outside", outside / digits.test.count / pixels, {0.37, 0.42});
        report.metric("binary_logistic_sse", binary.sse[2][0], {15.4, 16.4});
        report.metric("binary_logistic_bce", bce / digits.test.count, {0.0655, 0.0675});
        report.metric("flat_pixels", flat);
        report.metric("dead_relu_units", dead);
        report.metric("real_sse", real.sse);
        report.metric("binary_sse", binary.sse);

        // ---- Figures ----
        support::Plot plot{.title = "A bounded output stays above its floor, a linear one has none",
                           .x_label = "epoch",
                           .y_label = "squared error per held-out image",
                           .x_range = support::Range{0, double(options.epochs)},
                           .y_range = support::Range{0, 600}};
        for (int row = 2; row >= 0; --row) {
            plot.line(curve_at[row], curve[row], outputs[row].name);
            if (row == 0) break;
            const std::vector<double> floor(2, floors[row]), whole = {0, double(options.epochs)};
            plot.line(whole, floor, "floor of " + outputs[row].name);
        }
        report.figure("floor.png", plot);

        std::vector<support::Panel> tables;
        for (const Data* data : {&real, &binary}) {
            support::Heatmap table{.title = data->name + " data: squared error per image",
                                   .x_label = "code g",
                                   .y_label = "output f",
                                   .values = data->sse,
                                   .format = data == &real ? "%.0f" : "%.1f"};
            for (int row = 0; row < data->rows; ++row)
                table.row_labels.push_back(outputs[row].name);
            for (const Activation& g : codes) table.column_labels.push_back(g.name);
            tables.push_back(table);
        }
        report.figure("table.png", tables, 2);

        support::ImageGrid grid{.title = "Standardised held-out digits (beyond 3 drawn as 3)",
                                .columns = 12,
                                .scale = support::Scale::diverging,
                                .scale_label = "deviations"};
        const Tensor x = standardise(to_tensor(support::first(digits.test, 12)));
        const auto cut = [](const Tensor& t) { return clamp(t, -3, 3).to_vector(); };
        grid.add(cut(x), "input").add(cut(real.models[0][0](x)), "linear f");
        grid.add(cut(real.models[2][0](x)), "logistic f");
        grid.add(cut(lessons::best_output(x, activation::logistic)), "its best");
        report.figure("digits.png", grid);

        support::Plot histogram{.title = "Two outputs in five of a linear f are no probability",
                                .x_label = "output for a pixel of a held-out binary digit",
                                .y_label = "share of outputs (bins 0.04 wide)",
                                .log_y = true,
                                .x_range = support::Range{-0.8, 1.8},
                                .y_range = support::Range{1e-6, 1}};
        histogram.line(bins, linear_share, "linear f").line(bins, logistic_share, "logistic f");
        histogram.vertical(0).vertical(1);
        report.figure("outputs.png", histogram);
    });
}
