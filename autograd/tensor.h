#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <new>
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
// back to the parameters; backward.h walks it. Read this file first, then tanh in activations.cpp
// for what an operation looks like, then backward.h.
namespace autograd::inline HOURGLASS_PRECISION {  // see real.h

struct Node;

// A handle on a node: copying a Tensor shares the node, it doesn't copy numbers. Values never
// change once they are computed; only an optimiser writes to a leaf in place (see mutable_data).
// Whatever asks an undefined tensor for anything throws std::invalid_argument.
class Tensor {
  public:
    Tensor() = default;    // refers to nothing; defined() is false
    Tensor(double value);  // a single number, shape {}: lets 1 - x be written
    Tensor(const Tensor& other) : node_(other.node_) { hold(); }
    Tensor(Tensor&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    Tensor& operator=(Tensor other) noexcept {
        std::swap(node_, other.node_);
        return *this;
    }
    ~Tensor() { let_go(); }

    bool defined() const { return node_ != nullptr; }
    const Shape& shape() const;
    std::int64_t size() const;  // how many elements
    std::int64_t size(
        int axis) const;  // along one axis; -1 is the last. Throws as Shape::axis does

    const real* data() const;  // row-major
    std::vector<real> to_vector() const;
    real item() const;  // the value of a tensor with one element; std::invalid_argument for others
    // x.at({row, column}); std::invalid_argument for what is not an element.
    real at(std::initializer_list<std::int64_t> index) const;

    // Write access for whoever has just made the tensor, and for optimisers. Throws
    // std::invalid_argument for a recorded result: the gradients of its graph rest on its values.
    // A backward sweep that would read a leaf which was opened for writing since is refused.
    real* mutable_data();

    // Marks a leaf whose gradient is wanted: a parameter. What is computed from it from then on is
    // recorded. Throws std::invalid_argument for a recorded result. [shape] stays.
    Tensor& requires_grad_(bool required = true) &;
    Tensor requires_grad_(bool required = true) &&;  // of a tensor without a name: by value
    bool requires_grad() const;
    bool is_leaf() const;  // not the result of a recorded operation

    void backward() const;  // see backward.h
    Tensor grad() const;    // a leaf's gradient so far: numbers, without a graph;
    void zero_grad();       //   undefined before backward() and after zero_grad()

    Tensor detach() const;  // a copy of the values, outside any graph

    Node* node() const { return node_; }
    long use_count() const;  // handles on the node

  private:
    friend Tensor empty(const Shape& shape);
    friend class GradientFunction;
    explicit Tensor(Node& node) : node_(&node) { hold(); }
    void hold() const;
    void let_go() const;
    Node& node(const char* asked_for) const;  // throws std::invalid_argument if undefined
    Node* node_ = nullptr;
};

// ---- Making tensors ----

Tensor empty(const Shape& shape);  // values not set: to be written by who asked
Tensor full(const Shape& shape, double value);
Tensor zeros(const Shape& shape);
Tensor ones(const Shape& shape);
// Row-major. Throws std::invalid_argument unless there are as many values as the shape has
// elements.
Tensor tensor(std::span<const double> values, const Shape& shape);
// A matrix of rows of one length. {{0}, {1}} is one, of a column: the compiler prefers what is no
// template. {} is an empty vector.
Tensor tensor(std::initializer_list<std::initializer_list<double>> rows);
template <class Number = double>  // a vector
Tensor tensor(std::initializer_list<std::type_identity_t<Number>> values) {
    return tensor(std::span<const double>(values.begin(), values.size()),
                  {static_cast<std::int64_t>(values.size())});
}
// In [low, high); low where they are equal. Throws std::invalid_argument unless low <= high.
Tensor uniform(const Shape& shape, double low, double high, Rng& rng);
Tensor normal(const Shape& shape, double mean, double stddev, Rng& rng);
// 1 with probability p, else 0. Throws std::invalid_argument for a p outside [0, 1].
Tensor bernoulli(const Shape& shape, double p, Rng& rng);

// ---- The graph ----

// A gradient function is given what its formula needs: the gradient g = dL/dy of the loss with
// respect to the result, the result y, and the inputs, of the operation y = op(a, b). It returns
// dL/da (or dL/db), of the same shape as a (or b); an undefined Tensor says that the derivative is
// zero everywhere. It is written in tensor operations, so that its result can be differentiated:
//
//     // y = a b,   dL/da = g b
//     [](auto& g, auto&, auto& a, auto& b) { return sum_to(g * b, a.shape()); }
//
// How an argument is declared says what the graph has to keep for it: a Tensor (or auto&) its
// values, a Shape its shape alone, Unread nothing. What no gradient reads is not kept alive:
//
//     [](auto& g, Unread, Shape a, auto& b) { return sum_to(g * b, a); }
struct Unread {
    Unread(const Shape&) {}
};

struct NoGradient {};  // the derivative is zero everywhere (or of no interest): nothing flows back
constexpr NoGradient no_gradient;

// Whether F captures plain numbers only. Anything else might dangle, or own the node that owns it.
// A type without pointers and references can be made of bytes at compile time; others can't.
template <class F>
constexpr bool captures_plain_numbers = requires {
    typename std::bool_constant<(std::bit_cast<F>(std::array<std::byte, sizeof(F)>{}), true)>;
};

class GradientFunction {
  public:
    GradientFunction() = default;

