#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/real.h"
#include "autograd/rng.h"
#include "autograd/shape.h"

// A tensor is an array of numbers that remembers how it was computed. Every operation makes a new
// Node, which holds the result, the inputs it came from, and for each input a function that turns
// the gradient of the result into the gradient of that input. The nodes form a graph, from the loss
// back to the parameters; backward.h walks it. Read this file first, then activations.h for what an
// operation looks like, then backward.h.
namespace autograd {

struct Node;
struct Call;

// A handle on a node: copying a Tensor shares the node, it doesn't copy numbers. Values never
// change once they are computed; only an optimiser writes to a leaf in place (see mutable_data).
class Tensor {
  public:
    Tensor() = default;    // refers to nothing; defined() is false
    Tensor(double value);  // a single number, shape {}: lets 1 - x be written

    bool defined() const { return node_ != nullptr; }
    const Shape& shape() const;
    std::int64_t size() const;          // how many elements
    std::int64_t size(int axis) const;  // along one axis; -1 is the last

    const real* data() const;  // row-major
    std::vector<real> to_vector() const;
    real item() const;  // the value of a tensor with one element
    real at(std::initializer_list<std::int64_t> index) const;  // x.at({row, column})

    // Write access for whoever has just made the tensor, and for optimisers. Throws
    // std::invalid_argument for a recorded result: the gradients of its graph rest on its values.
    real* mutable_data();

    // Marks a leaf whose gradient is wanted: a parameter. What is computed from it is recorded.
    Tensor& requires_grad_(bool required = true);
    bool requires_grad() const;
    bool is_leaf() const;  // not the result of a recorded operation

    void backward() const;  // see backward.h
    Tensor grad() const;    // a leaf's gradient so far: numbers, without a graph;
    void zero_grad();       //   undefined before backward() and after zero_grad()

    Tensor detach() const;  // a copy of the values, outside any graph

    Node* node() const { return node_.get(); }
    long use_count() const { return node_.use_count(); }  // handles on the node

  private:
    friend Tensor empty(const Shape& shape);
    Node& node(const char* asked_for) const;  // throws std::invalid_argument if undefined
    std::shared_ptr<Node> node_;
};

// ---- Making tensors ----

Tensor empty(const Shape& shape);  // values not set: to be written by who asked
Tensor full(const Shape& shape, double value);
Tensor zeros(const Shape& shape);
Tensor ones(const Shape& shape);
Tensor tensor(std::span<const double> values, const Shape& shape);         // row-major
Tensor tensor(std::initializer_list<double> values);                       // a vector
Tensor tensor(std::initializer_list<std::initializer_list<double>> rows);  // a matrix
Tensor uniform(const Shape& shape, double low, double high, Rng& rng);     // in [low, high)
Tensor normal(const Shape& shape, double mean, double stddev, Rng& rng);
Tensor bernoulli(const Shape& shape, double p, Rng& rng);  // 1 with probability p, else 0

// ---- The graph ----

// What a gradient function is given: the gradient g = dL/dy of the loss with respect to the result,
// the result y and the inputs x, from the operation y = op(x[0], x[1], ...).
struct Call {
    const Tensor& g;
    const Tensor& y;
    const std::array<Tensor, 3>& x;
};

// A function that returns dL/dx[i], of the same shape as x[i], or an undefined Tensor where the
// derivative is zero everywhere. It is written in tensor operations, so that its result can be
// differentiated again. It may capture plain numbers only: a Tensor among its captures would make
// the node own itself, and neither would ever be freed; that doesn't compile.
class GradientFunction {
  public:
    GradientFunction() = default;

    template <class F>
    GradientFunction(F f) {
        static_assert(
            std::is_trivially_copyable_v<F> && std::is_trivially_destructible_v<F>,
            "a gradient function captures plain numbers only; it finds the tensors in Call");
        static_assert(sizeof(F) <= sizeof(captured_), "capture less: it must fit in `captured_`");
        new (captured_) F(f);
        call_ = [](const std::byte* captured, const Call& call) -> Tensor {
            return (*reinterpret_cast<const F*>(captured))(call);
        };
    }

    Tensor operator()(const Call& call) const { return call_(captured_, call); }

  private:
    Tensor (*call_)(const std::byte*, const Call&) = nullptr;
    alignas(8) std::byte captured_[16];
};

// The derivative is zero everywhere (or of no interest): nothing flows back.
inline Tensor no_gradient(const Call&) { return {}; }

struct Node {
    Shape shape;
    real* values = nullptr;  // [shape], row-major, owned
    std::uint64_t id;        // grows with creation: inputs are older than results
    bool requires_grad = false;
    Tensor grad;               // of a leaf
    const char* op = nullptr;  // null for a leaf
    int input_count = 0;
    std::array<Tensor, 3> inputs;
    std::array<GradientFunction, 3> gradients;

    explicit Node(const Shape& shape);
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node();
};

[[noreturn]] void refuse_undefined(const char* asked_for);
[[noreturn]] void refuse_result(const char* op);
inline Node& Tensor::node(const char* asked_for) const {
    if (!node_) refuse_undefined(asked_for);
    return *node_;
}
inline const Shape& Tensor::shape() const { return node("shape").shape; }
inline std::int64_t Tensor::size() const { return shape().size(); }
inline const real* Tensor::data() const { return node("data").values; }
inline bool Tensor::requires_grad() const { return node("requires_grad").requires_grad; }
inline bool Tensor::is_leaf() const { return node("is_leaf").op == nullptr; }

extern constinit thread_local bool recording;  // set by NoGrad, below

// Makes y, a tensor made for it after the inputs, the result of an operation: notes its name,
// inputs and gradient functions (one for each input, in order), and returns y. When nothing is
// being recorded, or no input requires a gradient, y stays a plain leaf and the inputs are free to
// go.
template <std::size_t N, class... Gradients>
Tensor record(const char* op, Tensor y, std::reference_wrapper<const Tensor> (&&inputs)[N],
              Gradients... gradients) {
    static_assert(N == sizeof...(Gradients), "one gradient function for each input");
    static_assert(N <= 3, "an operation has at most three inputs");
    bool required = false, in_order = true;
    for (const Tensor& x : inputs) {
        required |= x.requires_grad();
        in_order &= x.node()->id < y.node()->id;
    }
    if (!required || !recording) return y;
    Node& node = *y.node();
    if (!in_order || node.op) refuse_result(op);
    node.op = op;
    node.requires_grad = true;
    node.input_count = N;
    std::copy(inputs, inputs + N, node.inputs.begin());
    std::size_t i = 0;
    ((node.gradients[i++] = GradientFunction(gradients)), ...);
    return y;
}

// While one of these lives, operations are (or are not) recorded; the state before comes back with
// its end.  { NoGrad no_grad;  evaluate(...); }
class Recording {
  public:
    explicit Recording(bool on);
    ~Recording();
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

  private:
    bool before_;
};
struct NoGrad : Recording {
    NoGrad() : Recording(false) {}
};

std::int64_t live_nodes();  // how many nodes exist now, in all threads

}  // namespace autograd
