// Lesson 09: restore what was damaged. See README.md in this folder.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/09_denoising/denoising_autoencoder.h"
#include "lessons/09_denoising/filters.h"
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
    lesson.defaults({.epochs = 6, .batch_size = 128, .lr = 0.01, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 640});
    int hidden = 500;
    std::vector<double> corruption = {0.5};
    double sigma = 0.5;
    lesson.flag("--hidden", hidden, {1, 4096}, "units in the code");
    lesson.flag("--corruption", corruption, {0, 0.99},
                "masked shares q to train at, beside 0 and 0.25");
    lesson.flag("--sigma", sigma, {0.01, 10}, "standard deviation of the Gaussian noise");

    lesson.weights("the network trained at q = 0.25");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        const support::Dataset data = support::load_dataset(options);
        const int pixels = data.train.size();

        // ---- Training: the input is damaged anew at every step, the target is the image ----
        Rng any(options.seed);
        const lessons::Weights weights(options, DenoisingAutoencoder(pixels, hidden, any));
        const auto train = [&](const std::string& name, const Damage& damage) {
            Rng rng(options.seed);
            DenoisingAutoencoder model(pixels, hidden, rng);
            if (name == "q = 0.25") weights.load_into(model);
            nn::Adam adam(model.parameters(), {.lr = options.lr});
            support::Progress progress(options.epochs, data.train.count, name);
            lessons::train(adam, data.train, options, rng, progress, [&](const Tensor& x) {
                // Long steps first, short ones last: a brief training ends at rest.
                adam.settings.lr = options.lr * (1 - progress.done());
                const Tensor x_tilde = damage(x, rng);  // x, x_tilde: [batch, n]
                return lessons::denoising_loss(model, x_tilde, x);
            });
            return model;
        };

        // ---- Masking: a network for each q. The one for q = 0 is a plain autoencoder ----
        std::set<double> unique(corruption.begin(), corruption.end());
        unique.insert({0, 0.25});
        const std::vector<double> qs(unique.begin(), unique.end());
        std::vector<DenoisingAutoencoder> models;
        for (const double q : qs)
            models.push_back(train(support::format("q = %g", q), lessons::masking(q)));

        // ---- Each of them tested at each q; its filters; what its codes say about the label ----
        support::Matrix bce;
        std::vector<lessons::FilterMeasure> filters;
        std::vector<double> probe_accuracy;
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
            filters.push_back(lessons::measure(support::filters(model.W), data.train.width));
            probe_accuracy.push_back(probe([&](const Tensor& x) { return model.encode(x); }));
            std::printf("q = %-5g filters: %3.0f pixels, half width %.2f   probe %.4f\n",
                        qs[bce.size() - 1], filters.back().pixels, filters.back().half_width,
                        probe_accuracy.back());
        }
        const std::size_t at = std::find(qs.begin(), qs.end(), 0.25) - qs.begin();
        const DenoisingAutoencoder &plain = models[0], &denoising = models[at];
        weights.save(denoising, [&] {
            const Tensor x = to_tensor(support::first(data.train, options.batch_size));
            return lessons::denoising_loss(denoising, lessons::masking(0.25)(x, any), x);
        });
        // The ranges hold for seeds 1 to 5.
        report.metric("plain_clean_bce", bce[0][0], {0.0655, 0.0671});
        report.metric("plain_masked_bce", bce[0][at], {0.12, 0.124});
        report.metric("denoising_clean_bce", bce[at][0], {0.081, 0.0825});
        report.metric("denoising_masked_bce", bce[at][at], {0.08, 0.0815});
        for (const auto& [name, member, range] :
             {std::tuple("pixels", &lessons::FilterMeasure::pixels, support::Expected{0.46, 0.57}),
              {"half_width", &lessons::FilterMeasure::half_width, {1.36, 1.44}},
              {"widest", &lessons::FilterMeasure::widest, {1.14, 1.33}}}) {
            std::vector<double> by_q;
            for (const auto& measure : filters) by_q.push_back(measure.*member);
            report.metric(support::format("filter_%s", name), by_q);
            report.metric(support::format("filter_%s_ratio", name), by_q.back() / by_q[0], range);
        }
        report.metric("probe_gain", probe_accuracy.back() - probe_accuracy[0], {0.005, 0.02});
        // What the codes of the network must be compared with: none at all, and linear ones.
        const support::Pca pca = support::principal_components(data.train);
        const Tensor V = autograd::tensor(pca.components, {pixels, pixels});
        const double pixel_probe = probe([](const Tensor& x) { return x; });
        report.metric("pixels_probe_accuracy", pixel_probe, {0.924, 0.929});
        report.metric("pca_probe_accuracy", probe([&](const Tensor& x) {
                          return matmul(x, transposed(narrow(V, 0, 0, std::min(hidden, pixels))));
                      }));
        report.metric("probe_gain_over_pixels", probe_accuracy.back() - pixel_probe,
                      {0.033, 0.048});
        report.metric("q", qs);
        report.metric("bce_train_q_by_test_q", bce);
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
        report.metric("psnr_plain", psnr_of(plain), {16.7, 16.9});
        report.metric("psnr_restored", psnr_of(for_noise), {19.1, 19.21});

        // ---- Figures ----
        const Tensor x = to_tensor(support::first(data.test, 12));
        Rng rng(options.seed);
        const Tensor masked = lessons::masked(x, 0.25, rng), noisy = noise(x, rng);
        report.figure("restored.png",
                      {lessons::restored_grid("A quarter of the pixels masked", data.test, x,
                                              masked, plain, denoising),
                       lessons::restored_grid(support::format("Gaussian noise, sigma = %g", sigma),
                                              data.test, x, noisy, plain, for_noise)},
                      1);

        support::ImageGrid shown = lessons::filter_grid(data.test);
        for (std::size_t i = 0; i < qs.size(); ++i)
            shown.add(lessons::first_filters(models[i], 48), support::format("q = %g", qs[i]));
        report.figure("filters.png", shown);
        report.figure("matrix.png", lessons::draw_matrix(qs, bce));
    });
}
