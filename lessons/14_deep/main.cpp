// Lesson 14: several layers on each side of the code. See README.md in this folder.

#include <string>
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
using lessons::PcaCode;
using lessons::StackedAutoencoder;
using support::Images;

int main(int argc, char** argv) {
    support::Lesson lesson("14_deep", "Several layers on each side of the code");
    lesson.defaults({.epochs = 5, .batch_size = 256, .lr = 0.001, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 128, .flags = {{"--small-epochs", "5"}}});
    int small_epochs = 8, normal_code = 8;
    double momentum_lr = 30;
    lesson.flag("--small-epochs", small_epochs, {5, 1e6}, "epochs of the smaller networks");
    lesson.flag("--momentum-lr", momentum_lr, {1e-6, 1e6},
                "learning rate of gradient descent with momentum");
    lesson.flag("--normal-code", normal_code, {1, 256},
                "numbers in the code of a network that knows one digit");

    lesson.weights("the deep network");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        const support::Dataset data = support::load_dataset(options);
        const support::Interrupt interrupt;
        const auto make = [&](std::vector<int> sizes, const lessons::Unit& g) {
            sizes.insert(sizes.begin(), data.train.size());
            Rng rng(options.seed);  // the same weights for networks of the same sizes
            return StackedAutoencoder(sizes, g, rng);
        };
        const lessons::Trainer train{options, interrupt};
        const auto sse = [&](const lessons::Reconstruct& reconstruct) {
            return support::reconstruction_error(data.test, reconstruct).sse;
        };

        // ---- 30 numbers a digit: PCA, logistic PCA, and a deep network ----
        const StackedAutoencoder deep = make({1000, 500, 250, 30}, lessons::elu),
                                 linear = make({30}, lessons::elu);  // no unit is in it
        const lessons::Weights weights(options, deep);
        const support::Pca pca = support::principal_components(data.train);
        const std::vector<double> pca_sse = support::reconstruction_sse(pca, data.test);
        train.adam("logistic PCA", linear, data.train, small_epochs, 5 * options.lr);
        train.adam("deep", deep, data.train, options.epochs, options.lr);
        weights.save(deep, [&] {
            const Tensor x = to_tensor(support::first(data.train, options.batch_size));
            return lessons::deep_loss(deep, x);
        });
        const double linear_sse = sse(linear), deep_sse = sse(deep);
        report.metric("pca_test_sse", pca_sse[30], {13.86, 13.88});
        report.metric("logistic_pca_test_sse", linear_sse, {7.9, 8.5});
        report.metric("deep_test_sse", deep_sse, {4.3, 4.8});
        report.metric("logistic_pca_over_deep", linear_sse / deep_sse, {1.65, 2});
        report.figure("reconstructions.png",
                      lessons::draw_reconstructions(
                          "30 numbers a digit", data.test, 14,
                          {{"PCA", PcaCode(pca, 30)}, {"logistic PCA", linear}, {"deep", deep}}));

        // ---- What pretraining was for: the same number of steps for all, its own counted ----
        std::vector<lessons::Curve> curves;
        std::vector<double> errors;
        for (const auto& start : lessons::starts(momentum_lr, 3 * options.lr)) {
            if (interrupt.requested()) return;
            const StackedAutoencoder model = make({256, 128, 64, 30}, start.g);
            const auto [losses, first] =
                lessons::run(start, train, model, data.train, small_epochs);
            curves.push_back({start.title, losses, first});
            errors.push_back(sse(model));
            report.metric(start.name + "_test_sse", errors.back());
        }
        report.metric("unpretrained_over_pretrained", errors[0] / errors[1], {1.3, 2.4});
        report.metric("pretrained_over_elu_adam", errors[1] / errors[4], {1.8, 2.8});
        report.figure(
            "pretraining.png",
            lessons::draw_losses("Logistic units need pretraining, ELUs do not", curves, 20));
        if (interrupt.requested()) return;

        // ---- A code of two numbers ----
        const StackedAutoencoder plane = make({500, 250, 100, 2}, lessons::elu);
        train.adam("plane", plane, data.train, small_epochs, 2 * options.lr);
        const PcaCode pca_plane(pca, 2);
        std::vector<support::Panel> planes;
        const auto neighbours = [&](const std::string& title, const lessons::Reconstruct& encode) {
            const Tensor codes = support::codes(data.test, encode);
            for (const auto& panel : lessons::draw_plane(title, codes, data.test.labels))
                planes.push_back(panel);
            return lessons::neighbour_accuracy(support::codes(data.train, encode),
                                               data.train.labels, codes, data.test.labels, 15);
        };
        const auto encode = [&](const Tensor& x) { return plane.encode(x); };
        const double near = neighbours("Deep", encode),
                     pca_near = neighbours("PCA", [&](auto&x) { return pca_plane.encode(x); });
        report.metric("plane_test_sse", sse(plane), {27, 30});
        report.metric("pca_plane_test_sse", pca_sse[2], {43.6, 43.7});
        report.metric("plane_neighbour_accuracy", near, {0.76, 0.83});
        report.metric("pca_plane_neighbour_accuracy", pca_near, {0.44, 0.46});
        report.metric("plane_neighbour_gain", near - pca_near, {0.3, 0.39});
        report.figure("plane.png", planes, 2);
        report.figure("map.png",
                      lessons::draw_map("What the decoder draws over the plane", plane,
                                        support::codes(data.test, encode), data.test, 20));

        // ---- One digit is normal, the others are strange; --quick looks at the eights alone ----
        std::vector<double> areas, pca_areas;
        for (int digit = options.quick ? 8 : 0; digit <= (options.quick ? 8 : 9); ++digit) {
            if (interrupt.requested()) return;
            const Images normal = lessons::of_digit(data.train, digit);
            const StackedAutoencoder model = make({256, 64, normal_code}, lessons::elu);
            train.adam(support::format("%d is normal", digit), model, normal, 2 * small_epochs,
                       3 * options.lr);
            const PcaCode pca_code(support::principal_components(normal), normal_code);
            const lessons::Strangeness deep_finds(data.test, model), pca_finds(data.test, pca_code);
            areas.push_back(deep_finds.area(digit));
            pca_areas.push_back(pca_finds.area(digit));
            if (digit != 8) continue;
            report.metric("ones_among_eights_auc", deep_finds.area(8, 1), {0.25, 0.49});
            report.metric("pca_ones_among_eights_auc", pca_finds.area(8, 1), {0.31, 0.33});
            report.figure("strangers.png",
                          lessons::draw_strangers("A network that has seen nothing but 8s",
                                                  data.test, 8, 1, model));
        }
        report.metric("one_class_auc", areas);
        report.metric("pca_one_class_auc", pca_areas);
        report.metric("one_class_gain", lessons::mean(areas) - lessons::mean(pca_areas),
                      {0.015, 0.035});
        report.figure(
            "one_class.png",
            lessons::draw_areas("One digit is normal: how well the others are told from it", areas,
                                pca_areas));
    });
}
