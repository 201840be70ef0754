// Lesson 01: derivatives by themselves. See README.md in this folder. Computes in double.

#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lessons/01_autograd/autograd_basics.h"
#include "lessons/01_autograd/show.h"
#include "lessons/support/lesson.h"

using autograd::Tensor;
using namespace lessons;

int main(int argc, char** argv) {
    support::Lesson lesson("01_autograd", "Derivatives by hand, by the engine, by differences");
    lesson.defaults({.epochs = 20, .lr = 1, .seed = 1});
    lesson.quick({.epochs = 5});
    std::string word = "none";
    lesson.flag("--mistake", word, {"none", "not-zeroed", "overwritten", "wrong-formula"},
                "a classic mistake to make");

    return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
        std::printf("No images here: --data, --limit and --batch-size change nothing.\n\n");
        autograd::Rng rng(options.seed);
        const Mistake mistake = mistakes.at(word);
        const Tanh tanh = tanh_with(mistake);
        std::vector<std::pair<Function, Inputs>> checked;
        Errors errors;
        std::vector<double> errors_of_differences;  // of each function
        const auto compare = [&](const std::vector<std::string>& names, const Function& f,
                                 const Inputs& x, const ByHand& by_hand) {
            const Errors found = print_side_by_side(
                names, by_hand.value, f(x).item(), by_hand.gradients,
                gradients_by_engine(f, x, mistake), gradients_by_differences(f, x));
            errors.add(found), errors_of_differences.push_back(found.differences);
            checked.push_back({f, x});
        };

        // ---- A scalar expression ----
        std::printf("1. A chain: L = tanh(a b + c)\n");
        const Tensor a = uniform({}, 0.5, 1, rng).requires_grad_();
        const Tensor b = uniform({}, 1, 1.5, rng).requires_grad_();
        const Tensor c = uniform({}, -0.5, 0, rng).requires_grad_();
        const Function f1 = [=](const Inputs& x) { return chain(x, tanh); };
        compare({"a", "b", "c"}, f1, {a, b, c}, chain_by_hand({a, b, c}));

        // ---- A number used twice, and its graph ----
        std::printf("2. A number used twice: u = a b, L = u tanh(u)\n");
        const Function f2 = [=](const Inputs& x) { return used_twice(x, tanh); };
        compare({"a", "b"}, f2, {a, b}, used_twice_by_hand({a, b}));

        const Tensor u = a * b, t = tanh(u), L = u * t;
        std::vector<std::pair<std::string, Tensor>> names;
        for (const auto& [name, x] : {std::pair("a", a), {"b", b}, {"u", u}, {"t", t}, {"L", L}}) {
            names.push_back({with_gradient(name, grad(L, x).item()), x});
            report.metric(std::string("used_twice.") + name, x.item());
            report.metric(std::string("used_twice.dL_d") + name, grad(L, x).item());
        }
        report.metric("used_twice.through_tanh", u.item() * (1 - t.item() * t.item()));
        write_graph(to_dot(L, names), report);

        // ---- A matrix product ----
        std::printf("3. A matrix product: Y = X W, L = 1/2 sum of Y^2\n");
        const Inputs XW = {normal({2, 2}, 0, 1, rng), normal({2, 2}, 0, 1, rng)};
        compare({"X[0,0]", "X[0,1]", "X[1,0]", "X[1,1]", "W[0,0]", "W[0,1]", "W[1,0]", "W[1,1]"},
                product_loss, XW, product_by_hand(XW));

        // ---- One neuron learns what another one does ----
        std::printf("4. A neuron: y = tanh(w x + b), L = mean squared error over 64 samples\n");
        const double true_w = 1.5, true_b = -0.5;
        const Tensor x = normal({64}, 0, 1, rng), target = autograd::tanh(true_w * x + true_b);
        const Inputs start = {normal({}, 0, 0.1, rng), normal({}, 0, 0.1, rng)};  // w, b
        const Function f4 = [=](const Inputs& p) { return neuron_loss(p, x, target, tanh); };
        compare({"w", "b"}, f4, start, neuron_by_hand(start, x, target));

        Inputs parameters;
        const auto fit = [&](Mistake made, support::Progress* progress) {
            parameters.clear();
            for (const Tensor& p : start) parameters.push_back(p.detach().requires_grad_());
            std::vector<double> losses;
            for (int epoch = 0; epoch < options.epochs; ++epoch) {
                const Tensor loss = neuron_loss(parameters, x, target, tanh_with(made));
                compute_gradients(loss, parameters, made);
                for (Tensor& p : parameters) *p.mutable_data() -= options.lr * p.grad().item();
                losses.push_back(loss.item());
                if (!progress) continue;
                progress->batch(loss.item(), 64);
                progress->finish_epoch();
            }
            return losses;
        };
        support::Progress progress(options.epochs, 64);
        const double loss = fit(mistake, &progress).back();
        const double learned_w = parameters[0].item(), learned_b = parameters[1].item();
        std::printf("learned w = %.4f, b = %.4f; the other neuron has %g and %g\n\n", learned_w,
                    learned_b, true_w, true_b);
        std::map<std::string, std::vector<double>> trainings;
        for (const auto& [name, made] : mistakes) trainings[name] = fit(made, nullptr);
        report.figure("training.png", draw_trainings(trainings));

        // ---- The same comparison as one call ----
        double check_errors[3] = {};
        std::printf("5. check_gradients of the four functions (it calls grad() itself)\n");
        for (std::size_t i = 0; i < checked.size(); ++i)
            for (const int order : {1, 2}) {
                const auto check = check_gradients(checked[i].first, checked[i].second, order);
                check_errors[order] = support::larger(check_errors[order], check.largest_error);
                std::printf("  function %zu, order %d: %s\n", i + 1, order,
                            check ? "passed" : check.message.c_str());
            }

        // ---- Derivatives of derivatives ----
        std::printf(
            "\n6. The second derivative of tanh: the gradient of the gradient\n"
            "       x  -2 tanh (1 - tanh^2)  by the engine       digits\n");
        std::vector<double> grid;
        for (int i = -200; i <= 200; ++i) grid.push_back(i / 50.0);
        const auto tanhs = derivatives(autograd::tensor(grid, {401}), 3, tanh);
        for (int i = 25; i <= 400; i += 50)
            print_pair(grid[i], derivative_by_hand(grid[i], 2), tanhs[2].at({i}));
        report.figure("derivatives.png", draw_derivatives(grid, tanhs));

        // ---- How exact are differences? ----
        std::vector<double> points(500);
        for (double& point : points) point = rng.uniform();
        const Valley in_float =
            valley<float>(points, 6 * 8);  // far below 1e-6, x + delta is x in float
        const Valley in_double = valley<double>(points, 12 * 8 + 1);
        const double eps3_float = best_step<float>(), eps3 = best_step<double>();
        std::printf("\n7. Central differences of exp   best step h  eps^(1/3)  relative error\n");
        print_best("float", in_float, eps3_float);
        print_best("double", in_double, eps3);
        report.figure("differences.png", draw_valleys(in_float, in_double, eps3_float, eps3));

        // The ranges hold for seeds 1 to 20.
        report.metric("hand_error", errors.hand, {.max = 1e-14});
        report.metric("differences_error", errors.differences, {.max = 5e-10});
        report.metric("errors_of_differences", errors_of_differences);
        report.metric("digits_of_differences", errors.digits, {.min = 7});
        report.metric("check_error_order_1", check_errors[1], {.max = 1e-9});
        report.metric("check_error_order_2", check_errors[2], {.max = 1e-9});
        report.metric("second_derivative_error", derivative_error(grid, tanhs[2], 2),
                      {.max = 1e-14});
        report.metric("third_derivative_error", derivative_error(grid, tanhs[3], 3),
                      {.max = 1e-14});
        report.metric("final_loss", loss, {.max = 5e-4});
        report.metric("learned_w", learned_w, {1.4, 1.55});
        report.metric("learned_b", learned_b, {-0.51, -0.46});
        report.metric("best_step_float", in_float.best().step, {eps3_float / 2, 2 * eps3_float});
        report.metric("best_step_double", in_double.best().step, {eps3 / 2, 2 * eps3});
        report.metric("best_error_float", in_float.best().error, {.max = eps3_float * eps3_float});
        report.metric("best_error_double", in_double.best().error, {.max = eps3 * eps3});
        report.metric("truncation_order", std::log10(in_double.errors[8] / in_double.errors[16]),
                      {1.99, 2.01});
    });
}
