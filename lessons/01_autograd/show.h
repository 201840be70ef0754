#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "lessons/01_autograd/autograd_basics.h"
#include "lessons/support/graph.h"
#include "lessons/support/report.h"
#include "lessons/support/text.h"

// How lesson 01 shows its numbers. Nothing is differentiated here.
namespace lessons {

constexpr int all_digits = 15;  // what a double is sure to hold

// |a - b| against 1 or |a|, whichever is larger
inline double error(double a, double b) { return std::abs(a - b) / std::max(1.0, std::abs(a)); }

// The largest error of a derivative of tanh at the points x.
inline double derivative_error(const std::vector<double>& x, const Tensor& by_engine, int order) {
    double largest = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        largest =
            support::larger(largest, error(derivative_by_hand(x[i], order), by_engine.data()[i]));
    return largest;
}

// In how many leading digits a and b agree: -log10 of their relative difference.
inline int agreeing_digits(double a, double b) {
    if (a == b) return all_digits;
    if (std::isnan(a) || std::isnan(b)) return 0;
    const double relative = std::abs(a - b) / std::max(std::abs(a), std::abs(b));
    return std::clamp(static_cast<int>(-std::log10(relative)), 0, all_digits);
}

// v with a gap after its first n digits, where the agreement ends: "-0.4199743416 0271"
inline std::string with_gap(double v, int n) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%+#.*g", all_digits, v + 0.0);  // -0 + 0 is 0
    std::string text;
    bool leading = true;  // zeros in front are no digits
    for (const char* c = digits; *c; ++c) {
        if (n == 0 && *c != '.' && !leading) text += ' ', n = -1;
        text += *c;
        leading = leading && (*c < '1' || *c > '9');
        if (!leading && *c != '.') --n;
    }
    return text;
}

struct Errors {
    double hand = 0, differences = 0;  // the largest of the engine against each
    int digits = all_digits;           // the fewest that engine and differences share

    void add(const Errors& other) {
        hand = support::larger(hand, other.hand);
        differences = support::larger(differences, other.differences);
        digits = std::min(digits, other.digits);
    }
};

inline void print_pair(double x, double hand, double engine) {
    const int n = agreeing_digits(hand, engine);
    std::printf("  %6.2f  %-22s%-22s%4d\n", x, with_gap(hand, all_digits).c_str(),
                with_gap(engine, n).c_str(), n);
}

// The value and the gradients, each way, beside each other, and the verdict of the gradient check.
inline Errors print_side_by_side(const std::vector<std::string>& names, double value_by_hand,
                                 double value, const std::vector<double>& hand,
                                 const std::vector<double>& engine,
                                 const std::vector<double>& differences) {
    Errors errors{error(value_by_hand, value), 0, all_digits};
    std::printf("  %-12s %-20s%-21s %-6s %-21s %s\n", "", "by hand", "by the engine", "digits",
                "central differences", "digits");
    const int same = agreeing_digits(value_by_hand, value);
    std::printf("  %-12s %-20s%-22s %4d\n", "L", with_gap(value_by_hand, all_digits).c_str(),
                with_gap(value, same).c_str(), same);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const int exact = agreeing_digits(hand[i], engine[i]);
        const int close = agreeing_digits(engine[i], differences[i]);
        std::printf("  dL/d%-8s %-20s%-22s %4d  %-22s %4d\n", names[i].c_str(),
                    with_gap(hand[i], all_digits).c_str(), with_gap(engine[i], exact).c_str(),
                    exact, with_gap(differences[i], close).c_str(), close);
        errors.add({error(hand[i], engine[i]), error(engine[i], differences[i]), close});
    }
    if (errors.differences < 1e-7)
        std::printf("  gradient check: passed, largest error %.1e\n\n", errors.differences);
    else
        std::printf("  gradient check: FAILED, largest error %.2g\n\n", errors.differences);
    return errors;
}

// The loss of the neuron in each training, without a mistake and with each of them.
inline support::Plot draw_trainings(const std::map<std::string, std::vector<double>>& trainings) {
    support::Plot plot{.title = "Every mistake lowers the loss at first",
                       .x_label = "epoch",
                       .y_label = "mean squared error",
                       .log_y = true,
                       .legend = "bottom left"};
    for (const auto& [name, losses] : trainings) {
        std::vector<int> epochs(losses.size());
        std::iota(epochs.begin(), epochs.end(), 1);
        plot.line_points(epochs, losses, "mistake: " + name);
    }
    return plot;
}

// tanh at x and its first three derivatives.
inline support::Plot draw_derivatives(const std::vector<double>& x,
                                      const std::vector<Tensor>& derivatives) {
    support::Plot plot{.title = "Each derivative is the gradient of the one before",
                       .x_label = "x",
                       .y_label = "tanh(x) and its derivatives",
                       .legend = "bottom left"};
    const char* names[] = {"tanh", "first derivative", "second", "third"};
    for (std::size_t i = 0; i < 4; ++i) plot.line(x, derivatives[i].to_vector(), names[i]);
    return plot;
}

inline void print_best(const char* scalar, const Valley& valley, double eps3) {
    const auto [step, error] = valley.best();
    std::printf("  %-6s                        %11.1e  %9.1e  %14.0e\n", scalar, step, eps3, error);
}

// The error of differences against their step. The dotted lines: eps^(1/3) of float and of double.
inline support::Plot draw_valleys(const Valley& in_float, const Valley& in_double,
                                  double eps3_float, double eps3_double) {
    support::Plot plot{.title = "Large steps truncate, small steps round",
                       .x_label = "step delta (dotted: eps^(1/3))",
                       .y_label = "relative error of the difference quotient",
                       .log_x = true,
                       .log_y = true,
                       .y_range = support::Range{1e-12, 100},
                       .legend = "bottom left"};
    return plot.line(in_float.steps, in_float.errors, "float")
        .line(in_double.steps, in_double.errors, "double")
        .vertical(eps3_float, "float")
        .vertical(eps3_double, "double");
}

// What a tensor is called in the drawn graph: two lines, "dL/du = 0.7271" and "u".
inline std::string with_gradient(const std::string& name, double g) {
    char text[40];
    std::snprintf(text, sizeof text, " = %.4g\n", g);
    return "dL/d" + name + text + name;
}

// As text, and drawn where Graphviz is there.
inline void write_graph(const std::string& dot, const support::Report& report) {
    support::write_graph(dot, report.file("graph.dot"));
    if (support::can_draw_graphs())
        for (const char* file : {"graph.png", "graph.svg"})
            support::write_graph(dot, report.file(file));
    else
        std::fprintf(stderr, "graph.dot is not drawn: %s\n",
                     support::graph_problem("graph.png").c_str());
}

}  // namespace lessons
