// Lesson 12: six remedies, one wide network. See README.md in this folder.

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/12_summary/classifier.h"
#include "lessons/12_summary/drawings.h"
#include "lessons/12_summary/measures.h"
#include "lessons/12_summary/remedies.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/pca.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Probes;
using lessons::Row;
using lessons::Variant;

int main(int argc, char** argv) {
    support::Lesson lesson("12_summary", "Six remedies, one wide network");
    lesson.defaults({.epochs = 4, .batch_size = 256, .lr = 0.002, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 640, .flags = {{"--hidden", "100"}}});
    lessons::Remedies r;
    lesson.flag("--hidden", r.hidden, {100, 4096}, "units in the code");
    lesson.flag("--decay", r.decay, {0, 1}, "weight decay");
    lesson.flag("--corruption", r.corruption, {0.01, 0.99}, "share of the pixels that are masked");
    lesson.flag("--rho", r.rho, {1e-6, 0.999}, "target for the mean activation of a unit");
    lesson.flag("--sparsity", r.sparsity, {0, 1000}, "weight of the sparsity penalty");
    lesson.flag("--contraction", r.contraction, {0, 1000}, "weight of the Jacobian's norm");
    lesson.flag("--active", r.active, {1, 100}, "top-k: units that speak for an image");

    lesson.weights("the denoising network");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        const support::Dataset data = support::load_dataset(options);
        const int pixels = data.train.size();
        Rng rng(options.seed);
        const std::vector<Variant> variants = lessons::variants(pixels, r, rng);
        const Variant &plain = variants[0], &denoising = variants[3];
        const lessons::Weights weights(options, *denoising.model);

        // ---- The same images, the same number of steps; the loss differs ----
        std::vector<Row> rows;
        for (const Variant& v : variants) {
            const auto start = std::chrono::steady_clock::now();
            Rng draws(options.seed);
            nn::Adam adam(v.model->parameters(), {.lr = options.lr});
            support::Progress progress(options.epochs, data.train.count, v.name);
            lessons::train(adam, data.train, options, draws, progress, [&](const Tensor& x) {
                adam.settings.lr = options.lr * (1 - progress.done());
                return v.loss(x, progress.done(), draws);
            });
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
            rows.push_back({.seconds = took.count()});
        }
        weights.save(*denoising.model, [&] {
            const Tensor x = to_tensor(support::first(data.train, options.batch_size));
            return denoising.loss(x, 0, rng);
        });

        // ---- What each is good at, beside codes that nobody had to learn ----
        const auto probe = [&](const lessons::ImageFunction& encode) {
            return lessons::probe(encode, data, options.seed, options.quick ? 1 : 100);
        };
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i].measures = lessons::measure(variants[i], data.test, r.corruption);
            rows[i].probes = probe(variants[i].encode);
            lessons::report_row(report, variants[i].name, rows[i]);
        }
        lessons::print_table(variants, rows, r.corruption);
        const support::Pca pca = support::principal_components(data.train);
        const Tensor V = autograd::tensor(pca.components, {pixels, pixels});
        const auto components = [&](int k) {
            return probe(
                [&](const Tensor& x) { return matmul(x, transposed(narrow(V, 0, 0, k))); });
        };
        const std::vector<std::pair<const char*, Probes>> baselines = {
            {"pixels", probe([](const Tensor& x) { return x; })},
            {"pca", components(32)},
            {"pca_all", components(pixels)},
            {"untrained", probe(lessons::untrained(plain, rng))}};
        for (const auto& [name, probes] : baselines) {
            lessons::print_probes(name, probes);
            lessons::report_probes(report, name, probes);
        }

        // ---- The encoder as the start of a classifier ----
        const auto classify = [&](const Tensor& W, const Tensor& b, const support::Images& images,
                                  int epochs, const char* name, support::Expected expected) {
            Rng draws(options.seed);
            const lessons::Classifier model(W, b, draws);
            const double accuracy = lessons::train_classifier(name, model, images, data.test,
                                                              epochs, options.lr, draws);
            report.metric(name, accuracy, expected);
            return accuracy;
        };
        const support::Images few = support::first(data.train, 1000);
        const int often = options.quick ? 1 : 60;  // 1,000 images make few steps
        const Tensor W = nn::init::xavier_uniform(pixels, r.hidden, rng),
                     b = autograd::zeros({r.hidden});
        std::printf("\n");
        const double gain_few = classify(denoising.W, denoising.b, few, often, "fine_tuned_1000",
                                         {0.883, 0.893}) -
                                classify(W, b, few, often, "random_1000", {0.868, 0.876}),
                     gain_all =
                         classify(denoising.W, denoising.b, data.train, options.epochs,
                                  "fine_tuned_60000", {0.97, 0.974}) -
                         classify(W, b, data.train, options.epochs, "random_60000", {0.961, 0.966});

        // ---- What the page says of them. The ranges hold for seeds 1 to 5 ----
        lessons::report_comparisons(report, rows, baselines.back().second);
        report.metric("fine_tuning_gain_1000", gain_few, {0.012, 0.02});
        report.metric("fine_tuning_gain_60000", gain_all, {0.007, 0.0105});

        report.figure("remedies.png", lessons::draw_measures(rows), 2);
        report.figure("probes.png", lessons::draw_probes(rows, baselines.back().second), 2);
        report.figure("restored.png",
                      lessons::draw_restored(variants, data.test, r.corruption, rng));
        report.figure("filters.png", lessons::draw_filters(variants, data.test));
    });
}
