// Lesson 15: a denoiser knows the score. See README.md in this folder. Computes in double: where
// the data are Gaussian and the network is linear, the score comes out to round-off.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/15_score/cloud.h"
#include "lessons/15_score/drawings.h"
#include "lessons/15_score/score.h"
#include "lessons/support/lesson.h"
#include "lessons/support/pca.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::NoiseLevels;
using lessons::PointCloud;
using lessons::Score;

int main(int argc, char** argv) {
    support::Lesson lesson("15_score", "A denoiser knows where the data are");
    lesson.defaults({.epochs = 60, .batch_size = 256, .lr = 0.003, .seed = 1});
    lesson.quick({.epochs = 2, .limit = 500});
    double sigma = 0.15, least = 0.02, most = 3;
    lesson.flag("--sigma", sigma, {0.01, 10}, "standard deviation of the noise");
    lesson.flag("--least", least, {0.001, 1},
                "the smallest noise level of the network that knows many");
    lesson.flag("--most", most, {1, 100}, "the largest");

    lesson.weights("the network that knows many noise levels");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        const int count = options.limit > 0 ? options.limit : 5000;
        Rng rng(options.seed);

        // ---- Where everything is known: Gaussian data, a linear network ----
        const int n = 6;
        const Tensor gaussian =
            matmul(autograd::normal({1000, n}, 0, 1, rng), autograd::normal({n, n}, 0, 1, rng));
        const support::Pca pca = support::principal_components(
            std::vector<double>(gaussian.data(), gaussian.data() + gaussian.size()), n);
        const Tensor S = autograd::tensor(pca.covariance, {n, n});
        double trace = 0;
        for (const double lambda : pca.eigenvalues) trace += lambda;
        const auto linear_error = [&](int k) {
            Rng draws(options.seed);
            const lessons::LinearAutoencoder model(n, k, draws);
            lessons::minimise(support::format("linear, %d numbers in the code", k), model, 1000,
                              1e-9,
                              [&] { return lessons::expected_denoising_loss(model, S, trace, 1); });
            return lessons::linear_score_error(model, pca, 1);
        };
        // The ranges hold for seeds 1 to 5.
        report.metric("linear_score_error", linear_error(n), {.max = 1e-6});
        report.metric("bottleneck_score_error", linear_error(n / 2), {0.3, 1.3});

        // ---- Two moons: one network under noise, one with a price on its derivatives ----
        const PointCloud data{count, lessons::moons(count, rng)};
        const auto train = [&](const std::string& name, const nn::Module& model, int epochs,
                               const std::function<Tensor(const Tensor& x, Rng& draws)>& loss_of) {
            Rng draws(options.seed);
            nn::Adam adam(model.parameters(), {.lr = options.lr});
            support::Progress progress(epochs, count, name, std::max(1, epochs / 4));
            support::Options how = options;
            how.epochs = epochs;
            lessons::train(adam, data, how, draws, progress, [&](const Tensor& x) {
                adam.settings.lr = options.lr * (1 - progress.done());
                return loss_of(x, draws);
            });
        };
        const nn::Sequential denoiser = lessons::plane_network(2, 64, rng),
                             contractive = lessons::plane_network(2, 64, rng);
        train("denoising", denoiser, options.epochs, [&](const Tensor& x, Rng& draws) {
            return lessons::plane_denoising_loss(denoiser, x, sigma, draws);
        });
        train("contractive", contractive, options.epochs, [&](const Tensor& x, Rng&) {
            return lessons::plane_contractive_loss(contractive, x, sigma);
        });
        const Score exact = lessons::exact_score(data.points, sigma),
                    learned = lessons::score_of(denoiser, sigma),
                    contracted = lessons::score_of(contractive, sigma);
        const Tensor noised = lessons::moons(2000, rng),
                     at = noised + autograd::normal(noised.shape(), 0, sigma, rng);
        const Tensor truth = exact(at);
        report.metric("score_cosine", lessons::field_cosine(learned(at), truth), {0.97, 0.995});
        report.metric("contractive_cosine", lessons::field_cosine(contracted(at), truth),
                      {0.5, 0.67});

        // ---- One network for all noise levels ----
        const NoiseLevels levels(128, rng);
        const lessons::Weights weights(options, levels);
        train("many noise levels", levels, 4 * options.epochs, [&](const Tensor& x, Rng& draws) {
            return lessons::noise_levels_loss(levels, x, least, most, draws);
        });
        weights.save(levels, [&] {
            return lessons::noise_levels_loss(
                levels, narrow(data.points, 0, 0, std::min(count, options.batch_size)), least, most,
                rng);
        });
        const auto score_at = [&](double s) -> Score {
            return [&levels, s](const Tensor& x) {
                return -levels.noise(x, autograd::full({x.size(0), 1}, s)) / s;
            };
        };
        report.metric("levels_score_cosine", lessons::field_cosine(score_at(sigma)(at), truth),
                      {0.98, 0.996});

        // ---- Walking along the score: at one sigma, and with sigma falling ----
        const autograd::NoGrad walking;
        const int walkers = options.quick ? 100 : 2000, steps = options.quick ? 4 : 40;
        const Tensor held_out = lessons::moons(walkers, rng), others = lessons::moons(walkers, rng);
        const Tensor stuck = lessons::langevin(learned, autograd::uniform({walkers, 2}, -2, 2, rng),
                                               sigma, 10 * steps, rng);
        const std::vector<Tensor> path =
            lessons::annealed(score_at, walkers, most, least, steps, rng);
        const Tensor samples = path.back() + least * least * score_at(least)(path.back());
        const double floor = lessons::energy_distance(held_out, others),
                     distance = lessons::energy_distance(samples, held_out),
                     stuck_distance = lessons::energy_distance(stuck, held_out);
        report.metric("floor_energy_distance", floor);
        report.metric("sample_energy_distance", distance, {0, 0.012});
        report.metric("one_sigma_energy_distance", stuck_distance);
        report.metric("one_sigma_over_sample_distance", stuck_distance / distance, {5, 150});
        report.metric("upper_share", lessons::upper_share(held_out));
        report.metric("sample_upper_share", lessons::upper_share(samples), {0.68, 0.82});
        report.metric("one_sigma_upper_share", lessons::upper_share(stuck), {0.56, 0.67});

        // ---- Figures ----
        const Tensor some = narrow(data.points, 0, 0, std::min(count, 400));
        report.figure("field.png",
                      {lessons::draw_field("What the network learned", learned, sigma, some),
                       lessons::draw_field("Exact", exact, sigma, some),
                       lessons::draw_field("Contractive", contracted, sigma, some)},
                      3);
        std::vector<double> sigmas;
        for (int i = 0; i < steps; ++i)
            sigmas.push_back(most * std::pow(least / most, double(i) / (steps - 1)));
        report.figure("walk.png", lessons::draw_walk(path, sigmas, 3), 3);
    });
}
