#include "autograd/tensor.h"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>

#include "autograd/backward.h"
#include "autograd/kernels/pool.h"

namespace autograd {

constinit thread_local bool recording = true;

namespace {

std::atomic<std::uint64_t> created{0}, destroyed{0};

}  // namespace

// ---- Nodes ----

Node::Node(const Shape& s)
    : shape(s),
      values(static_cast<real*>(kernels::allocate(s.size() * sizeof(real)))),
      id(created.fetch_add(1, std::memory_order_relaxed)) {}

// Destroying a node lets go of its inputs, which may be the last to hold theirs, and so on: a chain
// of a million operations would destroy itself a million calls deep. So the outermost destructor
// keeps a list, every one inside it adds its inputs there, and a loop empties it.
Node::~Node() {
    thread_local std::vector<Tensor>* orphans = nullptr;
    kernels::release(values, shape.size() * sizeof(real));
    destroyed.fetch_add(1, std::memory_order_relaxed);
    std::vector<Tensor> list;
    const bool outermost = orphans == nullptr;
    if (outermost) orphans = &list;
    for (int i = 0; i < input_count; ++i) orphans->push_back(std::move(inputs[i]));
    if (!outermost) return;
    while (!list.empty()) {
        const Tensor last = std::move(list.back());
        list.pop_back();
    }
    orphans = nullptr;
}

std::int64_t live_nodes() { return static_cast<std::int64_t>(created - destroyed); }

Recording::Recording(bool on) : before_(recording) { recording = on; }
Recording::~Recording() { recording = before_; }

// ---- Tensor ----

void refuse_undefined(const char* asked_for) {
    throw std::invalid_argument(std::string(asked_for) +
                                ": the tensor is undefined: give it a value first");
}

void refuse_result(const char* op) {
    throw std::invalid_argument(std::string(op) +
                                ": record() wants a result that is new: made after its inputs, and "
                                "of no operation yet");
}

Tensor::Tensor(double value) : Tensor(full({}, value)) {}

std::int64_t Tensor::size(int axis) const { return shape()[shape().axis(axis, "size")]; }
std::vector<real> Tensor::to_vector() const { return {data(), data() + size()}; }

real Tensor::item() const {
    if (size() != 1)
        throw std::invalid_argument("item: " + to_string(shape()) + " has " +
                                    std::to_string(size()) + " elements, not one");
    return *data();
}

real Tensor::at(std::initializer_list<std::int64_t> index) const {
    bool inside = static_cast<int>(index.size()) == shape().rank();
    std::int64_t offset = 0;
    int axis = 0;
    for (std::int64_t i : index) {
        if (!inside) break;
        inside = 0 <= i && i < shape()[axis];
        offset = offset * shape()[axis++] + i;
    }
    if (!inside) {
        std::string text;
        for (std::int64_t i : index) text += (text.empty() ? "" : ", ") + std::to_string(i);
        throw std::invalid_argument("at: {" + text + "} is not an element of " +
                                    to_string(shape()));
    }
    return data()[offset];
}

real* Tensor::mutable_data() {
    if (!is_leaf())
        throw std::invalid_argument(std::string("mutable_data: this is the result of ") +
                                    node_->op + ": its values can't change; detach() it first");
    return node("mutable_data").values;
}

Tensor& Tensor::requires_grad_(bool required) {
    if (!is_leaf())
        throw std::invalid_argument(std::string("requires_grad_: this is the result of ") +
                                    node_->op + ": only a leaf can be asked; detach() it first");
    node("requires_grad_").requires_grad = required;
    return *this;
}

void Tensor::backward() const { autograd::backward(*this); }
Tensor Tensor::grad() const { return node("grad").grad; }
void Tensor::zero_grad() { node("zero_grad").grad = Tensor(); }

Tensor Tensor::detach() const {
    Tensor copy = empty(shape());
    std::copy_n(data(), size(), copy.node_->values);
    return copy;
}

// ---- Making tensors ----

namespace {

template <class Draw>
Tensor drawn(const Shape& shape, Draw draw) {
    Tensor t = empty(shape);
    std::generate_n(t.mutable_data(), t.size(), draw);
    return t;
}

}  // namespace

Tensor empty(const Shape& shape) {
    Tensor t;
    t.node_ = std::allocate_shared<Node>(kernels::PoolAllocator<Node>(), shape);
    return t;
}

Tensor full(const Shape& shape, double value) {
    Tensor t = empty(shape);
    std::fill_n(t.mutable_data(), t.size(), static_cast<real>(value));
    return t;
}

Tensor zeros(const Shape& shape) { return full(shape, 0); }
Tensor ones(const Shape& shape) { return full(shape, 1); }

Tensor tensor(std::span<const double> values, const Shape& shape) {
    if (static_cast<std::int64_t>(values.size()) != shape.size())
        throw std::invalid_argument("tensor: " + std::to_string(values.size()) +
                                    " values don't fill " + to_string(shape));
    Tensor t = empty(shape);
    std::transform(values.begin(), values.end(), t.mutable_data(),
                   [](double v) { return static_cast<real>(v); });
    return t;
}

Tensor tensor(std::initializer_list<double> values) {
    return tensor(std::span(values.begin(), values.size()),
                  {static_cast<std::int64_t>(values.size())});
}

Tensor tensor(std::initializer_list<std::initializer_list<double>> rows) {
    const std::size_t columns = rows.size() ? rows.begin()->size() : 0;
    std::vector<double> values;
    for (const auto& row : rows) {
        if (row.size() != columns)
            throw std::invalid_argument("tensor: a row of " + std::to_string(row.size()) +
                                        " values after one of " + std::to_string(columns));
        values.insert(values.end(), row.begin(), row.end());
    }
    return tensor(values,
                  {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(columns)});
}

Tensor uniform(const Shape& shape, double low, double high, Rng& rng) {
    // In float the last step may round up to `high` itself, which is outside.
    return drawn(shape, [&] {
        const real draw = static_cast<real>(low + (high - low) * rng.uniform());
        return draw < static_cast<real>(high) ? draw : static_cast<real>(low);
    });
}

Tensor normal(const Shape& shape, double mean, double stddev, Rng& rng) {
    return drawn(shape, [&] { return static_cast<real>(mean + stddev * rng.normal()); });
}

Tensor bernoulli(const Shape& shape, double p, Rng& rng) {
    if (!(p >= 0 && p <= 1))
        throw std::invalid_argument("bernoulli: p = " + std::to_string(p) + ": not in [0, 1]");
    // A 64-bit draw serves two elements: 32 bits are plenty to compare with p.
    const std::uint64_t threshold = static_cast<std::uint64_t>(p * 0x1p32);
    std::uint64_t bits = 0;
    bool fresh = false;
    return drawn(shape, [&] {
        fresh = !fresh;
        bits = fresh ? rng.bits() : bits >> 32;
        return static_cast<real>((bits & 0xffffffff) < threshold);
    });
}

}  // namespace autograd
