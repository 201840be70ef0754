// Lesson 06: under- and overcomplete autoencoders. See README.md in this folder.

#include <algorithm>
#include <cstdio>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/06_capacity/copying.h"
#include "lessons/06_capacity/widths.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/pca.h"
#include "lessons/support/text.h"

using autograd::Tensor;
using lessons::Autoencoder;

int main(int argc, char** argv) {
    support::Lesson lesson("06_capacity", "How many numbers should a code have?");
    lesson.defaults({.epochs = 3, .batch_size = 128, .lr = 0.006, .seed = 1});
    lesson.quick({.flags = {{"--hidden", "2,64"}, {"--small", "500"}, {"--small-epochs", "2"}}});
    std::vector<int> hidden = {2, 8, 32, 128, 512, 1024};
    int small = 1000, small_epochs = 60;
    lesson.flag("--hidden", hidden, {1, 4096}, "numbers in the code, a network for each");
    lesson.flag("--small", small, {2, 60000}, "images in the small training set");
    lesson.flag("--small-epochs", small_epochs, {1, 100000}, "epochs on the small training set");

    lesson.weights("the widest network, trained on all digits");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        std::ranges::sort(hidden);
        // ---- Data: all digits, a few of them, and two kinds of images that are no digits ----
        const support::Dataset data = support::load_dataset(options);
        const support::Images few = support::first(data.train, small);
        const int n = data.train.size();
        autograd::Rng rng(options.seed);
        const Tensor digits = to_tensor(support::first(data.test, 1000));
        const Tensor permuted = lessons::permuted(digits, rng),
                     noise = lessons::scrambled(digits, rng);
        std::printf("%d digits to train on, and the first %d of them alone; %d held out\n\n",
                    data.train.count, few.count, data.test.count);

        // ---- PCA with as many components, the honest yardstick ----
        const support::Pca pca = support::principal_components(data.train);
        const auto sse_of_components = support::reconstruction_sse(pca, data.test);  // k = 0 ... n
        const Tensor mean = autograd::tensor(pca.mean, {n});
        const Tensor components = autograd::tensor(pca.components, {n, n});
        const auto pca_reconstruct = [&](const Tensor& x, int k) {
            const Tensor V = narrow(components, 0, 0, std::min(k, n));  // [k, n]
            return matmul(matmul(x - mean, transposed(V)), V) + mean;
        };

        // ---- A network for each width, trained on all digits and on few ----
        const auto train = [&](const Autoencoder& model, const support::Images& images,
                               const support::Options& how) {
            nn::Adam adam(model.parameters(), {.lr = how.lr});
            support::Progress progress(
                how.epochs, images.count,
                support::format("%lld hidden, %d images", (long long)model.encoder.bias.size(),
                                images.count),
                how.epochs);
            lessons::train(adam, images, how, rng, progress, [&](const Tensor& x) {
                adam.settings.lr = how.lr * (1 - progress.done());  // to rest at the end
                return lessons::reconstruction_loss(model(x), x);
            });
        };
        support::Options again_and_again = options;
        again_and_again.epochs = small_epochs;
        const auto sse = [](const Autoencoder& model, const support::Images& images) {
            return support::reconstruction_error(images, model).sse;
        };
        autograd::Rng any(options.seed);
        const lessons::Weights weights(options, Autoencoder(n, hidden.back(), any));
        std::vector<Autoencoder> models, small_models;
        for (const int k : hidden) {
            models.emplace_back(n, k, rng);
            if (k == hidden.back()) weights.load_into(models.back());
            train(models.back(), data.train, options);
            train(small_models.emplace_back(n, k, rng), few, again_and_again);
        }

        weights.save(models.back(),
                     [&] { return lessons::reconstruction_loss(models.back()(digits), digits); });

        // ---- What they lose of digits, and what they pass on of anything else ----
        const autograd::NoGrad evaluating;
        lessons::Widths w{.k = hidden};
        for (std::size_t i = 0; i < hidden.size(); ++i) {
            const int k = hidden[i];
            w.test_sse.push_back(sse(models[i], data.test));
            w.pca_sse.push_back(sse_of_components[std::size_t(std::min(k, n))]);
            w.few_train.push_back(sse(small_models[i], few));
            w.few_test.push_back(sse(small_models[i], data.test));
            w.gap.push_back(w.few_test[i] - w.few_train[i]);
            w.all_gap.push_back(w.test_sse[i] - sse(models[i], few));
            const auto copied = [&](const Tensor& x) {
                return lessons::copy_ratio(models[i](x), x);
            };
            w.on_digits.push_back(copied(digits));
            w.on_permuted.push_back(copied(permuted));
            w.on_noise.push_back(copied(noise));
            w.pca_on_digits.push_back(lessons::copy_ratio(pca_reconstruct(digits, k), digits));
            w.pca_on_noise.push_back(lessons::copy_ratio(pca_reconstruct(noise, k), noise));
        }
        print(w);

        // Smallest and largest width, and where the network is best beside PCA. The ranges hold for
        // seeds 1 to 5.
        if (hidden[0] < n) {  // from there on PCA loses nothing
            report.metric("best_over_pca", w.best_over_pca(n), {0.62, 0.8});
            report.metric("narrowest_over_pca", w.test_sse[0] / w.pca_sse[0], {1, 1.25});
        }
        report.metric("widest_test_sse", w.test_sse.back(), {0.95, 1.2});
        report.metric("noise_copy_narrowest", w.on_noise[0], {1, 1.03});
        report.metric("noise_copy_widest", w.on_noise.back(), {0.58, 0.76});
        report.metric("permuted_copy_least", std::ranges::min(w.on_permuted), {1.4, 1.75});
        report.metric("small_gap_widest", w.gap.back(), {4.5, 5.7});
        report.metric("gap_widest", w.all_gap.back(), {0.02, 0.12});
        report.metric("hidden", hidden);
        report.metric("test_sse", w.test_sse);
        report.metric("pca_test_sse", w.pca_sse);
        report.metric("noise_copy_ratio", w.on_noise);
        report.metric("pca_noise_copy_ratio", w.pca_on_noise);
        report.metric("pca_digit_copy_ratio", w.pca_on_digits);
        report.metric("permuted_copy_ratio", w.on_permuted);
        report.metric("digit_copy_ratio", w.on_digits);
        report.metric("small_train_sse", w.few_train);
        report.metric("small_test_sse", w.few_test);
        report.metric("small_gap", w.gap);
        report.metric("gap", w.all_gap);

        // ---- Figures ----
        report.figure("error.png", draw_error(w, n));
        report.figure("copy.png", draw_copying(w));
        report.figure("small.png", draw_few(w, few.count));

        const int shown = std::min(4, data.test.count);  // of each kind
        support::ImageGrid grid{.title = "What each width makes of digits and of what is none",
                                .columns = 3 * shown,
                                .column_labels = std::vector<std::string>(3 * shown)};
        for (const auto& [kind, name] :
             {std::pair(0, "  digits"), {1, "  permuted"}, {2, "  noise"}})
            grid.column_labels[kind * shown + shown / 4] = name;
        const auto some = [&](const Tensor& a) { return narrow(a, 0, 0, shown); };
        const Tensor inputs = concat(concat(some(digits), some(permuted)), some(noise));
        grid.tiles_like(data.test).add(inputs.to_vector(), "input");
        for (std::size_t i = 0; i < hidden.size(); ++i)
            grid.add(models[i](inputs).to_vector(), support::format("k = %d", hidden[i]));
        report.figure("reconstructions.png", grid);
    });
}