    // For an operation of so many inputs.
    template <std::size_t inputs, class F>
    static GradientFunction of(const F& f);

    explicit operator bool() const { return call_ != nullptr; }
    bool reads(int argument) const { return call_ && !(shapes_ >> argument & 1); }  // 0: y, 1: x[0]
    Tensor operator()(const Tensor& g, Node& y) const { return call_(captured_, g, y); }

  private:
    // Bit i of `shapes` says that argument i of f, counted from y, is a Shape.
    template <unsigned shapes, unsigned i>
    using Argument = std::conditional_t<(shapes >> i & 1) != 0, const Shape&, const Tensor&>;

    template <class F, unsigned shapes, std::size_t... i>
    static constexpr bool takes(std::index_sequence<i...>) {
        return std::is_invocable_r_v<Tensor, const F&, const Tensor&, Argument<shapes, i>...>;
    }

    // The fewest shapes that f can be called with are those that it asks for.
    template <class F, std::size_t inputs, unsigned shapes = 0>
    static constexpr unsigned shapes_of() {
        static_assert(shapes < 2u << inputs, "a gradient function takes (g, y, and each input)");
        if constexpr (takes<F, shapes>(std::make_index_sequence<inputs + 1>()))
            return shapes;
        else
            return shapes_of<F, inputs, shapes + 1>();
    }

    template <unsigned shapes, unsigned i>
    static Argument<shapes, i> argument(const Tensor& x) {
        if constexpr ((shapes >> i & 1) != 0)
            return x.shape();
        else
            return x;
    }

    template <unsigned shapes>
    static Argument<shapes, 0> output(const Tensor& handle, const Node& y);

    Tensor (*call_)(const std::byte* captured, const Tensor& g, Node& y) = nullptr;
    unsigned shapes_ = 0;
    alignas(8) std::byte captured_[16];
};

// An input of an operation, as its node keeps it.
struct Input {
    Tensor tensor;
    GradientFunction gradient;  // none where the input did not require a gradient
    bool read = false;          // some gradient of the operation reads its values
    std::uint32_t version = 0;  // of its values when the operation was recorded
};

struct Node {
    static constexpr int few = 8;  // so many values fit in the node itself

