// Lesson 10: few units speak at a time. See README.md in this folder. Computes in double: the hand
// derivation agrees with the engine to round-off, and L-BFGS runs to convergence.

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/10_sparse/measures.h"
#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/10_sparse/trade_off.h"
#include "lessons/10_sparse/ufldl.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/text.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Codes;
using lessons::Objective;
using lessons::SparseAutoencoder;

// Adam on mini-batches. With a `decay`, the penalty's slope comes from a running mean of rho_hat.
SparseAutoencoder train(const std::string& name, const support::Images& images, int hidden,
                        const Objective& objective, const support::Options& options,
                        double decay = 0, const lessons::Weights* weights = nullptr) {
    Rng rng(options.seed);
    SparseAutoencoder model(images.size(), hidden, rng);
    if (weights) weights->load_into(model);
    nn::Adam adam(model.parameters(), {.lr = options.lr});
    lessons::RunningPenalty running{.decay = decay};
    support::Progress progress(options.epochs, images.count, name);
    lessons::train(adam, images, options, rng, progress, [&](const Tensor& x) {
        return lessons::cost(model, x, objective, decay > 0 ? &running : nullptr);
    });
    return model;
}

int main(int argc, char** argv) {
    support::Lesson lesson("10_sparse", "Few units speak at a time");
    lesson.defaults({.epochs = 5, .batch_size = 256, .lr = 0.003, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 1000});
    int hidden = 196;
    double gain = 5e-4;
    Objective objective;
    bool classic = false;
    lesson.flag("--hidden", hidden, {1, 4096}, "units in the code");
    lesson.flag("--rho", objective.rho, {1e-6, 0.999}, "target for the mean activation of a unit");
    lesson.flag("--beta", objective.beta, {0, 1000}, "weight of the sparsity penalty");
    lesson.flag("--lambda", objective.lambda, {0, 10}, "weight decay");
    lesson.flag("--ufldl", classic,
                "only the classic exercise: 10,000 images at once, to convergence");
    lesson.flag("--gain", gain, {0, 1},
                "with --ufldl: stop when 20 iterations lower the cost by a smaller share");

    lesson.weights("the network with the penalty");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        if (classic || options.record)  // the page shows both
            lessons::ufldl(objective, hidden, gain, options, report);
        if (classic) return;
        const support::Dataset data = support::load_dataset(options);
        const support::Images& images = data.train;
        const auto test_sse = [&](const SparseAutoencoder& model) {
            return support::reconstruction_error(data.test, model).sse;
        };

        // ---- The chain by hand, beside the engine's ----
        Rng rng(options.seed);
        const SparseAutoencoder fresh(images.size(), hidden, rng);
        const double hand =
            lessons::hand_gradient_error(fresh, to_tensor(support::first(images, 1000)), objective);
        std::printf("hand derivation and engine differ by %.1e\n\n", hand);

        // ---- With the penalty and without ----
        const lessons::Weights weights(options, fresh);
        Objective plain = objective;
        plain.beta = 0;
        const SparseAutoencoder sparse_net =
            train("sparse", images, hidden, objective, options, 0, &weights);
        weights.save(sparse_net, [&] {
            const Tensor x = to_tensor(support::first(images, options.batch_size));
            return lessons::cost(sparse_net, x, objective);
        });
        const SparseAutoencoder plain_net = train("no penalty", images, hidden, plain, options);
        const Codes sparse_codes = lessons::codes(sparse_net, images),
                    plain_codes = lessons::codes(plain_net, images);
        // The ranges hold for seeds 1 to 5.
        report.metric("hand_gradient_error", hand, {.max = 1e-12});
        report.metric("rho_hat_mean", sparse_codes.mean, {0.105, 0.118});
        report.metric("rho_hat_min", sparse_codes.min, {0.085, 0.108});
        report.metric("rho_hat_max", sparse_codes.max, {0.115, 0.16});
        report.metric("test_sse", test_sse(sparse_net), {19.5, 22.5});
        report.metric("plain_test_sse", test_sse(plain_net), {9.7, 10.9});
        report.metric("plain_rho_hat_mean", plain_codes.mean, {0.5, 0.56});
        report.metric("active_share", lessons::share_above(sparse_codes.h, 0.5), {0.057, 0.07});
        report.metric("plain_active_share", lessons::share_above(plain_codes.h, 0.5), {0.51, 0.58});
        const double probed = lessons::probe(sparse_net, data, options.seed),
                     plain_probed = lessons::probe(plain_net, data, options.seed);
        report.metric("probe_accuracy", probed);
        report.metric("plain_probe_accuracy", plain_probed);
        report.metric("probe_gain", probed - plain_probed, {0.022, 0.035});
        report.metric("filter_pixels", lessons::measure_filters(sparse_net, images).pixels);

        // ---- A mini-batch's rho_hat is not the data's ----
        const std::vector<int> sizes = {16, 32, 64, 128, 256, 512, 1024};
        const lessons::BatchPenalty batches =
            lessons::penalty_of_batches(sparse_codes, sizes, objective.rho, rng);
        report.metric("kl_of_data", batches.of_data, {0.1, 0.25});
        report.metric("kl_of_batches_of_256", batches.measured[4], {0.22, 0.4});
        report.metric("kl_prediction_error",
                      std::abs(batches.predicted[4] / batches.measured[4] - 1), {.max = 0.02});
        report.metric("batch_sizes", sizes);
        report.metric("kl_of_batches", batches.measured);
        report.metric("kl_of_batches_predicted", batches.predicted);
        // Trained in batches of 16, in small steps: with the batch's own rho_hat, and with a mean
        // that remembers 64 images, or 2000.
        support::Options small = options;
        small.epochs = 1, small.batch_size = 16, small.lr = options.lr / 3;
        const support::Images few = support::first(images, 10000);
        const auto cost_of = [&](const std::string& name, double decay, support::Expected spread) {
            const SparseAutoencoder net = train(name, few, hidden, objective, small, decay);
            const Codes c = lessons::codes(net, few);
            report.metric(name + "_rho_hat_spread", c.max - c.min, spread);
            autograd::NoGrad no_grad;
            return double(lessons::cost(net, to_tensor(few), objective).item());
        };
        const double forgets = cost_of("batch16", 0, {0.03, 0.1}),
                     remembers = cost_of("batch16_memory64", 1 - 16 / 64.0, {0.03, 0.1}),
                     late = cost_of("batch16_memory2000", 1 - 16 / 2000.0, {0.35, 1});
        report.metric("batch16_cost", forgets, {26, 26.7});
        report.metric("batch16_memory64_cost", remembers);
        report.metric("batch16_memory64_gain", forgets - remembers, {0.4, 0.95});
        report.metric("batch16_memory2000_cost", late, {43, 56});

        // ---- What sparsity costs: one epoch for each rho and beta, and for L1 ----
        support::Options brief = options;
        brief.epochs = 1;
        std::vector<lessons::TradeOff> all = lessons::trade_offs(objective, options.quick);
        support::Matrix sweep;  // rho, beta, gamma, rho_hat: mean, min, max, test_sse
        for (lessons::TradeOff& trade : all)
            for (const Objective& o : trade.objectives) {
                const SparseAutoencoder net =
                    train(trade.name + support::format(", rho %g, gamma %g", o.rho, o.gamma),
                          images, hidden, o, brief);
                const Codes c = lessons::codes(net, data.test);
                trade.activation.push_back(c.mean);
                trade.sse.push_back(test_sse(net));
                sweep.push_back({o.rho, o.beta, o.gamma, c.mean, c.min, c.max, trade.sse.back()});
            }
        report.metric("sweep", sweep);

        // ---- Figures ----
        report.figure("kl.png", lessons::draw_kl());
        report.figure("batches.png", draw_batches(sizes, batches));
        report.figure("histograms.png", draw_histograms(sparse_codes, plain_codes), 2);
        report.figure("tradeoff.png", draw_trade_offs(all));
        report.figure("filters.png", lessons::filter_grid("What a unit responds to", images)
                                         .add(lessons::first_filters(sparse_net, 56), "sparse")
                                         .add(lessons::first_filters(plain_net, 56), "no penalty"));
    });
}
