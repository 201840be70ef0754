// Lesson 14: several layers on each side of the code. See README.md in this folder.

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "lessons/02_autoencoder/weights.h"
#include "lessons/14_deep/deep_autoencoder.h"
#include "lessons/14_deep/drawings.h"
#include "lessons/14_deep/measures.h"
#include "lessons/14_deep/pretraining.h"
#include "lessons/14_deep/training.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/pca.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::DeepAutoencoder;
using lessons::PcaCode;
using support::Expected;

int main(int argc, char** argv) {
    support::Lesson lesson("14_deep", "Several layers on each side of the code");
    lesson.defaults({.epochs = 5, .batch_size = 256, .lr = 0.001, .seed = 1});
    int small_epochs = 8, normal_code = 30;
    double momentum_lr = 30;
    lesson.quick({.epochs = 1, .limit = 640, .flags = {{"--small-epochs", "5"}}});
    lesson.flag("--small-epochs", small_epochs, {5, 1e6}, "epochs of the smaller networks");
    lesson.flag("--momentum-lr", momentum_lr, {1e-6, 1e6},
                "learning rate of gradient descent with momentum");
    lesson.flag("--normal-code", normal_code, {1, 30},
                "numbers in the code of the networks that know one digit");

    lesson.weights("the deep network");
    std::string metrics;
    const int code =
        lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
            const support::Dataset data = support::load_dataset(options);
            const int n = data.train.size();
            const support::Interrupt interrupt;
            metrics = options.out / "metrics.json";
            // Ranges, which hold for seeds 1 to 5, say nothing of a run that was cut short.
            const auto expect = [&](double min, double max) {
                return interrupt.requested() ? Expected{} : Expected{min, max};
            };
            const lessons::Trainer train{options, interrupt};
            const auto make = [&](std::vector<int> hidden, const lessons::Unit& unit) {
                hidden.insert(hidden.begin(), n);
                Rng rng(options.seed);
                return DeepAutoencoder(hidden, unit, rng);
            };
            const lessons::Unit logistic = [](const Tensor& z) { return sigmoid(z); };
            const auto train_adam = [&](const std::string& name, const DeepAutoencoder& model,
                                        const support::Images& images, int epochs, double lr) {
                return train(name, nn::Adam(model.parameters()), images, epochs, lr,
                             [&](const Tensor& x) { return lessons::deep_loss(model, x); });
            };
            const auto sse = [&](const lessons::Reconstruct& reconstruct) {
                return support::reconstruction_error(data.test, reconstruct).sse;
            };

            // ---- 30 numbers a digit: PCA, logistic PCA, a deep network ----
            const DeepAutoencoder deep = make({1000, 500, 250, 30}, lessons::elu),
                                  linear = make({30}, lessons::elu);
            const lessons::Weights weights(options, deep);
            const support::Pca pca = support::principal_components(data.train);
            const std::vector<double> pca_sse = support::reconstruction_sse(pca, data.test);
            report.metric("pca_test_sse", pca_sse[30], {13.7, 14});
            train_adam("logistic PCA", linear, data.train, small_epochs, 5 * options.lr);
            report.metric("logistic_pca_test_sse", sse(linear), expect(0, 100));
            train_adam("deep", deep, data.train, options.epochs, options.lr);
            const double deep_sse = sse(deep);
            report.metric("deep_test_sse", deep_sse, expect(0, 100));
            report.metric("pca_over_deep", pca_sse[30] / deep_sse, expect(0, 100));
            weights.save(deep, [&] {
                return lessons::deep_loss(
                    deep, to_tensor(support::first(data.train, options.batch_size)));
            });
            report.figure(
                "reconstructions.png",
                lessons::draw_reconstructions(
                    "30 numbers a digit", data.test, 14,
                    {{"PCA", PcaCode(pca, 30)}, {"logistic PCA", linear}, {"deep", deep}}));
            if (interrupt.requested()) return;

            // ---- What pretraining was for: logistic units, gradient descent with momentum ----
            const std::vector<int> narrow_sizes = {256, 128, 64, 30};
            const DeepAutoencoder pretrained = make(narrow_sizes, logistic),
                                  unpretrained = make(narrow_sizes, logistic),
                                  modern = make(narrow_sizes, lessons::elu),
                                  adam_logistic = make(narrow_sizes, logistic),
                                  momentum_elu = make(narrow_sizes, lessons::elu);
            const auto descend = [&](const std::string& name, const DeepAutoencoder& model,
                                     int epochs, double lr) {
                return train(name, nn::Sgd(model.parameters(), {.momentum = 0.9}), data.train,
                             epochs, lr,
                             [&](const Tensor& x) { return lessons::deep_loss(model, x); });
            };
            std::size_t steps = 0;
            const int layer_epochs = std::max(1, small_epochs / 8);
            for (std::size_t l = 0; l < pretrained.encoder.size(); ++l)
                steps +=
                    train(support::format("layer %zu alone", l + 1),
                          nn::Sgd(lessons::layer_parameters(pretrained, l), {.momentum = 0.9}),
                          data.train, layer_epochs, momentum_lr / 3,
                          [&](const Tensor& x) { return lessons::layer_loss(pretrained, l, x); })
                        .size();
            const auto after =
                descend("pretrained", pretrained, small_epochs - 4 * layer_epochs, momentum_lr);
            const auto without = descend("not pretrained", unpretrained, small_epochs, momentum_lr);
            const auto with_adam =
                train_adam("ELU, Adam", modern, data.train, small_epochs, 3 * options.lr);
            train_adam("logistic, Adam", adam_logistic, data.train, small_epochs, 3 * options.lr);
            descend("ELU, momentum", momentum_elu, small_epochs, momentum_lr / 10);
            report.metric("pretrained_test_sse", sse(pretrained), expect(0, 100));
            report.metric("unpretrained_test_sse", sse(unpretrained), expect(0, 100));
            report.metric("elu_adam_test_sse", sse(modern), expect(0, 100));
            report.metric("logistic_adam_test_sse", sse(adam_logistic), expect(0, 100));
            report.metric("elu_momentum_test_sse", sse(momentum_elu), expect(0, 100));
            report.figure("pretraining.png", lessons::draw_losses("Start",
                                                                  {{"not pretrained", without},
                                                                   {"pretrained", after, steps},
                                                                   {"ELU, Adam", with_adam}},
                                                                  47));
            if (interrupt.requested()) return;

            // ---- A code of two numbers ----
            const DeepAutoencoder plane = make({500, 250, 100, 2}, lessons::elu);
            train_adam("plane", plane, data.train, small_epochs, 2 * options.lr);
            const auto encode = [&](const Tensor& x) { return plane.encode(x); };
            const PcaCode pca_plane(pca, 2);
            const auto encode_pca = [&](const Tensor& x) { return pca_plane.encode(x); };
            const Tensor codes = support::codes(data.test, encode),
                         pca_codes = support::codes(data.test, encode_pca);
            const auto neighbours = [&](const auto& encode, const Tensor& test_codes) {
                return lessons::neighbour_accuracy(support::codes(data.train, encode),
                                                   data.train.labels, test_codes, data.test.labels,
                                                   15);
            };
            report.metric("plane_test_sse", sse(plane), expect(0, 100));
            report.metric("pca_plane_test_sse", pca_sse[2], expect(0, 100));
            report.metric("plane_neighbour_accuracy", neighbours(encode, codes), expect(0, 100));
            report.metric("pca_plane_neighbour_accuracy", neighbours(encode_pca, pca_codes),
                          expect(0, 100));
            report.figure(
                "plane.png",
                {lessons::draw_plane("Two numbers, deep: 0 to 4", codes, data.test.labels, 0, 200),
                 lessons::draw_plane("PCA: 0 to 4", pca_codes, data.test.labels, 0, 200),
                 lessons::draw_plane("Two numbers, deep: 5 to 9", codes, data.test.labels, 5, 200),
                 lessons::draw_plane("PCA: 5 to 9", pca_codes, data.test.labels, 5, 200)});
            report.figure("map.png", lessons::draw_map("What the decoder draws over the plane",
                                                       plane, codes, data.test, 20));
            if (interrupt.requested()) return;

            // ---- One digit is normal, the others are strange ----
            std::vector<double> areas, pca_areas;
            for (int digit = options.quick ? 8 : 0; digit < (options.quick ? 9 : 10); ++digit) {
                const support::Images normal = lessons::of_digit(data.train, digit);
                const DeepAutoencoder model = make({256, 64, normal_code}, lessons::elu);
                train_adam(support::format("%d is normal", digit), model, normal, 2 * small_epochs,
                           3 * options.lr);
                const PcaCode flat(support::principal_components(normal), normal_code);
                const auto errors = lessons::squared_errors(data.test, model);
                const auto pca_errors = lessons::squared_errors(data.test, flat);
                areas.push_back(lessons::one_class_area(errors, data.test.labels, digit));
                pca_areas.push_back(lessons::one_class_area(pca_errors, data.test.labels, digit));
                if (digit == 8) {
                    report.metric("ones_among_eights_auc",
                                  lessons::one_class_area(errors, data.test.labels, 8, 1));
                    report.metric("pca_ones_among_eights_auc",
                                  lessons::one_class_area(pca_errors, data.test.labels, 8, 1));
                }
            }
            report.metric("one_class_auc", areas);
            report.metric("pca_one_class_auc", pca_areas);
            double gain = 0;
            for (size_t i = 0; i < areas.size(); ++i) {
                gain += (areas[i] - pca_areas[i]) / double(areas.size());
                std::printf("%zu %.4f %.4f\n", i, areas[i], pca_areas[i]);
            }
            report.metric("gain", gain);
        });
    if (!support::was_interrupted()) return code;
    support::mark_interrupted(metrics);
    return support::Interrupt::exit_code;
}
