// Lesson 17: more features than dimensions, few of them on. See README.md in this folder.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/17_top_k/drawings.h"
#include "lessons/17_top_k/superposition.h"
#include "lessons/17_top_k/top_k.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/pca.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Silence;
using lessons::SparseDictionary;

int main(int argc, char** argv) {
    support::Lesson lesson("17_top_k", "More features than dimensions, few of them on");
    lesson.defaults({.epochs = 1, .batch_size = 256, .lr = 0.008, .seed = 1});
    lesson.quick({.epochs = 1,
                  .limit = 500,
                  .flags = {{"--passes", "1"}, {"--hidden", "100"}, {"--k", "10,25"}}});
    int passes = 5, directions = 256, units = 256, active = 4, hidden = 1000;
    double lambda = 1, alpha = 0.25;
    std::vector<int> ks = {10, 25, 40, 70};
    lesson.flag("--passes", passes, {1, 1000}, "epochs on the made-up data (three times for L1)");
    lesson.flag("--units", units, {64, 4096}, "units of the networks for made-up data");
    lesson.flag("--active", active, {1, 32}, "directions that are active, on average; top-k's k");
    lesson.flag("--lambda", lambda, {0, 100}, "weight of the L1 penalty");
    lesson.flag("--auxiliary", alpha, {0, 100}, "weight of the loss that wakes dead units");
    lesson.flag("--hidden", hidden, {100, 4096}, "units of the networks for digits");
    lesson.flag("--k", ks, {1, 100}, "units that are on for a digit, each k a network");

    lesson.weights("the first network for digits");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        const support::Dataset digits = support::load_dataset(options);
        const support::Pca digits_pca = support::principal_components(digits.train);
        const int pixels = digits.train.size(), n = 64, patience = 1280, k_aux = 32;
        Rng rng(options.seed);
        std::vector<SparseDictionary> dictionaries;
        for (const int k : ks)
            dictionaries.emplace_back(pixels, hidden, k, true, rng).begin_at(digits_pca.mean);
        const lessons::Weights weights(options, dictionaries[0]);

        const auto train = [&](const std::string& name, const SparseDictionary& model,
                               const auto& data, int epochs, double lr,
                               const std::function<Tensor(const Tensor& x)>& loss_of) {
            Rng draws(options.seed);
            lessons::DictionaryAdam adam(model, lr);
            support::Progress progress(epochs, data.count, name, epochs);
            support::Options how = options;
            how.epochs = epochs;
            lessons::train(adam, data, how, draws, progress, [&](const Tensor& x) {
                adam.settings.lr = lr * (1 - progress.done());
                return loss_of(x);
            });
        };

        // ---- Made-up data, whose truth is known ----
        const int count = options.quick ? 1000 : 50000, held_out = count / 10;
        rng = Rng(options.seed);  // the same data whatever the networks for digits
        const Tensor D = support::unit_rows(autograd::normal({directions, n}, 0, 1, rng));
        const lessons::Superposition data = lessons::superposition(count, D, active, rng),
                                     test = lessons::superposition(held_out, D, active, rng);

        // Top-k, four times: both starts, without and with the auxiliary loss.
        support::Plot dying{.title = "The auxiliary loss wakes units that fell silent",
                            .x_label = "step",
                            .y_label = "share that was off for 1,280 inputs",
                            .y_range = support::Range{0, 0.75}};
        const Rng start = rng;
        std::vector<SparseDictionary> top_k;
        for (const bool transposed : {false, true})
            for (const double weight : {0.0, alpha}) {
                Rng draws = start;
                const SparseDictionary& model =
                    top_k.emplace_back(n, units, active, transposed, draws);
                Silence silence(units, patience);
                support::Values steps, dead;
                const std::string name =
                    support::format("%s%s", transposed ? "transpose" : "own directions",
                                    weight > 0 ? ", auxiliary loss" : "");
                train("top-k, " + name, model, data, passes, options.lr, [&](const Tensor& x) {
                    steps.push_back(double(steps.size()));
                    dead.push_back(double(silence.dead()) / units);
                    return auxiliary_loss(model, x, silence, weight, k_aux);
                });
                dying.line(steps, dead, name);
            }
        Rng draws = start;
        const SparseDictionary l1(n, units, 0, true, draws);
        const Tensor untrained = l1.W_star.detach();
        train("L1", l1, data, 3 * passes, options.lr,
              [&](const Tensor& x) { return l1_loss(l1, x, lambda); });

        // ---- Digits: error and probe against k ----
        const std::vector<int> labels(digits.train.labels.begin(), digits.train.labels.end()),
            test_labels(digits.test.labels.begin(), digits.test.labels.end());
        const std::vector<double> by_pca = support::reconstruction_sse(digits_pca, digits.test);
        support::Values sse, probe, dead, pca_sse;
        for (const SparseDictionary& model : dictionaries) {
            Silence silence(hidden, patience);
            train(support::format("digits, k = %d", model.k), model, digits.train, options.epochs,
                  options.lr / 2,
                  [&](const Tensor& x) { return auxiliary_loss(model, x, silence, alpha, k_aux); });
            const auto encode = [&](const Tensor& x) { return model.encode(x); };
            const Tensor test_codes = support::codes(digits.test, encode);
            Rng order(options.seed);
            sse.push_back(support::reconstruction_error(digits.test, std::cref(model)).sse);
            probe.push_back(nn::probe_accuracy(support::codes(digits.train, encode), labels,
                                               test_codes, test_labels, order));
            dead.push_back(lessons::dead_share(test_codes));
            pca_sse.push_back(by_pca[std::size_t(model.k)]);
        }
        weights.save(dictionaries[0], [&] {
            return top_k_loss(dictionaries[0],
                              to_tensor(support::first(digits.train, options.batch_size)));
        });

        // ---- What they found. The ranges hold for seeds 1 to 5 ----
        const autograd::NoGrad measuring;
        lessons::report_found(report, top_k, l1, untrained, test, data);
        report.metric("test_sse_by_k", sse);
        report.metric("pca_sse_by_k", pca_sse);
        report.metric("probe_accuracy_by_k", probe);
        report.metric("dead_by_k", dead);
        report.metric("dead_at_first_k", dead[0], {0.13, 0.22});
        report.metric("sse_over_pca_at_first_k", sse[0] / pca_sse[0], {0.48, 0.51});
        report.metric("sse_over_pca_at_last_k", sse.back() / pca_sse.back(), {0.95, 0.99});
        report.metric("probe_gain_over_first_k", std::ranges::max(probe) - probe[0], {0.006, 0.02});

        report.figure("directions.png", lessons::draw_found(top_k.back(), l1, untrained, data));
        report.figure("coefficients.png", lessons::draw_coefficients(top_k.back(), l1, test));
        report.figure("dead.png", dying);
        report.figure("features.png", lessons::draw_features(dictionaries, digits.test));
        report.figure("parts.png", lessons::draw_parts(dictionaries[0], digits.test));
        report.figure("by_k.png", lessons::draw_by_k(ks, sse, pca_sse, probe));
    });
}
