// Lesson 01 in its page: the graph of an expression and the two sweeps through it, its derivatives
// three ways, and how far the difference quotient is off. Nothing trains.
#include <cmath>
#include <optional>
#include <stdexcept>

#include "lessons/01_autograd/autograd_basics.h"
#include "lessons/book/wasm/part.h"
#include "lessons/book/wasm/sweeps.h"

namespace lessons::book {
namespace {

// The lesson's valley for tanh, whose derivatives change from place to place: pairs of a step delta
// and the relative error of the difference quotient, root mean square over 64 points around x.
template <class Scalar>
std::vector<float> valley_of_tanh(double x, int steps) {
    std::vector<float> result;
    const auto f = [](Scalar v) { return std::tanh(v); };
    for (int i = 0; i < steps; ++i) {
        const double delta = std::pow(10, -i / 8.0);
        double sum = 0;
        for (int j = -32; j < 32; ++j) {
            const auto point = static_cast<Scalar>(x + j * 1e-6);
            const double slope = central_difference(f, point, static_cast<Scalar>(delta));
            sum += std::pow(slope / derivative_by_hand(point, 1) - 1, 2);
        }
        result.insert(result.end(), {float(delta), float(std::sqrt(sum / 64))});
    }
    return result;
}

class Derivatives : public Part {
  public:
    explicit Derivatives(const Settings& settings)
        : mistake(Mistake(int(get(settings, "mistake", 0)))), x(get(settings, "x", 0.5)) {
        autograd::Rng rng(1);
        const auto input = [&](const char* name, double low, double high) {
            return Tensor(get(settings, name, uniform({}, low, high, rng).item())).requires_grad_();
        };
        const Tensor a = input("a", 0.5, 1), b = input("b", 1, 1.5), c = input("c", -0.5, 0);
        const Tanh tanh = tanh_with(mistake);
        std::vector<Tensor> nodes;
        if (get(settings, "expression", 1) == 0) {
            inputs = {a, b, c}, by_hand = chain_by_hand(inputs);
            f = [=](const Inputs& x) { return chain(x, tanh); };
            const Tensor u = a * b, z = u + c, L = tanh(z);  // the same, with names for the parts
            nodes = {a, b, c, u, z, L}, names = "abcuzL";
        } else {
            inputs = {a, b}, by_hand = used_twice_by_hand(inputs);
            f = [=](const Inputs& x) { return used_twice(x, tanh); };
            const Tensor u = a * b, t = tanh(u), L = u * t;
            nodes = {a, b, u, t, L}, names = "abutL";
        }
        sweeps.emplace(nodes, int(inputs.size()), mistake == Mistake::overwritten);
    }

    double step() override { throw std::logic_error("lesson 01: nothing trains in its page"); }

    std::vector<float> read(std::string_view what, std::span<const float>) override {
        if (what == "names") return {names.begin(), names.end()};  // a character code each
        if (what == "operations") return sweeps->operations();
        if (what == "arrows") return sweeps->arrows();
        if (what == "moments") return sweeps->moments();
        if (what == "derivatives") {  // for each input by hand, by the engine, by differences
            const auto engine = gradients_by_engine(f, inputs, mistake);
            const auto differences = gradients_by_differences(f, inputs);
            std::vector<float> result;
            for (std::size_t i = 0; i < inputs.size(); ++i)
                for (const double g : {by_hand.gradients[i], engine[i], differences[i]})
                    result.push_back(float(g));
            return result;
        }
        if (what == "best") return {best_step<float>(), float(best_step<double>())};
        if (what == "float") return valley_of_tanh<float>(x, 6 * 8);
        if (what == "double") return valley_of_tanh<double>(x, 12 * 8 + 1);
        throw std::invalid_argument("lesson 01 has no " + std::string(what));
    }

  private:
    const Mistake mistake;
    const double x;  // where differences are taken
    Inputs inputs;
    Function f;
    ByHand by_hand;
    std::string names;
    std::optional<Sweeps> sweeps;
};

}  // namespace

std::unique_ptr<Part> make_01(const Settings& settings, const Data&) {
    return std::make_unique<Derivatives>(settings);
}

}  // namespace lessons::book
