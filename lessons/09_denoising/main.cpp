// Lesson 09: restore what was damaged. See README.md in this folder.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/09_denoising/denoising_autoencoder.h"
#include "lessons/09_denoising/restoring.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/text.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Damage;
using lessons::DenoisingAutoencoder;

int main(int argc, char** argv) {
    support::Lesson lesson("09_denoising", "Restore what was damaged");
    lesson.defaults({.epochs = 3, .batch_size = 128, .lr = 0.01, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 640});
    int hidden = 500;
    std::vector<double> corruption = {0.25, 0.5};
    double sigma = 0.5;
    lesson.flag("--hidden", hidden, {1, 4096}, "units in the code");
    lesson.flag("--corruption", corruption, {0, 0.99},
                "masked shares q to train at, beside 0 and 0.3");
    lesson.flag("--sigma", sigma, {0.01, 10}, "standard deviation of the Gaussian noise");

    lesson.weights("the network trained at q = 0.3");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        const support::Dataset data = support::load_dataset(options);
        const int pixels = data.train.size();

        // ---- Training: the input is damaged anew at every step, the target is the image ----
        Rng any(options.seed);
        const lessons::Weights weights(options, DenoisingAutoencoder(pixels, hidden, any));
        const auto train = [&](const std::string& name, const Damage& damage) {
            Rng rng(options.seed);
            DenoisingAutoencoder model(pixels, hidden, rng);
            if (name == "q = 0.3") weights.load_into(model);
            nn::Adam adam(model.parameters(), {.lr = options.lr});
            support::Progress progress(options.epochs, data.train.count, name);
            lessons::train(adam, data.train, options, rng, progress, [&](const Tensor& x) {
                // Long steps first, short ones last: a brief training ends at rest.
                adam.settings.lr = options.lr * (1 - progress.done());
                const Tensor x_tilde = damage(x, rng);  // x, x_tilde: [128, 784]
                return lessons::denoising_loss(model, x_tilde, x);
            });
            return model;
        };

        // ---- Masking: a network for each q. The one for q = 0 is a plain autoencoder ----
        std::set<double> unique(corruption.begin(), corruption.end());
        unique.insert({0, 0.3});
        const std::vector<double> qs(unique.begin(), unique.end());
        std::vector<DenoisingAutoencoder> models;
        for (const double q : qs)
            models.push_back(train(support::format("q = %g", q), lessons::masking(q)));

        // ---- Each of them tested at each q; its filters; what its codes say about the label ----
        support::Matrix bce;
        std::vector<double> filter_pixels, filter_coherence, probe_accuracy;
        const std::vector<int> labels(data.train.labels.begin(), data.train.labels.end()),
            test_labels(data.test.labels.begin(), data.test.labels.end());
        const auto probe = [&](const std::function<Tensor(const Tensor&)>& encode) {
            Rng rng(options.seed);
            return nn::probe_accuracy(support::codes(data.train, encode), labels,
                                      support::codes(data.test, encode), test_labels, rng);
        };
        for (const DenoisingAutoencoder& model : models) {
            bce.emplace_back();
            for (const double q : qs)
                bce.back().push_back(
                    lessons::error_after(lessons::masking(q), model, data.test).bce);
            const auto filters = lessons::measure(support::filters(model.W), data.train.width);
            filter_pixels.push_back(filters.pixels);
            filter_coherence.push_back(filters.coherence);
            probe_accuracy.push_back(probe([&](const Tensor& x) { return model.encode(x); }));
            std::printf("q = %-5g filters: %3.0f pixels, coherence %.2f   probe %.4f\n",
                        qs[bce.size() - 1], filters.pixels, filters.coherence,
                        probe_accuracy.back());
        }
        const std::size_t at = std::find(qs.begin(), qs.end(), 0.3) - qs.begin();
        const DenoisingAutoencoder &plain = models[0], &denoising = models[at];
        weights.save(denoising, [&] {
            const Tensor x = to_tensor(support::first(data.train, options.batch_size));
            return lessons::denoising_loss(denoising, lessons::masking(0.3)(x, any), x);
        });
        // The ranges hold for seeds 1 to 5.
        report.metric("plain_clean_bce", bce[0][0], {0.0665, 0.071});
        report.metric("plain_masked_bce", bce[0][at], {0.132, 0.146});
        report.metric("denoising_clean_bce", bce[at][0], {0.0875, 0.092});
        report.metric("denoising_masked_bce", bce[at][at], {0.086, 0.0905});
        report.metric("filter_pixels_gain", filter_pixels.back() - filter_pixels[0], {-65, -30});
        report.metric("filter_coherence_gain", filter_coherence.back() - filter_coherence[0],
                      {0.1, 0.14});
        report.metric("probe_gain", probe_accuracy.back() - probe_accuracy[0], {0.008, 0.022});
        // What the codes of the network must be compared with: none at all, and linear ones.
        const support::Pca pca = support::principal_components(data.train);
        const Tensor V = autograd::tensor(pca.components, {pixels, pixels});
        const double pixel_probe = probe([](const Tensor& x) { return x; });
        report.metric("pixels_probe_accuracy", pixel_probe, {0.92, 0.932});
        report.metric("pca_probe_accuracy", probe([&](const Tensor& x) {
                          return matmul(x, transposed(narrow(V, 0, 0, std::min(hidden, pixels))));
                      }));
        report.metric("probe_gain_over_pixels", probe_accuracy.back() - pixel_probe, {0.03, 0.055});
        report.metric("q", qs);
        report.metric("bce_train_q_by_test_q", bce);
        report.metric("filter_pixels", filter_pixels);
        report.metric("filter_coherence", filter_coherence);
        report.metric("probe_accuracy", probe_accuracy);

        // ---- Gaussian noise ----
        const Damage noise = lessons::gaussian(sigma);
        const DenoisingAutoencoder for_noise =
            train(support::format("Gaussian noise, sigma = %g", sigma), noise);
        const auto psnr_of = [&](const std::function<Tensor(const Tensor&)>& restore) {
            return lessons::psnr(lessons::error_after(noise, restore, data.test).sse, pixels);
        };
        const auto as_it_is = [](const Tensor& x_tilde) { return x_tilde; };
        report.metric("psnr_noisy", psnr_of(as_it_is), {6.0, 6.04});
        report.metric("psnr_linear", psnr_of(lessons::wiener(pca, sigma)), {16.9, 17.1});
        report.metric("psnr_plain", psnr_of(plain), {16.8, 17.3});
        report.metric("psnr_restored", psnr_of(for_noise), {18.7, 19.1});

        // ---- Figures ----
        const Tensor x = to_tensor(support::first(data.test, 12));
        Rng rng(options.seed);
        const auto show = [&](const std::string& title, const Tensor& x_tilde,
                              const DenoisingAutoencoder& restorer) {
            support::ImageGrid grid{.title = title, .columns = 12};
            return grid.tiles_like(data.test)
                .add(x.to_vector(), "clean x")
                .add(x_tilde.to_vector(), "damaged x~")
                .add(plain(x_tilde).to_vector(), "plain")
                .add(restorer(x_tilde).to_vector(), "denoising");
        };
        const Tensor masked = lessons::masked(x, 0.3, rng), noisy = noise(x, rng);
        report.figure(
            "restored.png",
            {show("30% of the pixels masked", masked, denoising),
             show(support::format("Gaussian noise, sigma = %g", sigma), noisy, for_noise)},
            1);

        support::ImageGrid filters = lessons::filter_grid(data.test);
        for (std::size_t i = 0; i < qs.size(); ++i)
            if (i != at)
                filters.add(lessons::first_filters(models[i], 48),
                            support::format("q = %g", qs[i]));
        report.figure("filters.png", filters);
        report.figure("matrix.png", lessons::draw_matrix(qs, bce));
    });
}
