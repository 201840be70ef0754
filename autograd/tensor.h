#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/kernels/pool.h"
#include "autograd/list.h"
#include "autograd/real.h"
#include "autograd/rng.h"
#include "autograd/shape.h"

// A tensor is an array of numbers that remembers how it was computed. Every operation makes a new
// Node, which holds the result, the inputs it came from, and for each input a function that turns
// the gradient of the result into the gradient of that input. The nodes form a graph, from the loss
// back to the parameters; backward.h walks it. Read this file first, then tanh in activations.cpp
// for what an operation looks like, then backward.cpp.
namespace autograd::inline HOURGLASS_PRECISION {  // see real.h

struct Node;

// A handle on a node: copying a Tensor shares the node, it doesn't copy numbers. Values never
// change once they are computed; only an optimiser writes to a leaf in place (see mutable_data).
// Whoever asks an undefined tensor for its numbers, shape or gradient gets std::invalid_argument,
// as do operations on one; the message names the operation.
class Tensor {
  public:
    Tensor() = default;    // refers to nothing; defined() is false
    Tensor(double value);  // a single number, shape {}: lets 1 - x be written
    Tensor(const Tensor& other) : node_(other.node_) {
        if (node_) hold();
    }
    Tensor(Tensor&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    Tensor& operator=(Tensor other) noexcept {
        std::swap(node_, other.node_);
        return *this;
    }
    ~Tensor() {
        if (node_) let_go();
    }

    bool defined() const { return node_ != nullptr; }
    const Shape& shape(const char* asked_for = "shape") const;  // which a message would name
    int64_t size() const;                                       // how many elements
    int64_t size(int axis) const;  // along one axis; -1 is the last. Throws as Shape::axis does

    const real* data() const;  // row-major
    std::vector<real> to_vector() const;
    real item() const;  // the value of a tensor with one element; std::invalid_argument for others
    // x.at({row, column}); std::invalid_argument for what is not an element.
    real at(std::initializer_list<int64_t> index) const;

    // Write access for whoever has just made the tensor, and for optimisers. Throws
    // std::invalid_argument for a recorded result: the gradients of its graph rest on its values.
    // backward() refuses to read a leaf that was opened for writing after it was used, so ask again
    // after each use: a write through an older pointer goes unnoticed.
    real* mutable_data();

    // Marks a leaf whose gradient is wanted: a parameter. What is computed from it from then on is
    // recorded. Throws std::invalid_argument for a recorded result.
    Tensor& requires_grad_(bool required = true) &;
    Tensor requires_grad_(bool required = true) &&;  // of a temporary: by value
    bool requires_grad(const char* asked_for = "requires_grad") const;
    bool is_leaf() const;  // not the result of a recorded operation

    void backward() const;  // see backward.h
    Tensor grad() const;    // a leaf's gradient so far: numbers, without a graph;
    void zero_grad();       //   undefined before backward() and after zero_grad()

    Tensor detach() const;  // a copy of the values, outside any graph

    Node* node() const { return node_; }
    long use_count() const;  // handles on the node

  private:
    friend Tensor empty(const Shape& shape);
    // Its numbers in nested brackets, a row to a line, and its shape. A long axis of a tensor of
    // more than 100 elements shows its ends alone. The stream says how many digits.
    friend std::ostream& operator<<(std::ostream& out, const Tensor& x);
    friend Node;
    explicit Tensor(Node& node) : node_(&node) {}  // takes over a handle that counts already
    void hold() const;
    void let_go() const;
    Node& checked(const char* asked_for) const;  // throws std::invalid_argument if undefined
    Node& leaf(const char* asked_for) const;     // and for a recorded result
    Node* node_ = nullptr;
};

// ---- Making tensors ----

Tensor empty(const Shape& shape);  // values not set: the caller writes them
Tensor full(const Shape& shape, double value);
Tensor zeros(const Shape& shape);
Tensor ones(const Shape& shape);
// Row-major. Throws std::invalid_argument unless there are as many values as the shape has
// elements.
Tensor tensor(List<double> values, const Shape& shape);
template <class Number>  // of any type of number
requires std::is_arithmetic_v<Number> Tensor tensor(const std::vector<Number>& values,
                                                    const Shape& shape) {
    return tensor(List<double>(std::vector<double>(values.begin(), values.end())), shape);
}
// A matrix of rows of one length. {{0}, {1}} is one, of a column: the compiler prefers what is no
// template. {} is an empty vector.
Tensor tensor(std::initializer_list<std::initializer_list<double>> rows);
template <class Number = double>  // a vector
Tensor tensor(std::initializer_list<std::type_identity_t<Number>> values) {
    return tensor(List<double>(values), {int64_t(values.size())});
}
// In [low, high); low where they are equal. Throws std::invalid_argument unless low <= high and the
// width is finite.
Tensor uniform(const Shape& shape, double low, double high, Rng& rng);
// Throws std::invalid_argument unless stddev >= 0.
Tensor normal(const Shape& shape, double mean, double stddev, Rng& rng);
// 1 with probability p, else 0. Throws std::invalid_argument for a p outside [0, 1].
Tensor bernoulli(const Shape& shape, double p, Rng& rng);

// ---- The graph ----

// For y = op(a, b) a gradient function is given g = dL/dy, the result y and the inputs a and b, and
// returns dL/da (or dL/db), in a's (or b's) shape; an undefined Tensor stands for zero everywhere.
// It is written in tensor operations, so that its result can be differentiated:
//
//     // y = a b,   dL/da = g b
//     [](auto& g, auto&, auto& a, auto& b) { return sum_to(g * b, a.shape()); }
//
// How an argument is declared says what the graph has to keep for it: a Tensor (or auto&) its
// values; a Shape, or an Unread that nobody looks at, does without them. Values that no gradient
// reads are freed when the program lets go of the tensor, though the graph still holds its node:
//
//     [](auto& g, Unread, Shape a, auto& b) { return sum_to(g * b, a); }
struct Unread {
    Unread(const Shape&) {}  // it is passed as a shape
};

// The derivative is zero everywhere.
constexpr auto no_gradient = [](const Tensor&, const std::same_as<Shape> auto&...) {
    return Tensor();
};

// A gradient function of any operation: f, and the plain numbers that it has captured.
struct GradientFunction {
    Tensor (*call)(const std::byte* captured, const Tensor& g, const Tensor& y) = nullptr;
    unsigned reads = 0;  // bit i: the values of argument i, counted from y
    alignas(8) std::byte captured[16];
};

// Made from f, for an operation of so many inputs; see below.
template <std::size_t inputs, unsigned shapes = 0, class F>
GradientFunction gradient_function(const F& f);

void attach(const char* op, const Tensor& y,
            std::span<const std::reference_wrapper<const Tensor>> inputs,
            std::span<const GradientFunction> gradients);

extern constinit thread_local bool recording;  // each thread's own; set by NoGrad, below

// Makes y the result of an operation: notes its name, inputs and gradient functions (one for each
// input, in order), and returns y. When this thread isn't recording, or no input requires a
// gradient, y stays a plain leaf and the inputs are free to go; otherwise throws
// std::invalid_argument for a y that is no new result: one of another operation, a parameter, or an
// input of this one. Nothing else may have been computed from y yet.
template <std::size_t N, class... Gradients>
Tensor record(const char* op, Tensor y, std::reference_wrapper<const Tensor> (&&inputs)[N],
              const Gradients&... gradients) {
    static_assert(N == sizeof...(Gradients), "one gradient function for each input");
    static_assert(N <= 3, "an operation has at most three inputs");
    bool required = false;
    for (const Tensor& x : inputs) required |= x.requires_grad(op);
    if (required && recording) {
        const GradientFunction functions[] = {gradient_function<N>(gradients)...};
        attach(op, y, inputs, functions);  // the rest, which needs no templates
    }
    return y;
}

// While one of these lives, operations are (or are not) recorded; the state before comes back with
// its end.  { NoGrad no_grad;  evaluate(...); }
struct Recording {
    explicit Recording(bool on) : before(std::exchange(recording, on)) {}
    ~Recording() { recording = before; }
    Recording(const Recording&) = delete;
    const bool before;
};
struct NoGrad : Recording {
    NoGrad() : Recording(false) {}
};

int64_t live_nodes();  // how many nodes exist now, in all threads

// ---- Nodes ----

// An input of an operation, as its node keeps it.
struct Input {
    Tensor tensor;
    GradientFunction gradient;  // none where the input did not require a gradient
    std::uint32_t version = 0;  // of its values when the operation was recorded
};

struct Node {
    static constexpr int few = 8;  // so many values fit in the node itself

