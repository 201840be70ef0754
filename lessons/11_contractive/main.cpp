// Lesson 11: a code that stands still where the data do. See README.md in this folder. Computes in
// double: how exactly the forms of the penalty agree is part of the point.

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/11_contractive/contractive_autoencoder.h"
#include "lessons/11_contractive/measures.h"
#include "lessons/11_contractive/plane.h"
#include "lessons/11_contractive/spectrum.h"
#include "lessons/support/dataset.h"
#include "lessons/support/evaluate.h"
#include "lessons/support/lesson.h"
#include "lessons/support/text.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::ContractiveAutoencoder;
using lessons::DeepAutoencoder;

// Adam on mini-batches; loss_of(x) is what is to become small.
template <class Loss>
void train(const std::string& name, nn::Module& model, const support::Images& images,
           const support::Options& options, Rng& rng, const Loss& loss_of) {
    nn::Adam adam(model.parameters(), {.lr = options.lr});
    support::Progress progress(options.epochs, images.count, name);
    lessons::train(adam, images, options, rng, progress, [&](const Tensor& x) {  // [128, 784]
        // Long steps first, short ones last: a brief training ends at rest.
        adam.settings.lr = options.lr * (1 - progress.done());
        return loss_of(x);
    });
}

int main(int argc, char** argv) {
    support::Lesson lesson("11_contractive", "A code that stands still where the data do");
    lesson.defaults({.epochs = 1, .batch_size = 128, .lr = 0.01, .seed = 1});
    lesson.quick({.epochs = 1, .limit = 256, .flags = {{"--hidden", "50"}}});
    int hidden = 500;
    double lambda = 3e-4;
    lesson.flag("--hidden", hidden, {1, 784}, "units in the code");
    lesson.flag("--lambda", lambda, {1e-9, 100}, "weight of the penalty");

    lesson.weights("the network of one layer with the penalty");
    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        const support::Dataset data = support::load_dataset(options);
        const int pixels = data.train.size();

        // ---- The two forces: error against ||J||^2, from no penalty to too much ----
        const std::vector<double> factors = {0, 0.1, 0.3, 1, 3, 10};
        std::vector<double> lambdas, bce, norm2;
        std::vector<ContractiveAutoencoder> models;
        Rng any(options.seed);
        const lessons::Weights weights(options, ContractiveAutoencoder(pixels, hidden, any));
        for (const double factor : factors) {
            Rng rng(options.seed);
            ContractiveAutoencoder& model = models.emplace_back(pixels, hidden, rng);
            if (factor == 1) weights.load_into(model);
            lambdas.push_back(factor * lambda);
            train(support::format("one layer, lambda = %g", lambdas.back()), model, data.train,
                  options, rng,
                  [&](const Tensor& x) { return contractive_loss(model, x, lambdas.back()); });
            bce.push_back(support::reconstruction_error(data.test, model).bce);
            norm2.push_back(lessons::jacobian_norm2(model, data.test));
            std::printf("held out: cross-entropy %.4f, ||J||^2 %.2f\n", bce.back(), norm2.back());
        }
        const ContractiveAutoencoder &plain = models[0], &contractive = models[3];
        weights.save(contractive, [&] {
            const Tensor x = to_tensor(support::first(data.train, options.batch_size));
            return contractive_loss(contractive, x, lambda);
        });
        // The ranges hold for seeds 1 to 5.
        report.metric("plain_test_bce", bce[0], {0.078, 0.082});
        report.metric("contractive_test_bce", bce[3], {0.0875, 0.0915});
        report.metric("plain_jacobian_norm2", norm2[0], {125, 140});
        report.metric("contractive_jacobian_norm2", norm2[3], {54, 63});
        const lessons::Shrunk shrunk = lessons::measure_shrunk(plain, data.test);
        report.metric("shrunk_test_bce_ratio", shrunk.bce_ratio, {3.8, 4.9});
        report.metric("shrunk_norm2_ratio", shrunk.norm2_ratio, {0.026, 0.029});
        report.metric("lambda", lambdas);
        report.metric("test_bce_by_lambda", bce);
        report.metric("jacobian_norm2_by_lambda", norm2);

        // ---- One Omega, computed in three ways; its gradient by hand ----
        const Tensor x = to_tensor(support::first(data.test, 4));
        const auto encode = [&](const Tensor& t) { return contractive.encode(t); };
        const Tensor omega = lessons::closed_form(encode(x), contractive.W);
        const double engine = lessons::by_engine(encode, x).item();
        report.metric("closed_form_vs_engine", std::abs(engine / omega.item() - 1), {.max = 1e-12});
        report.metric("closed_form_vs_differences",
                      std::abs(lessons::by_differences(encode, x) / engine - 1), {.max = 1e-9});
        report.metric("hand_gradient_error", lessons::hand_gradient_error(contractive, x),
                      {.max = 1e-12});
        report.metric("penalty", (lambda * omega).item(), {0.015, 0.021});
        report.metric("floored_penalty", lessons::floored(lambda * omega).item(), {0, 0});

        // ---- Which directions are left: singular values of J on real digits ----
        const support::Images digits = support::first(data.test, 4);
        const std::vector<double> plain_values = lessons::singular_values(plain, digits),
                                  values = lessons::singular_values(contractive, digits);
        report.metric("plain_first_over_second", plain_values[0] / plain_values[1]);
        report.metric("contractive_first_over_second", values[0] / values[1]);
        report.metric("first_ten_ratio", lessons::ratio(values, plain_values, 1, 10), {0.7, 0.8});
        report.metric("later_ratio", lessons::ratio(values, plain_values, 100, 450), {0.32, 0.35});
        report.metric("plain_directions", lessons::directions(plain_values), {72, 85});
        report.metric("contractive_directions", lessons::directions(values), {41, 52});

        // ---- In the plane: along the data and across ----
        const lessons::Plane free(0, options.seed), held(0.01, options.seed);
        report.metric("plain_sensitivity_along", free.along);
        report.metric("plain_sensitivity_across", free.across);
        report.metric("plain_across_over_along", free.across / free.along, {0.9, 1.25});
        report.metric("contractive_across_over_along", held.across / held.along, {.max = 0.06});
        report.metric("contractive_sensitivity_along", held.along);
        report.metric("contractive_sensitivity_across", held.across);
        report.metric("along_ratio", held.along / free.along, {0.65, 0.85});

        // ---- Two layers, where a random projection has to do ----
        const auto train_deep = [&](double weight) {
            Rng rng(options.seed);
            DeepAutoencoder model(pixels, 200, 64, rng);
            train(support::format("two layers, lambda = %g", weight), model, data.train, options,
                  rng,
                  [&](const Tensor& batch) { return contractive_loss(model, batch, weight, rng); });
            return lessons::measure_deep(model, data.test, rng);
        };
        const lessons::Deep deep_plain = train_deep(0), deep_contractive = train_deep(lambda);
        report.metric("deep_plain_test_bce", deep_plain.bce);
        report.metric("deep_contractive_test_bce", deep_contractive.bce);
        report.metric("deep_plain_jacobian_norm2", deep_plain.norm2);
        report.metric("deep_contractive_jacobian_norm2", deep_contractive.norm2);
        report.metric("deep_jacobian_norm2_ratio", deep_contractive.norm2 / deep_plain.norm2,
                      {0.22, 0.45});
        report.metric("deep_decoder_norm_ratio",
                      deep_contractive.decoder_norm / deep_plain.decoder_norm, {0.93, 1.05});
        report.metric("projection_error", deep_contractive.projection_error, {0, 0.05});

        // ---- Figures ----
        report.figure("plane.png", {free.draw("No penalty"), held.draw("lambda = 0.01")}, 2);

        report.figure("forces.png", lessons::draw_forces(lambdas, norm2, bce));
        report.figure("spectrum.png", lessons::draw_spectrum(plain_values, values));
        report.figure("ways.png", lessons::draw_ways(plain, contractive, digits));
    });
}
