#include "lessons/04_choice_of_loss/losses.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;
using lessons::Loss;

namespace {

// The third value of Loss, whatever its name.
const Loss third = static_cast<Loss>(2);

Tensor sign(const Tensor& d) {
    return autograd::map(d, [](double v) { return double(v > 0) - double(v < 0); });
}

std::vector<double> flat(const std::vector<Tensor>& tensors) {
    std::vector<double> values;
    for (const Tensor& t : tensors)
        for (const double v : t.to_vector()) values.push_back(v);
    return values;
}

std::vector<double> times(double factor, std::vector<double> values) {
    for (double& v : values) v *= factor;
    return values;
}

}  // namespace

TEST(Exercise, TheAbsoluteError) {
    autograd::Rng rng(4);
    const double m = 5, n = 12;
    const Tensor x =
        concat(autograd::uniform({5, 6}, 0, 1, rng), autograd::bernoulli({5, 6}, 0.5, rng), 1);
    const Tensor x_hat = autograd::uniform({5, 12}, 0.05, 0.95, rng);
    const auto value = [](const Tensor& loss) { return std::vector<double>{loss.item()}; };
    const Tensor total = sum(abs(x_hat - x));
    check::expect_answer(
        "the loss of five images (and it should be the same if the batch holds each twice)",
        value(reconstruction_loss(third, x_hat, x)), value(total / m),
        {{value(reconstruction_loss(Loss::cross_entropy, x_hat, x)),
          "The third value of `Loss` still gives the cross-entropy in `reconstruction_loss`: it is "
          "in no branch of its own yet."},
         {value(reconstruction_loss(Loss::squared_error, x_hat, x)),
          "The third value of `Loss` gives the squared error in `reconstruction_loss`."},
         {value(total),
          "In `reconstruction_loss` 1/m is forgotten: a batch that holds every image twice has "
          "twice the loss. If the chain forgets it, too, the two agree all the same."},
         {value(total / (m * n)),
          "The loss is the mean over the pixels, too. It should be their sum, and the mean over "
          "the images alone."},
         {value(total / n),
          "The loss is divided by the n pixels, where it should be by the m "
          "images: m is x.size(0)."},
         {value(abs(sum(x_hat - x)) / m),
          "The errors cancel before their sizes are taken: abs() belongs inside the sum."},
         {value(sum(x_hat - x) / m),
          "The errors are added with their signs: without abs() they cancel."}});
}

TEST(Exercise, ItsGradientsByHand) {
    autograd::Rng rng(5);
    const double m = 5;
    const lessons::Autoencoder net = lessons::initialised(12, 3, rng);
    const Tensor x =
        concat(autograd::uniform({5, 6}, 0, 1, rng), autograd::bernoulli({5, 6}, 0.5, rng), 1);
    const auto of = [&](const Tensor& loss) {
        return flat(grad(std::span(&loss, 1), net.parameters()));
    };
    const Tensor a2 = pre_activation(net, x), x_hat = sigmoid(a2), error = (x_hat - x).detach();
    const Tensor slope = (x_hat * (1 - x_hat)).detach();
    const auto right = of(sum(abs(x_hat - x)) / m);
    check::expect_answer(
        "dL/dW, dL/db, dL/dW*, dL/dc by hand, one behind the other",
        flat(hand_gradients(third, net, x)), right,
        {{of(reconstruction_loss(Loss::cross_entropy, x_hat, x)),
          "In `hand_gradients` the third value of `Loss` still takes the cross-entropy's branch."},
         {of(reconstruction_loss(Loss::squared_error, x_hat, x)),
          "In `hand_gradients` the third value of `Loss` takes the squared error's branch: the "
          "derivative of |d| is its sign."},
         {times(m, right),
          "The chain forgets 1/m: the loss is a mean over the images, so each factor dL/dx_hat is "
          "divided by m."},
         {times(-1, right),
          "Every gradient has the wrong sign: where x_hat is above x, the loss grows with x_hat."},
         {times(2, right),
          "Twice too large: the 2 is the square's. The derivative of |d| is 1 or -1."},
         {of(sum(x_hat * error) / m),
          "dL/dx_hat is the error itself, where it should be its sign: 1 or -1, however large the "
          "error is."},
         {of(sum(x_hat * abs(error)) / m),
          "dL/dx_hat is the size of the error, where it should be its sign."},
         {of(sum(a2 * sign(error)) / m),
          "x_hat (1 - x_hat), the slope of the logistic function, is left out: da2 is dL/dx_hat "
          "times that slope. Only for the cross-entropy it cancels."},
         {of(sum(a2 * sign(error) * slope * slope) / m),
          "x_hat (1 - x_hat) is there twice: the line of da2 has it for every loss."}});
    if (testing::Test::HasFailure()) return;

    // An output that is exactly its input: with no weights, every x_hat is 1/2.
    lessons::Autoencoder blank = lessons::initialised(2, 1, rng);
    blank.decoder.weight = autograd::zeros({1, 2}).requires_grad_();
    const auto dc = hand_gradients(third, blank, autograd::tensor({{0.5, 1}}))[3].to_vector();
    if (std::isnan(dc[0])) {
        ADD_FAILURE() << "Where x_hat is exactly x, d / abs(d) is 0/0, not a number, and so is the "
                         "gradient. The sign of 0 is 0.";
        return;
    }
    check::expect_answer("dL/dc of the pixels x_hat = x = 1/2 and x_hat = 1/2, x = 1", dc,
                         {0, -0.25},
                         {{{0.25, -0.25},
                           "Where x_hat is exactly x, the gradient is that of an x_hat above it. "
                           "The sign of 0 is 0."},
                          {{-0.25, -0.25},
                           "Where x_hat is exactly x, the gradient is that of an x_hat below it. "
                           "The sign of 0 is 0."}});
}

TEST(Exercise, ItsGradientAtTheOutput) {
    const Tensor a2 = autograd::tensor({-8, -1, 0, 0.5, 2, 8}),
                 x = autograd::tensor({0, 0.5, 1, 0.2, 1, 0});
    const Tensor x_hat = sigmoid(a2), s = sign(x_hat - x), slope = x_hat * (1 - x_hat);
    const auto given = output_gradient(third, a2, x).to_vector();
    check::expect_answer(
        "`output_gradient`, dL/da2 of one pixel", given, (s * slope).to_vector(),
        {{(x_hat - x).to_vector(),
          "`output_gradient` still answers for the cross-entropy. For the absolute error it is the "
          "sign of x_hat - x, times x_hat (1 - x_hat): nothing cancels."},
         {(2 * (x_hat - x) * slope).to_vector(),
          "`output_gradient` answers for the squared error. For the absolute error it is the sign "
          "of x_hat - x, times x_hat (1 - x_hat)."},
         {s.to_vector(),
          "`output_gradient` leaves out x_hat (1 - x_hat): with the absolute error nothing cancels "
          "it."},
         {((x_hat - x) * slope).to_vector(),
          "`output_gradient` takes the error itself, where it should take its sign."}});
}
