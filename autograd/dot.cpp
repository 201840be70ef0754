#include "autograd/dot.h"

#include <map>

namespace autograd {

constexpr int64_t shown = 6;  // values that are written out
static_assert(shown <= Node::few, "they must still be there when the graph alone is left");

// In a DOT label, quotes and backslashes are written with a backslash.
static std::string escaped(const std::string& text) {
    std::string result;
    for (char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result;
}

static std::string label(const Tensor& t, const std::string& name) {
    std::ostringstream text;
    text.precision(4);
    if (!t.is_leaf())
        text << (name.empty() ? "" : escaped(name) + " = ") << t.node()->op;
    else
        text << (!name.empty() ? escaped(name) : t.requires_grad() ? "leaf" : "constant");
    if (t.shape().rank() > 0) text << "\\n" << t.shape();
    if (t.size() <= shown) {
        text << "\\n";
        for (int64_t i = 0; i < t.size(); ++i) text << (i ? ", " : "") << t.data()[i];
    }
    return text.str();
}

std::string to_dot(const Tensor& output, const std::vector<std::pair<std::string, Tensor>>& names) {
    if (!output.defined()) refuse("to_dot: the tensor is undefined");
    // From the newest to the oldest, as in backward: each tensor is met once, after all its
    // consumers.
    using Key = std::pair<std::uint64_t, Node*>;
    const auto key = [](const Tensor& t) { return Key(t.node()->id, t.node()); };
    std::map<Key, Tensor, std::greater<>> waiting{{key(output), output}};
    std::ostringstream text;
    text << "digraph {\n  node [shape=box, fontname=\"Helvetica\"];\n";
    std::map<const Node*, std::size_t> numbers{{output.node(), 0}};  // the same in every run
    while (!waiting.empty()) {
        const Tensor t = waiting.extract(waiting.begin()).mapped();
        const Node& node = *t.node();
        std::string name;
        for (const auto& [candidate, named] : names)
            if (named.node() == t.node()) name = candidate;
        const char* style = node.op              ? ""
                            : node.requires_grad ? ", style=filled, fillcolor=\"#cfe8ff\""
                                                 : ", style=filled, fillcolor=\"#eeeeee\"";
        text << "  n" << numbers[&node] << " [label=\"" << label(t, name) << "\"" << style
             << "];\n";
        for (int i = 0; i < node.input_count; ++i) {
            const Tensor& input = node.inputs[i].tensor;
            const auto [place, is_new] = numbers.try_emplace(input.node(), numbers.size());
            if (is_new) waiting.emplace(key(input), input);
            text << "  n" << place->second << " -> n" << numbers[&node] << ";\n";
        }
    }
    text << "}\n";
    return text.str();
}

}  // namespace autograd
