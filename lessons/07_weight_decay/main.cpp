// Lesson 07: weight decay. See README.md in this folder.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/07_weight_decay/runs.h"
#include "lessons/07_weight_decay/weight_decay.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"

using autograd::Tensor;
using namespace lessons;

int main(int argc, char** argv) {
    support::Lesson lesson("07_weight_decay", "Large weights must be earned");
    lesson.defaults({.epochs = 100, .batch_size = 50, .lr = 0.01, .seed = 1, .limit = 500});
    lesson.quick({.epochs = 2, .limit = 100});
    int hidden = 128;
    std::vector<double> lambdas = {0, 1e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 1e-3, 1e-2};
    std::vector<double> decays = {0.1, 0.3, 0.5, 1, 3};
    lesson.flag("--hidden", hidden, {1, 4096}, "numbers in the code");
    lesson.flag("--lambda", lambdas, {0, 1}, "weights of the penalty, a network for each");
    lesson.flag("--decay", decays, {0, 100}, "weight decays of AdamW, a network for each");

    lesson.weights("the network of the largest lambda");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        std::ranges::sort(lambdas), std::ranges::sort(decays);
        // ---- Data: few digits, so that there is something to memorise ----
        const support::Dataset data = support::load_dataset(options);
        const int n = data.train.size();
        const Tensor ink = sum(to_tensor(data.train), 0);  // [n], of all training images together
        std::printf(
            "%d digits to train on, %d held out; %d of %d pixels are dark in all of the former\n",
            data.train.count, data.test.count, int(std::ranges::count(ink.to_vector(), 0)), n);

        // ---- The gradient of the penalty, by hand and by the engine ----
        autograd::Rng rng(options.seed);
        const Autoencoder fresh(n, hidden, rng);
        const Tensor some = to_tensor(support::first(data.train, 100));
        const double with_2 = hand_gradient_error(fresh, some, 1e-3);
        const double without_2 = hand_gradient_error(fresh, some, 1e-3, 1);
        std::printf("dL/dW by hand with 2 lambda W: off by %.1e; with lambda W: by %.2f\n\n",
                    with_2, without_2);

        const lessons::Weights weights(options, Autoencoder(n, hidden, rng));

        // ---- Training: lambda ||theta||^2 in the loss, or AdamW's decay beside it ----
        const auto train = [&](double lambda, double decay, bool biases_too) {
            autograd::Rng same(options.seed);
            const Autoencoder model(n, hidden, same);
            const bool largest = lambda == lambdas.back() && !biases_too;
            if (largest) weights.load_into(model);
            DecayingAdam adam(model, options.lr, decay);
            support::Progress progress(options.epochs, data.train.count,
                                       decay > 0 ? "AdamW, decay " + short_number(decay)
                                                 : "lambda " + short_number(lambda) +
                                                       (biases_too ? ", of the biases, too" : ""),
                                       options.epochs);
            lessons::train(
                adam, data.train, options, same, progress,
                [&](const Tensor& x) {
                    const Tensor loss = decayed_loss(model, x, lambda);
                    return biases_too ? loss + lambda * norm2(biases(model)) : loss;
                },
                [&](int epoch) {  // the steps come to rest at the end
                    adam.set_lr(options.lr * (1 - double(epoch) / options.epochs));
                    return "";
                });
            if (largest) weights.save(model, [&] { return decayed_loss(model, some, lambda); });
            autograd::NoGrad no_grad;
            Run run{.model = model,
                    .train_bce = support::reconstruction_error(data.train, model).bce,
                    .test_bce = support::reconstruction_error(data.test, model).bce,
                    .norm2 = norm2(lessons::weights(model)).item(),
                    .rim = rim_size(model, ink)};
            run.gap = run.test_bce - run.train_bce;
            return run;
        };
        std::vector<Run> runs, decoupled;
        for (const double lambda : lambdas) runs.push_back(train(lambda, 0, false));
        for (const double decay : decays) decoupled.push_back(train(0, decay, false));
        const Run all_decay = train(lambdas.back(), 0, true);

        std::printf("\n%-20s  training  held out       gap  ||theta||^2  W at the rim\n", "");
        for (std::size_t i = 0; i < runs.size(); ++i)
            print("lambda " + short_number(lambdas[i]), runs[i]);
        print("  of the biases, too", all_decay);
        for (std::size_t i = 0; i < decays.size(); ++i)
            print("AdamW, decay " + short_number(decays[i]), decoupled[i]);

        const Run& best = *std::ranges::min_element(runs, {}, &Run::test_bce);
        double rim_left = 0;  // by any lambda above 0, as a share of what it was
        for (std::size_t i = 0; i < runs.size(); ++i)
            if (lambdas[i] > 0)
                rim_left = support::larger(rim_left, runs[i].rim / rim_size(fresh, ink));

        // What an exact copy of the training digits costs: see lesson 04.
        const auto copied =
            support::reconstruction_error(data.train, [](const Tensor& x) { return x; });

        // The ranges hold for seeds 1 to 6.
        report.metric("hand_gradient_error", with_2, {.max = 1e-12});
        report.metric("without_2_error", without_2, {.min = 0.04});
        report.metric("first_gap", runs[0].gap, {0.047, 0.054});
        report.metric("first_test_bce", runs[0].test_bce, {0.111, 0.118});
        report.metric("train_floor", copied.bce, {0.05799, 0.05801});
        report.metric("best_gap", best.gap, {0.024, 0.032});
        report.metric("best_test_bce", best.test_bce, {0.093, 0.1});
        report.metric("best_over_first", best.test_bce / runs[0].test_bce, {0.81, 0.88});
        const double adamw_best = std::ranges::min(each(decoupled, &Run::test_bce));
        report.metric("adamw_best_test_bce", adamw_best, {0.095, 0.102});
        report.metric("adamw_over_l2", adamw_best / best.test_bce, {1, 1.06});
        report.metric("rim_left_by_l2", rim_left, {.max = 1e-20});
        report.metric("rim_left_by_adamw", decoupled[0].rim / rim_size(fresh, ink),
                      {0.6033, 0.6035});
        report.metric("largest_lambda_bce", runs.back().test_bce, {0.27, 0.278});
        report.metric("largest_lambda_biases_too_bce", all_decay.test_bce, {0.342, 0.346});
        report.metric("lambda", lambdas);
        report.metric("train_bce_by_lambda", each(runs, &Run::train_bce));
        report.metric("test_bce_by_lambda", each(runs, &Run::test_bce));
        report.metric("gap", each(runs, &Run::gap));
        report.metric("weight_norm2", each(runs, &Run::norm2));
        report.metric("rim", each(runs, &Run::rim));
        report.metric("adamw_decay", decays);
        report.metric("adamw_test_bce", each(decoupled, &Run::test_bce));
        report.metric("adamw_gap", each(decoupled, &Run::gap));
        report.metric("adamw_weight_norm2", each(decoupled, &Run::norm2));
        report.metric("adamw_rim", each(decoupled, &Run::rim));

        // ---- Figures ----
        std::vector<std::string> names;
        for (const double lambda : lambdas) names.push_back(short_number(lambda));
        report.figure("gap.png", draw_gap(runs, names), 2);

        report.figure("decoupled.png", draw_beside(runs, decoupled, best));

        // What a unit looks for: the columns of W, each divided by its length.
        support::ImageGrid filters{.title = "Filters of length 1 (beyond 0.2 drawn as 0.2)",
                                   .columns = 12,
                                   .scale = support::Scale::diverging,
                                   .scale_label = "weight"};
        filters.tiles_like(data.train);
        const auto add = [&](const Run& run, const std::string& name) {
            const Tensor all = support::filters(run.model.encoder.weight);
            const Tensor some_of_them = narrow(all, 0, 0, std::min(12, hidden));
            filters.add(clamp(some_of_them, -0.2, 0.2).to_vector(), name);
        };
        for (std::size_t i = 0; i < runs.size(); i += 2) add(runs[i], "lambda " + names[i]);
        for (std::size_t i = 0; i < decays.size(); i += 2)
            add(decoupled[i], "decay " + short_number(decays[i]));
        report.figure("filters.png", filters);
    });
}
