#include "autograd/dot.h"

#include "autograd/activations.h"
#include "autograd/arithmetic.h"
#include "autograd/functions.h"
#include "autograd/reductions.h"
#include "tests/autograd/support.h"

namespace {

using autograd::tensor;
using autograd::to_dot;
using tests::expect_invalid;
using tests::Tensor;

TEST(Dot, TheWholeText) {
    Tensor w = 3, x = tensor({1, 2});
    w.requires_grad_();
    const Tensor y = w * x;
    EXPECT_EQ(to_dot(y, {{"w", w}, {"y", y}}),
              "digraph {\n"
              "  node [shape=box, fontname=\"Helvetica\"];\n"
              "  n0 [label=\"y = mul\\n[2]\\n3, 6\"];\n"
              "  n1 -> n0;\n"
              "  n2 -> n0;\n"
              "  n2 [label=\"constant\\n[2]\\n1, 2\", style=filled, fillcolor=\"#eeeeee\"];\n"
              "  n1 [label=\"w\\n3\", style=filled, fillcolor=\"#cfe8ff\"];\n"
              "}\n");
}

int count(const std::string& text, const std::string& part) {
    int n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++n;
    return n;
}

TEST(Dot, ANodeUsedTwiceIsDrawnOnce) {
    Tensor x = 2;
    x.requires_grad_();
    const Tensor y = exp(x);
    const std::string text = to_dot(y * y + y);
    EXPECT_EQ(count(text, "label="), 4);  // x, exp, mul, add
    EXPECT_EQ(count(text, "->"), 5);      // an edge for each use
    EXPECT_EQ(count(text, "label=\"leaf\\n2\""), 1);
    EXPECT_EQ(text, to_dot(y * y + y));  // the same names every time
}

TEST(Dot, ManyValuesAreLeftOut) {
    const Tensor six = autograd::full({6}, 7), seven = autograd::full({7}, 7);
    EXPECT_NE(to_dot(six).find("constant\\n[6]\\n7, 7, 7, 7, 7, 7\""), std::string::npos);
    EXPECT_NE(to_dot(seven).find("constant\\n[7]\""), std::string::npos);
}

TEST(Dot, NamesAreEscaped) {
    const Tensor x = 1;
    EXPECT_NE(to_dot(x, {{"the \"x\" \\ y", x}}).find("label=\"the \\\"x\\\" \\\\ y\\n1\""),
              std::string::npos);
}

TEST(Dot, ALongChain) {
    Tensor x = 1;
    x.requires_grad_();
    Tensor y = x;
    for (int i = 0; i < 10000; ++i) y = y + 1;
    EXPECT_EQ(count(to_dot(y), "->"), 20000);
}

TEST(Dot, Messages) {
    expect_invalid([] { to_dot(Tensor()); }, "to_dot: the tensor is undefined");
}

}  // namespace
