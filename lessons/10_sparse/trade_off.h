#pragma once

#include <string>
#include <vector>

#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/support/plot.h"
#include "lessons/support/text.h"

// What sparsity costs: objectives that ask for more and more of it, and where each of them ends.
namespace lessons {

struct TradeOff {
    std::string name;
    std::vector<Objective> objectives;
    std::vector<double> activation = {}, sse = {};  // of each: mean activation, squared error
};

// The KL penalty at two weights for several rho, L1 at several weights, and no penalty at all. A
// smoke run takes one of each.
inline std::vector<TradeOff> trade_offs(const Objective& objective, bool quick) {
    std::vector<double> rhos = {0.05, 0.1, 0.2}, gammas = {0.03, 0.1, 0.3};
    if (quick) rhos = gammas = {0.1};
    std::vector<TradeOff> all;
    for (const double beta : {0.3, 3.0}) {
        TradeOff& kl = all.emplace_back(TradeOff{support::format("KL, beta %g", beta), {}});
        for (const double rho : rhos)
            kl.objectives.push_back({.rho = rho, .beta = beta, .lambda = objective.lambda});
    }
    TradeOff& l1 = all.emplace_back(TradeOff{"L1", {}});
    for (const double gamma : gammas)
        l1.objectives.push_back({.beta = 0, .lambda = objective.lambda, .gamma = gamma});
    Objective plain = objective;
    plain.beta = 0;
    all.push_back({"no penalty", {plain}});
    return all;
}

inline support::Plot draw_trade_offs(const std::vector<TradeOff>& all) {
    support::Plot plot{.title = "A quieter code costs reconstruction",
                       .x_label = "mean activation of the code, held-out digits",
                       .y_label = "held-out squared error per image",
                       .x_range = support::Range{0, 0.6}};
    for (const TradeOff& t : all) plot.line_points(t.activation, t.sse, t.name);
    return plot;
}

}  // namespace lessons
