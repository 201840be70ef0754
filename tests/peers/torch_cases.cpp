// torch_cases FILE: runs every operation, loss and optimiser on random inputs and writes all that
// went in and came out to a safetensors file, which compare_with_torch.py computes again. A case
// "name" is the tensors
//     name/x0, name/x1, ...      inputs
//     name/y                     the result
//     name/v, name/g0, ...       gradients of L = sum(v y)
//     name/u0, ..., name/h0, ... gradients of sum(u0 g0) + sum(u1 g1) + ...
// "mul, 3" is an operation mul, for the fourth time.
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"

namespace {

using autograd::Rng;
using autograd::Shape;
using autograd::Tensor;
using Tensors = std::vector<Tensor>;
using Function = std::function<Tensor(const Tensors&)>;

nn::NamedParameters file;
Rng rng(1);

Tensor random(const Shape& shape, double low = -2, double high = 2) {
    return autograd::uniform(shape, low, high, rng);
}

// "x" and 2 give "x2".
std::string numbered(std::string text, int number) {
    text += std::to_string(number);
    return text;
}

// dL/dx, zeros where L does not depend on x.
Tensor gradient(const Tensor& L, const Tensor& x, bool create_graph) {
    if (!L.requires_grad()) return autograd::zeros(x.shape());
    try {
        return grad(L, x, create_graph);
    } catch (const std::invalid_argument&) {  // no path leads there
        return autograd::zeros(x.shape());
    }
}

// Order 0 for results that have no gradient, 2 for first and second derivatives.
void add(const std::string& name, const Tensors& inputs, const Function& f, int order = 2) {
    Tensors x;
    const auto note = [&](const std::string& key, const Tensor& t) {
        file.emplace_back(name + "/" + key, t.detach());
    };
    for (int i = 0; i < std::ssize(inputs); ++i) {
        x.push_back(inputs[i].detach().requires_grad_());
        note(numbered("x", i), x[i]);
    }
    const Tensor y = f(x);
    note("y", y);
    if (order < 1) return;
    const Tensor v = random(y.shape()), L = sum(v * y);
    note("v", v);
    Tensor L2 = 0;
    for (int i = 0; i < std::ssize(x); ++i) {
        const Tensor g = gradient(L, x[i], order > 1), u = random(g.shape());
        note(numbered("g", i), g);
        note(numbered("u", i), u);
        L2 = L2 + sum(u * g);
    }
    if (order < 2) return;
    for (int i = 0; i < std::ssize(x); ++i) note(numbered("h", i), gradient(L2, x[i], false));
}

void arithmetic() {
    const std::pair<Shape, Shape> shapes[] = {
        {{2, 3}, {2, 3}},          {{2, 3}, {3}},   {{4}, {2, 3, 4}},
        {{3, 1}, {1, 4}},          {{}, {2, 2}},    {{2, 3, 4, 5}, {3, 1, 5}},
        {{2, 1, 4, 1}, {3, 1, 5}}, {{37}, {41, 37}}};
    int k = 0;
    for (const auto& [a, b] : shapes) {
        const std::string time = numbered(", ", k++);
        // Divisors away from 0.
        add("add" + time, {random(a), random(b)}, [](auto& x) { return x[0] + x[1]; });
        add("sub" + time, {random(a), random(b)}, [](auto& x) { return x[0] - x[1]; });
        add("mul" + time, {random(a), random(b)}, [](auto& x) { return x[0] * x[1]; });
        add("div" + time, {random(a), random(b, 0.5, 2)}, [](auto& x) { return x[0] / x[1]; });
    }
    add("number", {random({7}, 0.5, 2)}, [](auto& x) { return (2 - 3 * x[0]) / 7 + 1 / x[0]; });
}

void elementwise() {
    struct Case {
        const char* name;
        Tensor (*op)(const Tensor&);
        double low, high;
    };
    const Case cases[] = {
        {"neg", autograd::neg, -2, 2},
        {"sigmoid", autograd::sigmoid, -6, 6},
        {"tanh", autograd::tanh, -3, 3},
        {"softplus", autograd::softplus, -6, 6},
        {"relu", autograd::relu, -2, 2},
        {"leaky_relu", [](const Tensor& x) { return leaky_relu(x); }, -2, 2},
        {"leaky_relu 0.3", [](const Tensor& x) { return leaky_relu(x, 0.3); }, -2, 2},
        {"square", autograd::square, -2, 2},
        {"pow 3", [](const Tensor& x) { return pow(x, 3); }, -2, 2},
        {"pow 1", [](const Tensor& x) { return pow(x, 1); }, -2, 2},
        {"pow 0", [](const Tensor& x) { return pow(x, 0); }, -2, 2},
        {"pow -1.5", [](const Tensor& x) { return pow(x, -1.5); }, 0.5, 2},
        {"sqrt", autograd::sqrt, 0.5, 2},
        {"exp", autograd::exp, -2, 2},
        {"log", autograd::log, 0.5, 2},
        {"abs", autograd::abs, -2, 2},
        {"clamp", [](const Tensor& x) { return clamp(x, -1, 0.5); }, -2, 2},
    };
    for (const Case& c : cases) {
        const Function f = [&](auto& x) { return c.op(x[0]); };
        add(c.name, {random({5, 13}, c.low, c.high)}, f);
        // The kinks and bounds themselves: the conventions are PyTorch's.
        add(c.name + std::string(", at kinks"), {autograd::tensor({-1, -0.0, 0, 0.5, 1})}, f, 1);
    }
}

void reductions() {
    const Shape shapes[] = {{7}, {5, 6}, {3, 4, 5}, {2, 3, 4, 5}};
    for (const Shape& shape : shapes) {
        const std::string time = numbered(", ", shape.rank());
        add("sum" + time, {random(shape)}, [](auto& x) { return sum(x[0]); });
        add("mean" + time, {random(shape)}, [](auto& x) { return mean(x[0]); });
        add("log_softmax" + time, {random(shape)}, [](auto& x) { return log_softmax(x[0]); });
        for (int axis = -shape.rank(); axis < shape.rank(); ++axis)
            for (const bool keep : {false, true}) {
                const std::string where =
                    numbered(" axis ", axis) + (keep ? " keepdim" : "") + time;
                add("sum" + where, {random(shape)}, [=](auto& x) { return sum(x[0], axis, keep); });
                add("mean" + where, {random(shape)},
                    [=](auto& x) { return mean(x[0], axis, keep); });
                add("max" + where, {random(shape)}, [=](auto& x) { return max(x[0], axis, keep); });
                add(
                    "argmax" + where, {random(shape)},
                    [=](auto& x) { return argmax(x[0], axis, keep); }, 0);
            }
    }
    add("log_softmax, far apart", {random({4, 5}, -500, 500)},
        [](auto& x) { return log_softmax(x[0]); });
    add("sum, long", {random({200, 301}, 0, 1)}, [](auto& x) { return sum(x[0]); });
}

void indexing_and_shaping() {
    const std::vector<int> rows = {3, 0, 3, 1};
    add("index_select", {random({4, 3, 2})}, [&](auto& x) { return index_select(x[0], rows); });
    add("narrow", {random({3, 7, 2})}, [](auto& x) { return narrow(x[0], 1, 2, 4); });
    add("narrow last", {random({3, 7})}, [](auto& x) { return narrow(x[0], -1, 5, 2); });
    add("concat 0", {random({2, 3}), random({4, 3})}, [](auto& x) { return concat(x[0], x[1]); });
    add("concat 1", {random({2, 3, 2}), random({2, 1, 2}), random({2, 4, 2})},
        [](auto& x) { return concat(x, 1); });
    add("broadcast_to", {random({3, 1})}, [](auto& x) { return broadcast_to(x[0], {2, 3, 4}); });
    add("sum_to", {random({2, 3, 4})}, [](auto& x) { return sum_to(x[0], {3, 1}); });
    add("transpose", {random({4, 6})}, [](auto& x) { return transpose(x[0]); });
    add("reshape", {random({4, 6})}, [](auto& x) { return reshape(x[0], {2, 3, 4}); });
    add("reshape open", {random({4, 6})}, [](auto& x) { return reshape(x[0], {3, -1}); });
}

void products() {
    int k = 0;
    for (const auto [m, inner, n] : {std::array{3, 4, 5}, {1, 7, 1}, {33, 70, 29}, {5, 1, 6}}) {
        const std::string time = numbered(", ", k++);
        for (const bool at : {false, true})
            for (const bool bt : {false, true}) {
                const Tensor a = at ? random({inner, m}) : random({m, inner}),
                             b = bt ? random({n, inner}) : random({inner, n}), c = random({n});
                const std::string which = std::string(at ? " T" : " N") + (bt ? "T" : "N") + time;
                const auto product = [=](auto& x) {
                    return matmul(autograd::Factor(x[0], at), autograd::Factor(x[1], bt));
                };
                // The square has second derivatives in all directions.
                add("matmul" + which, {a, b}, product);
                add("matmul squared" + which, {a, b}, [=](auto& x) { return square(product(x)); });
                add("linear" + which, {a, b, c}, [=](auto& x) {
                    return linear(autograd::Factor(x[0], at), autograd::Factor(x[1], bt), x[2]);
                });
            }
    }
    add("network", {random({6, 8}, 0, 1), random({8, 3}), random({3}), random({3, 8}), random({8})},
        [](auto& x) {
            const Tensor h = tanh(linear(x[0], x[1], x[2]));
            return nn::binary_cross_entropy(sigmoid(linear(h, x[3], x[4])), x[0]);
        });
}

void losses() {
    const std::vector<int> labels = {2, 0, 1, 2};
    const std::pair<std::string, nn::Reduction> reductions[] = {{" mean", nn::Reduction::mean},
                                                                {" sum", nn::Reduction::sum},
                                                                {" none", nn::Reduction::none}};
    for (const auto& pair : reductions) {
        const std::string& name = pair.first;
        const nn::Reduction r = pair.second;
        const Function bce = [=](auto& x) { return nn::binary_cross_entropy(x[0], x[1], r); };
        const Function logits = [=](auto& x) {
            return nn::binary_cross_entropy_with_logits(x[0], x[1], r);
        };
        const Function cross = [&](auto& x) { return nn::cross_entropy(x[0], labels, r); };
        add("mse_loss" + name, {random({3, 7}), random({3, 7})},
            [=](auto& x) { return nn::mse_loss(x[0], x[1], r); });
        add("binary_cross_entropy" + name, {random({3, 7}, 0.1, 0.9), random({3, 7}, 0, 1)}, bce);
        add("binary_cross_entropy_with_logits" + name,
            {random({3, 7}, -4, 4), random({3, 7}, 0, 1)}, logits);
        add("cross_entropy" + name, {random({4, 3})}, cross);
        // Certainties, right and wrong: the logarithm is clamped.
        const Tensor target = autograd::tensor({0, 1, 0, 1});
        add(
            "binary_cross_entropy" + name + " certain", {autograd::tensor({0, 0, 1, 1})},
            [=](auto& x) { return nn::binary_cross_entropy(x[0], target, r); }, 1);
        add("binary_cross_entropy_with_logits" + name + ", certain",
            {autograd::tensor({-300, -300, 300, 300, 0}), autograd::tensor({0, 1, 0, 1, 0.5})},
            logits);
        add("cross_entropy" + name + ", certain", {random({4, 3}, -300, 300)}, cross);
    }
}

// A case "name" of an optimiser: x0 begins, row t of x1 is the gradient of step t, row t of y is
// where the step leads.
template <class Optimizer>
void steps(const std::string& name, const typename Optimizer::Settings& settings) {
    const Tensor x0 = random({20}), gradients = random({8, 20});
    add(
        name, {x0, gradients},
        [&](auto&) {
            Tensor p = x0.detach().requires_grad_();
            Optimizer optimizer({p}, settings);
            Tensors rows;
            for (int t = 0; t < 8; ++t) {
                optimizer.zero_grad();
                sum(narrow(gradients, 0, t, 1) * p).backward();
                optimizer.step();
                rows.push_back(reshape(p.detach(), {1, 20}));
            }
            return concat(rows);
        },
        0);
}

void optimisers() {
    steps<nn::Sgd>("Sgd", {});
    steps<nn::Sgd>("Sgd momentum", {.lr = 0.1, .momentum = 0.9});
    steps<nn::Sgd>("Sgd decay", {.lr = 0.1, .weight_decay = 0.2});
    steps<nn::Sgd>("Sgd both", {.lr = 0.1, .momentum = 0.8, .weight_decay = 0.2});
    steps<nn::Adam>("Adam", {});
    steps<nn::Adam>("Adam all", {0.1, 0.8, 0.95, 1e-3, 0.2});
    steps<nn::AdamW>("AdamW", {});
    steps<nn::AdamW>("AdamW all", {0.1, 0.8, 0.95, 1e-3, 0.2});
    for (const double max_norm : {1.5, 100.0})  // the norm, and the gradients afterwards
        add(
            max_norm < 2 ? "clip_grad_norm" : "clip_grad_norm far", {random({20})},
            [=](auto& x) {
                const Tensor p = autograd::zeros({20}).requires_grad_();
                sum(p * x[0].detach()).backward();
                const double norm = nn::clip_grad_norm({p}, max_norm);
                return autograd::concat({autograd::tensor({norm}), p.grad()});
            },
            0);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "torch_cases FILE\n";
        return 2;
    }
    arithmetic();
    elementwise();
    reductions();
    indexing_and_shaping();
    products();
    losses();
    optimisers();
    nn::save(argv[1], file);
}
