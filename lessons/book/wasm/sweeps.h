#pragma once

#include <limits>
#include <string>
#include <vector>

#include "lessons/01_autograd/autograd_basics.h"

// A graph of single numbers, and how far the two sweeps through it have come after so many moments:
// what lesson 01's page shows step by step.
namespace lessons::book {

class Sweeps {
  public:
    // The tensors of an expression, oldest first; the first of them are its inputs, the last is L.
    Sweeps(std::vector<Tensor> tensors, int inputs, bool overwrite)
        : nodes(std::move(tensors)), inputs(inputs), overwrite(overwrite) {
        for (int to = inputs; to < int(nodes.size()); ++to)
            for (int i = 0; i < nodes[to].node()->input_count; ++i)
                for (int from = 0; from < to; ++from)
                    if (nodes[from].node() == nodes[to].node()->inputs[i].tensor.node())
                        edges.push_back({from, to, i});
    }

    // From which node to which.
    std::vector<float> arrows() const {
        std::vector<float> result;
        for (const Edge& e : edges) result.insert(result.end(), {float(e.from), float(e.to)});
        return result;
    }

    // The names of the operations as character codes, a space behind each; an input has none.
    std::vector<float> operations() const {
        std::string names;
        for (const Tensor& x : nodes) names += std::string(x.is_leaf() ? "" : x.node()->op) + ' ';
        return {names.begin(), names.end()};
    }

    // One moment for each operation on the way forward, one for dL/dL = 1, and one for each
    // operation on the way back, the newest first, as in the lesson's sweep(): what there is before
    // the first of them, and after each.
    std::vector<float> moments() const {
        std::vector<float> result;
        for (int i = 0; i <= 2 * (int(nodes.size()) - inputs) + 1; ++i) {
            const auto after_it = after(i);
            result.insert(result.end(), after_it.begin(), after_it.end());
        }
        return result;
    }

  private:
    // The nodes' values, their gradients as far as they have come, and what has gone back along
    // each edge; not a number where nothing is yet.
    std::vector<float> after(int moments) const {
        const autograd::NoGrad no_grad;
        const int n = int(nodes.size()), back = moments - (n - inputs);
        std::vector<float> values(n, not_yet), shares(edges.size(), not_yet);
        std::vector<Tensor> gradients(n);
        for (int i = 0; i < n && i < inputs + moments; ++i) values[i] = float(nodes[i].item());
        if (back > 0) gradients.back() = autograd::ones({});
        for (int to = n - 1; to >= inputs && n - to < back; --to)
            for (std::size_t e = 0; e < edges.size(); ++e) {
                if (edges[e].to != to) continue;
                const Tensor share = nodes[to].node()->input_gradient(edges[e].i, gradients[to]);
                shares[e] = float(share.item());
                Tensor& g = gradients[edges[e].from];
                g = !g.defined() || overwrite ? share : g + share;
            }
        std::vector<float> result = values;
        for (const Tensor& g : gradients) result.push_back(g.defined() ? float(g.item()) : not_yet);
        result.insert(result.end(), shares.begin(), shares.end());
        return result;
    }

    static constexpr float not_yet = std::numeric_limits<float>::quiet_NaN();
    struct Edge {
        int from, to, i;  // `from` is input i of `to`
    };
    std::vector<Tensor> nodes;
    int inputs;
    bool overwrite;  // the lesson's mistake: the last path wins
    std::vector<Edge> edges;
};

}  // namespace lessons::book
