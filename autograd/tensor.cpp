#include "autograd/tensor.h"

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

#include <algorithm>

#include "autograd/backward.h"

namespace autograd::inline HOURGLASS_PRECISION {

constinit thread_local bool recording = true;

namespace {

thread_local std::uint64_t newest_id = 0;  // of this thread's nodes and of what they came from
std::atomic<std::uint64_t> alive{0};

// count += change; returns what it was. While the program has one thread nobody else can see the
// count, and a locked instruction, which costs as much as a small operation, is not needed
// (std::shared_ptr does the same).
std::uint64_t add_to(std::atomic<std::uint64_t>& count, std::uint64_t change) {
#if __has_include(<sys/single_threaded.h>)
    if (__libc_single_threaded) {
        const std::uint64_t before = count.load(std::memory_order_relaxed);
        count.store(before + change, std::memory_order_relaxed);
        return before;
    }
#endif
    return count.fetch_add(change, std::memory_order_acq_rel);
}

}  // namespace

// ---- Nodes ----

Node::Node(const Shape& s)
    : shape(s),
      values(s.size() <= few ? small
                             : static_cast<real*>(kernels::allocate(s.size() * sizeof(real)))),
      id(++newest_id) {
    add_to(alive, 1);
}

// A node is held by tensors: those of the program, and those in the nodes computed from it. The
// lower half of `handles` counts them all, the upper half those in nodes that don't read its
// values. It is one word, so that let_go sees both at one moment. An unread handle is counted first
// as one that reads, and last, too: a thread in between sees a reader too many, never one too few.
namespace {

constexpr std::uint64_t one_handle = 1, one_unread = std::uint64_t{1} << 32;
std::uint64_t all(std::uint64_t handles) { return handles & (one_unread - 1); }
std::uint64_t unread(std::uint64_t handles) { return handles >> 32; }

void release_values(Node& node) {
    if (!node.values || node.values == node.small) return;
    kernels::release(node.values, node.shape.size() * sizeof(real));
    node.values = nullptr;
}

// Destroying a node lets go of its inputs, which may be the last to hold theirs, and so on: a chain
// of a million operations would destroy itself a million calls deep. So the outermost call works
// through a list, to which every one inside it adds its node.
[[gnu::noinline]] void destroy(Node* node) {
    thread_local Node* doomed = nullptr;
    thread_local bool at_work = false;
    node->next = std::exchange(doomed, node);
    if (at_work) return;
    at_work = true;
    while (doomed) {
        Node* const last = std::exchange(doomed, doomed->next);
        delete last;
    }
    at_work = false;
}

}  // namespace

Node::~Node() {
    release_values(*this);
    for (int i = 0; i < input_count; ++i)
        if (!(reads >> (i + 1) & 1)) add_to(inputs[i].tensor.node()->handles, -one_unread);
    add_to(alive, -1);
}

void Tensor::hold() const { add_to(node_->handles, one_handle); }

void Tensor::let_go() const {
    // The last one that could read the values takes them along, if the node has no use for them.
    // (Of two that leave at one moment, neither may be the last: then they go with the node.)
    const std::uint64_t before = node_->handles.load(std::memory_order_acquire);
    if (all(before) == unread(before) + 1 && !(node_->reads & 1)) release_values(*node_);
    // The only handle needs no count: where nobody else has one, nobody can make another.
    if (all(before) == 1 || all(add_to(node_->handles, -one_handle)) == 1) destroy(node_);
}

long Tensor::use_count() const { return node_ ? long(all(node_->handles)) : 0; }

void attach(const char* op, const Tensor& result,
            std::span<const std::reference_wrapper<const Tensor>> inputs,
            std::span<const GradientFunction> gradients) {
    Node& y = *(result.shape(), result.node());
    const bool is_input =
        std::ranges::any_of(inputs, [&](const Tensor& x) { return x.node() == &y; });
    if (y.op || y.requires_grad || is_input)
        refuse(op, ": record() wants a result that is new: of no operation yet, no parameter",
               " and not one of the inputs");
    y.op = op;
    y.requires_grad = true;
    y.input_count = std::uint8_t(inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const Tensor& x = inputs[i];
        y.inputs[i].tensor = x;
        y.inputs[i].version = x.node()->version;
        newest_id = std::max(newest_id, x.node()->id);
        if (!x.requires_grad()) continue;
        y.inputs[i].gradient = gradients[i];
        y.reads |= gradients[i].reads;
    }
    y.id = ++newest_id;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (!(y.reads >> (i + 1) & 1)) add_to(y.inputs[i].tensor.node()->handles, one_unread);
}

Tensor Node::input_gradient(int i, const Tensor& g) {
    const GradientFunction& gradient = inputs[i].gradient;
    for (int k = 0; k < input_count; ++k)
        if ((gradient.reads >> (k + 1) & 1) &&
            inputs[k].version != inputs[k].tensor.node()->version)
            refuse("backward: ", op, ": its input ", k, ", of shape ", inputs[k].tensor.shape(),
                   ", was written after ", op, " was recorded, and the gradient needs the values",
                   " of then: compute the loss anew");
    Tensor y(*this);
    y.hold();
    Tensor result = gradient.call(gradient.captured, g, y);
    if (result.defined() && result.shape() != inputs[i].tensor.shape())
        refuse("backward: ", op, ": the gradient of its input ", i, " has shape ", result.shape(),
               ", but the input has ", inputs[i].tensor.shape(),
               ": where the input was broadcast, end the gradient function with sum_to");
    return result;
}

int64_t live_nodes() { return int64_t(alive.load()); }

// ---- Tensor ----

Tensor::Tensor(double value) : Tensor(*new Node({})) { *node_->values = real(value); }

int64_t Tensor::size(int axis) const { return shape("size")[shape().axis(axis, "size")]; }
std::vector<real> Tensor::to_vector() const { return {data(), data() + size()}; }

real Tensor::item() const {
    if (shape("item").size() != 1) refuse("item: ", shape(), " has ", size(), " elements, not one");
    return *data();
}

real Tensor::at(std::initializer_list<int64_t> index) const {
    bool inside = std::ssize(index) == shape("at").rank();
    int64_t offset = 0;
    for (int axis = 0; inside && axis < shape().rank(); ++axis) {
        const int64_t i = index.begin()[axis], n = shape()[axis];
        inside = 0 <= i && i < n;
        if (inside) offset = offset * n + i;
    }
    if (inside) return data()[offset];
    std::string text;
    for (int64_t i : index) text += (text.empty() ? "" : ", ") + std::to_string(i);
    refuse("at: {", text, "} is not an element of ", shape());
}

Node& Tensor::leaf(const char* asked_for) const {
    Node& node = checked(asked_for);
    if (node.op)
        refuse(asked_for, ": this is the result of ", node.op,
               ": only a leaf can be changed; detach() it first");
    return node;
}

real* Tensor::mutable_data() {
    Node& node = leaf("mutable_data");
    ++node.version;
    return node.values;
}

Tensor& Tensor::requires_grad_(bool required) & {
    leaf("requires_grad_").requires_grad = required;
    return *this;
}
Tensor Tensor::requires_grad_(bool required) && { return requires_grad_(required); }

void Tensor::backward() const { autograd::backward(*this); }
Tensor Tensor::grad() const { return checked("grad").grad; }
void Tensor::zero_grad() { checked("zero_grad").grad = Tensor(); }

Tensor Tensor::detach() const {
    Tensor copy = empty(shape("detach"));
    std::copy_n(data(), size(), copy.node_->values);
    return copy;
}

// ---- Making tensors ----

Tensor empty(const Shape& shape) { return Tensor(*new Node(shape)); }

template <class Draw>
static Tensor drawn(const Shape& shape, Draw draw) {
    Tensor t = empty(shape);
    std::generate_n(t.mutable_data(), t.size(), draw);
    return t;
}

Tensor full(const Shape& shape, double value) {
    return drawn(shape, [v = real(value)] { return v; });
}
Tensor zeros(const Shape& shape) { return full(shape, 0); }
Tensor ones(const Shape& shape) { return full(shape, 1); }

Tensor tensor(List<double> values, const Shape& shape) {
    if (std::ssize(values) != shape.size())
        refuse("tensor: ", values.size(), " values don't fill ", shape);
    Tensor t = empty(shape);
    std::copy(values.begin(), values.end(), t.mutable_data());
    return t;
}

Tensor tensor(std::initializer_list<std::initializer_list<double>> rows) {
    if (rows.size() == 0) return empty({0});
    const std::size_t columns = rows.begin()->size();
    std::vector<double> values;
    for (const auto& row : rows) {
        if (row.size() != columns)
            refuse("tensor: a row of ", row.size(), " values after one of ", columns);
        values.insert(values.end(), row);
    }
    return tensor(List<double>(values), {int64_t(rows.size()), int64_t(columns)});
}

Tensor uniform(const Shape& shape, double low, double high, Rng& rng) {
    if (!(low <= high)) refuse("uniform: low ", low, " is above high ", high);
    if (!(high - low <= std::numeric_limits<real>::max()))
        refuse("uniform: from ", low, " to ", high, ": more than a number can hold");
    // In float the last step may round up to `high` itself, which is outside.
    return drawn(shape, [&] {
        const auto draw = real(low + (high - low) * rng.uniform());
        return draw < real(high) ? draw : real(low);
    });
}

Tensor normal(const Shape& shape, double mean, double stddev, Rng& rng) {
    if (!(stddev >= 0)) refuse("normal: a standard deviation of ", stddev, ": it is 0 or more");
    return drawn(shape, [&] { return real(mean + stddev * rng.normal()); });
}

Tensor bernoulli(const Shape& shape, double p, Rng& rng) {
    if (!(p >= 0 && p <= 1)) refuse("bernoulli: p = ", p, ": not in [0, 1]");
    // A 64-bit draw serves two elements: 32 bits are plenty to compare with p.
    const auto threshold = std::uint64_t(p * 0x1p32);
    std::uint64_t bits = 0;
    bool fresh = false;
    return drawn(shape, [&] {
        fresh = !fresh;
        bits = fresh ? rng.bits() : bits >> 32;
        return real((bits & 0xffffffff) < threshold);
    });
}

}  // namespace autograd::inline HOURGLASS_PRECISION
