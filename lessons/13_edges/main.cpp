// Lesson 13: edges in photographs. See README.md in this folder.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/09_denoising/restoring.h"
#include "lessons/13_edges/drawings.h"
#include "lessons/13_edges/edge_autoencoder.h"
#include "lessons/13_edges/gabor.h"
#include "lessons/13_edges/patches.h"
#include "lessons/13_edges/photographs.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/pca.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::EdgeAutoencoder;
using lessons::Filters;
using lessons::Photograph;

// One network: what is done to its input, and the price of its weights.
struct Trial {
    std::string name;
    lessons::Damage damage;
    double lambda = 0;
};

int main(int argc, char** argv) {
    support::Lesson lesson("13_edges", "Edges in photographs");
    lesson.defaults({.epochs = 15,
                     .batch_size = 128,
                     .lr = 0.01,
                     .seed = 1,
                     .data = support::default_data_dir().parent_path() / "photographs"});
    lesson.quick({.epochs = 1, .limit = 640, .flags = {{"--hidden", "10"}}});
    int hidden = 200;
    double sigma = 0.5, variance = 0.1, lambda = 1e-3, q = 0.25;
    lesson.flag("--hidden", hidden, {1, 4096}, "units in the code");
    lesson.flag("--variance", variance, {1e-6, 100}, "of a pixel of the patches");
    lesson.flag("--sigma", sigma, {0, 10}, "standard deviation of the Gaussian noise");
    lesson.flag("--lambda", lambda, {0, 10}, "weight decay");
    lesson.flag("--corruption", q, {0, 0.99}, "share of the pixels that are masked");

    lesson.data("folder of grey PNG photographs, 28 x 28 pixels at least",
                "cut out so many patches; 0: 100000");
    lesson.weights("the network under Gaussian noise");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        // ---- Data: patches of whitened photographs ----
        Rng rng(options.seed);
        const std::vector<Photograph> photographs = lessons::photographs(options.data);
        std::vector<Photograph> whitened;
        for (const Photograph& p : photographs) whitened.push_back(lessons::whitened(p));
        const int n = lessons::side * lessons::side;
        const int count = options.limit > 0 ? options.limit : 100000;
        const lessons::Patches patches = lessons::patches(whitened, count, variance, rng);
        std::printf("%d patches of %zu photographs, %d numbers each\n\n", count, photographs.size(),
                    n);

        // ---- The same network, four times: what it is shown differs, or what weights cost ----
        const lessons::Weights weights(options, EdgeAutoencoder(n, hidden, rng));
        const std::vector<Trial> trials = {{"denoising", lessons::gaussian(sigma)},
                                           {"plain", lessons::masking(0)},
                                           {"weight_decay", lessons::masking(0), lambda},
                                           {"masking", lessons::masking(q)}};
        std::vector<Filters> all;
        for (const Trial& trial : trials) {
            Rng draws(options.seed);
            const EdgeAutoencoder model(n, hidden, draws);
            const bool first = all.empty();
            if (first) weights.load_into(model);
            const auto loss_of = [&](const Tensor& x) {
                return lessons::edge_loss(model, trial.damage(x, draws), x, trial.lambda);
            };
            nn::Adam adam(model.parameters(), {.lr = options.lr});
            support::Progress progress(options.epochs, count, trial.name,
                                       std::max(1, options.epochs / 5));
            lessons::train(adam, patches, options, draws, progress, [&](const Tensor& x) {
                adam.settings.lr = options.lr * (1 - progress.done());
                return loss_of(x);
            });
            if (first)
                weights.save(model, [&] {
                    return loss_of(narrow(patches.rows, 0, 0, std::min(options.batch_size, count)));
                });
            const Tensor rows = support::filters(model.W),
                         h = model.encode(narrow(patches.rows, 0, 0, std::min(10000, count)));
            all.push_back({trial.name, rows, lessons::fit_gabors(rows), mean(h).item()});
        }

        // ---- And what PCA finds ----
        const std::vector<autograd::real> numbers = patches.rows.to_vector();
        const support::Pca pca = support::principal_components({numbers.begin(), numbers.end()}, n);
        const Tensor components =
            narrow(autograd::tensor(pca.components, {n, n}), 0, 0, std::min(hidden, n));
        all.push_back({"pca", components, lessons::fit_gabors(components)});

        // The ranges hold for seeds 1 to 5.
        for (const Filters& filters : all) {
            const bool noise = filters.name == "denoising";
            report.metric(filters.name + "_edge_share", filters.shapes.edge_share(),
                          noise ? support::Expected{0.9, 1} : support::Expected{0, 0.03});
            report.metric(filters.name + "_gabor_share", filters.shapes.gabor_share());
            if (filters.name != "pca")
                report.metric(filters.name + "_mean_activation", filters.mean_activation,
                              noise ? support::Expected{0.019, 0.0215} : support::Expected{});
        }
        report.metric("plain_over_denoising_activation",
                      all[1].mean_activation / all[0].mean_activation, {10, 12});
        report.metric("decay_over_plain_activation",
                      all[2].mean_activation / all[1].mean_activation, {1.8, 2.1});
        const std::vector<double> directions = lessons::orientations(all[0].shapes, 8);
        report.metric("orientations", directions);
        report.metric("rarest_orientation", *std::ranges::min_element(directions), {0.05, 0.125});

        // ---- Figures ----
        report.figure("edges.png", lessons::draw_edges(all[0]));
        report.figure("comparison.png", lessons::draw_comparison(all));
        report.figure("fits.png", lessons::draw_fits(all[0]));
        report.figure("shares.png", lessons::draw_shares(all), 2);
        report.figure("directions.png", lessons::draw_directions(directions));
        const std::size_t shown = std::min<std::size_t>(1, photographs.size() - 1);
        report.figure("whitening.png",
                      lessons::draw_whitening(photographs[shown], whitened[shown]));
    });
}