    // In this order a node of float is four cache lines, and the first has what most operations
    // look at.
    alignas(64) real small[few];
    Shape shape;
    std::uint32_t version = 0;  // how often the values were opened for writing
    real* values;      // [shape], row-major, owned; null once only the graph is left and reads none
    std::uint64_t id;  // of a result greater than those of its inputs: they are older
    std::atomic<std::uint64_t> handles{1};  // that of who makes it; see tensor.cpp
    Tensor grad;                            // of a leaf
    const char* op = nullptr;               // null for a leaf
    Node* next = nullptr;                   // in destroy()'s list
    bool requires_grad = false;
    std::uint8_t input_count = 0;
    std::uint8_t reads = 0;  // by any gradient. Bit 0: the values of this node, 1: of inputs[0] ...
    std::array<Input, 3> inputs;

    explicit Node(const Shape& shape);
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node();
    static void* operator new(std::size_t bytes) { return kernels::allocate(bytes); }
    static void operator delete(void* memory) { kernels::release(memory, sizeof(Node)); }

    // dL/dx for x = inputs[i], which has a gradient function, from g = dL/dy for this node, y.
    // Throws std::invalid_argument when an input whose values it reads was written since.
    Tensor input_gradient(int i, const Tensor& g);
};

inline Node& Tensor::checked(const char* asked_for) const {
    if (!node_) refuse(asked_for, ": the tensor is undefined: give it a value first");
    return *node_;
}
inline const Shape& Tensor::shape(const char* op) const { return checked(op).shape; }
inline int64_t Tensor::size() const { return shape("size").size(); }
inline const real* Tensor::data() const { return checked("data").values; }
inline bool Tensor::requires_grad(const char* op) const { return checked(op).requires_grad; }
inline bool Tensor::is_leaf() const { return checked("is_leaf").op == nullptr; }

// Whether F captures plain numbers only. Anything else might dangle, or own the node that owns it.
// bit_cast makes a value at compile time only of a type without pointers and references.
template <class F>
constexpr bool captures_plain_numbers = requires {
    typename std::bool_constant<(std::bit_cast<F>(std::array<std::byte, sizeof(F)>{}), true)>;
};

// Argument i of a gradient function: a Shape where bit i of `shapes` says so.
template <unsigned shapes, std::size_t i>
const auto& argument(const Tensor& x) {
    if constexpr ((shapes >> i & 1) != 0)
        return x.shape();
    else
        return x;
}

template <unsigned shapes, class F, std::size_t... i>
auto call(const F& f, const Tensor& g, const Tensor& y, std::index_sequence<i...>)
    -> decltype(f(g, argument<shapes, 0>(y), argument<shapes, i + 1>(y)...)) {
    return f(g, argument<shapes, 0>(y), argument<shapes, i + 1>(y.node()->inputs[i].tensor)...);
}

// Tries which arguments are to be shapes, counting up: one that f declares as a Shape fits nothing
// else, so the first choice that fits is the right one.
template <std::size_t inputs, unsigned shapes, class F>
GradientFunction gradient_function(const F& f) {
    static_assert(
        captures_plain_numbers<F>,
        "a gradient function captures plain numbers only, no tensor, reference or pointer: "
        "it is given the tensors as arguments");
    static_assert(sizeof(F) <= sizeof(GradientFunction::captured) && alignof(F) <= 8,
                  "capture less: it must fit in `captured`");
    static_assert(shapes < 2u << inputs, "a gradient function takes (g, y, and each input)");
    using Each = std::make_index_sequence<inputs>;
    if constexpr (requires(const Tensor& t) { call<shapes>(f, t, t, Each()); }) {
        GradientFunction result;
        result.reads = ~shapes;
        new (result.captured) F(f);
        result.call = [](const std::byte* captured, const Tensor& g, const Tensor& y) -> Tensor {
            return call<shapes>(*std::launder(reinterpret_cast<const F*>(captured)), g, y, Each());
        };
        return result;
    } else {
        return gradient_function<inputs, shapes + 1>(f);
    }
}

}  // namespace autograd::inline HOURGLASS_PRECISION