    Shape shape;
    real* values;      // [shape], row-major, owned; null once only the graph is left and reads none
    std::uint64_t id;  // of a result greater than those of its inputs: they are older
    std::atomic<std::uint64_t> handles{0};  // see tensor.cpp
    std::uint32_t version = 0;              // how often the values were opened for writing
    bool requires_grad = false;
    bool reads_itself = false;  // a gradient of its operation reads y
    Tensor grad;                // of a leaf
    const char* op = nullptr;   // null for a leaf
    int input_count = 0;
    std::array<Input, 3> inputs;
    Node* next = nullptr;  // to be destroyed
    alignas(64) real small[few];

    explicit Node(const Shape& shape);
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node();

    // dL/dx for x = inputs[i], from g = dL/dy for this node, y. Throws std::invalid_argument when
    // an input whose values it reads was written since.
    Tensor input_gradient(int i, const Tensor& g);
};

template <unsigned shapes>
GradientFunction::Argument<shapes, 0> GradientFunction::output(const Tensor& handle,
                                                               const Node& y) {
    if constexpr ((shapes & 1) != 0)
        return y.shape;
    else
        return handle;
}

template <std::size_t inputs, class F>
GradientFunction GradientFunction::of(const F& f) {
    GradientFunction result;
    if constexpr (std::is_same_v<F, NoGradient>) {
        result.shapes_ = ~0u;
        result.call_ = [](const std::byte*, const Tensor&, Node&) { return Tensor(); };
    } else {
        static_assert(captures_plain_numbers<F>,
                      "a gradient function captures plain numbers only, no tensor, reference or "
                      "pointer: it is given the tensors as arguments");
        static_assert(sizeof(F) <= sizeof captured_ && alignof(F) <= 8,
                      "capture less: it must fit in `captured_`");
        constexpr unsigned shapes = shapes_of<F, inputs>();
        result.shapes_ = shapes;
        new (result.captured_) F(f);
        result.call_ = [](const std::byte* captured, const Tensor& g, Node& y) -> Tensor {
            const F& function = *std::launder(reinterpret_cast<const F*>(captured));
            const Tensor handle = (shapes & 1) != 0 ? Tensor() : Tensor(y);
            return [&]<std::size_t... i>(std::index_sequence<i...>) {
                return function(g, output<shapes>(handle, y),
                                argument<shapes, i + 1>(y.inputs[i].tensor)...);
            }
            (std::make_index_sequence<inputs>());
        };
    }
    return result;
}

[[noreturn]] void refuse_undefined(const char* asked_for);
inline Node& Tensor::node(const char* asked_for) const {
    if (!node_) refuse_undefined(asked_for);
    return *node_;
}
inline const Shape& Tensor::shape() const { return node("shape").shape; }
inline std::int64_t Tensor::size() const { return shape().size(); }
inline const real* Tensor::data() const { return node("data").values; }
inline bool Tensor::requires_grad() const { return node("requires_grad").requires_grad; }
inline bool Tensor::is_leaf() const { return node("is_leaf").op == nullptr; }

extern constinit thread_local bool recording;  // each thread's own; set by NoGrad, below

void attach(const char* op, Node& y, std::span<const std::reference_wrapper<const Tensor>> inputs,
            std::span<const GradientFunction> gradients);

// Makes y the result of an operation: notes its name, inputs and gradient functions (one for each
// input, in order), and returns y. When this thread isn't recording, or no input requires a
// gradient, y stays a plain leaf and the inputs are free to go. Throws std::invalid_argument for a
// y that is no new result: one of another operation, a parameter, or an input of this one.
template <std::size_t N, class... Gradients>
Tensor record(const char* op, Tensor y, std::reference_wrapper<const Tensor> (&&inputs)[N],
              const Gradients&... gradients) {
    static_assert(N == sizeof...(Gradients), "one gradient function for each input");
    static_assert(N <= 3, "an operation has at most three inputs");
    bool required = false;
    for (const Tensor& x : inputs) required |= x.requires_grad();
    if (!required || !recording) return y;
    const GradientFunction functions[] = {GradientFunction::of<N>(gradients)...};
    attach(op, *y.node(), inputs, functions);
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

}  // namespace autograd::inline HOURGLASS_PRECISION
