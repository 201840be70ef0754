#include "nn/losses.h"

#include <iomanip>
#include <limits>

#include "autograd/autograd.h"
#include "autograd/kernels/math.h"
#include "autograd/kernels/reduce.h"
#include "autograd/map.h"

// Each loss is one operation: the sum over all elements is formed while they are computed, and no
// array in between is written. What it needs is the loss of one element, and its slope, the
// derivative with respect to the prediction, again as an operation, so that it can be
// differentiated once more.
namespace nn::inline HOURGLASS_PRECISION {

namespace kernels = autograd::kernels;

using autograd::map;
using autograd::real;
using autograd::record;
using autograd::refuse;
using autograd::Unread;
using autograd::zip;

namespace {

void require_equal_shapes(const char* op, const Tensor& x_hat, const Tensor& x) {
    if (x_hat.shape(op) != x.shape(op))
        refuse(op, ": prediction ", x_hat.shape(), " and target ", x.shape(), " differ in shape");
}

// What the sum of n losses is divided by.
double divisor(Reduction reduction, std::int64_t n) {
    return reduction == Reduction::mean ? double(n) : 1;
}

// The losses f(p, t) of all elements, reduced.
template <class F>
Tensor reduced(const char* op, const Tensor& p, const Tensor& t, Reduction reduction, F f) {
    if (reduction == Reduction::none) return zip(op, p, t, f);
    const real *prediction = p.data(), *target = t.data();
    const real total = kernels::sum_of<real>(
        p.size(), [=](std::int64_t i) { return f(prediction[i], target[i]); });
    return double(total) / divisor(reduction, p.size());
}

// log(p), but not below -100; NaN stays NaN.
inline real clamped_log(real p) {
    const real l = kernels::log(p);
    return l < -100 ? real(-100) : l;
}

// q = p (1 - p), kept away from 0, where the slope of the cross-entropy has its pole.
inline real clamped_variance(real p) {
    const real q = p * (1 - p);
    return q < real(1e-12) ? real(1e-12) : q;
}

// s = (p - t) / q with q = p (1 - p),   ds/dp = (q - (p - t) (1 - 2 p)) / q^2,   ds/dt = -1 / q
Tensor bce_slope(const Tensor& p, const Tensor& t) {
    return record(
        "bce_slope",
        zip("bce_slope", p, t, [](real u, real v) { return (u - v) / clamped_variance(u); }),
        {p, t},
        [](auto& g, Unread, auto& p, auto& t) {
            const Tensor q = clamp(p * (1 - p), 1e-12, 1);
            return g * (q - (p - t) * (1 - 2 * p)) / square(q);
        },
        [](auto& g, Unread, auto& p, Unread) { return -g / clamp(p * (1 - p), 1e-12, 1); });
}

// s = sigmoid(z) - t,   ds/dz = sigmoid(z) sigmoid(-z),   ds/dt = -1
//
// Where z > 0, sigmoid(z) is close to 1. What counts is then how much is missing: sigmoid(-z),
// which keeps all its digits; a right answer's slope, 1 - sigmoid(z), would soon be rounded to 0.
Tensor logits_slope(const Tensor& z, const Tensor& t) {
    return record(
        "logits_slope",
        zip("logits_slope", z, t,
            [](real u, real v) {
                const real s = kernels::sigmoid(u > 0 ? -u : u);
                return u > 0 ? (1 - v) - s : s - v;
            }),
        {z, t}, [](auto& g, Unread, auto& z, Unread) { return g * sigmoid(z) * sigmoid(-z); },
        [](auto& g, Unread, Unread, Unread) { return -g; });
}

}  // namespace

// l = (x_hat - x)^2,   dl/dx_hat = 2 (x_hat - x) = -dl/dx
Tensor mse_loss(const Tensor& x_hat, const Tensor& x, Reduction reduction) {
    require_equal_shapes("mse_loss", x_hat, x);
    const double n = divisor(reduction, x.size());
    return record(
        "mse_loss",
        reduced("mse_loss", x_hat, x, reduction, [](real p, real t) { return (p - t) * (p - t); }),
        {x_hat, x},
        [n](auto& g, Unread, auto& x_hat, auto& x) { return (2 / n) * g * (x_hat - x); },
        [n](auto& g, Unread, auto& x_hat, auto& x) { return (2 / n) * g * (x - x_hat); });
}

// l = -x log(p) - (1 - x) log(1 - p),
// dl/dp = (p - x) / (p (1 - p)),   dl/dx = log(1 - p) - log(p)
Tensor binary_cross_entropy(const Tensor& x_hat, const Tensor& x, Reduction reduction) {
    require_equal_shapes("binary_cross_entropy", x_hat, x);
    const double n = divisor(reduction, x.size());
    const Tensor loss = reduced("binary_cross_entropy", x_hat, x, reduction, [](real p, real t) {
        return -(t * clamped_log(p) + (1 - t) * clamped_log(1 - p));
    });
    // The logarithm of a negative number is NaN, so only then is it worth looking for one.
    const real total = sum(loss).item();
    if (total != total)
        for (const real p : x_hat.to_vector())
            if (p < 0 || p > 1)  // 1.00000012 must not look like 1
                refuse("binary_cross_entropy: a prediction of ", std::defaultfloat,
                       std::setprecision(std::numeric_limits<real>::max_digits10), p,
                       " is no probability: end the model with a sigmoid, or use "
                       "binary_cross_entropy_with_logits");
    return record(
        "binary_cross_entropy", loss, {x_hat, x},
        [n](auto& g, Unread, auto& x_hat, auto& x) { return g / n * bce_slope(x_hat, x); },
        [n](auto& g, Unread, auto& p, Unread) {
            return g / n * (clamp(log(1 - p), -100, 0) - clamp(log(p), -100, 0));
        });
}

// l = softplus(z) - x z,   dl/dz = sigmoid(z) - x,   dl/dx = -z
Tensor binary_cross_entropy_with_logits(const Tensor& z, const Tensor& x, Reduction reduction) {
    require_equal_shapes("binary_cross_entropy_with_logits", z, x);
    const double n = divisor(reduction, x.size());
    return record(
        "binary_cross_entropy_with_logits",
        reduced("binary_cross_entropy_with_logits", z, x, reduction,
                [](real u, real t) {
                    // softplus(z) - x z, with what cancels for a right, certain answer left out
                    const real wrong = u > 0 ? 1 - t : -t, size = u > 0 ? u : -u;
                    return (wrong == 0 ? 0 : wrong * u) + kernels::log1p(kernels::exp(-size));
                }),
        {z, x}, [n](auto& g, Unread, auto& z, auto& x) { return g / n * logits_slope(z, x); },
        [n](auto& g, Unread, auto& z, Unread) { return -g / n * z; });
}

// l[i] = -log softmax(z)[i, label[i]],   dl[i]/dz[i, j] = softmax(z)[i, j] - [j = label[i]]
Tensor cross_entropy(const Tensor& z, autograd::List<int> labels, Reduction reduction) {
    const std::int64_t batch = std::ssize(labels);
    if (z.shape("cross_entropy").rank() != 2 || z.size(0) != batch)
        refuse("cross_entropy: scores ", z.shape(), " for ", batch, " labels: they must be [",
               batch, ", classes]");
    // one_hot[i, j] = [j = label[i]] travels with the graph, as an input without a gradient.
    const std::int64_t classes = z.size(1);
    Tensor one_hot = autograd::zeros(z.shape()), losses = autograd::empty({batch});
    const Tensor log_p = log_softmax(z.detach());
    for (std::int64_t i = 0; i < batch; ++i) {
        if (labels[i] < 0 || labels[i] >= classes)
            refuse("cross_entropy: label ", labels[i], " is not one of 0 to ", classes - 1);
        one_hot.mutable_data()[i * classes + labels[i]] = 1;
        losses.mutable_data()[i] = -log_p.data()[i * classes + labels[i]];
    }
    const double n = divisor(reduction, batch);
    const Tensor y = reduction == Reduction::none ? losses : sum(losses) / n;
    return record(
        "cross_entropy", std::move(y), {z, one_hot},
        [n](auto& g, Unread, auto& z, auto& one_hot) {
            const bool per_row = g.shape().rank() == 1;  // Reduction::none
            const Tensor per_score = per_row ? reshape(g, {g.size(), 1}) : g;
            // For the label softmax(z) - 1, formed as what the other classes have: nothing cancels.
            const Tensor others = (1 - one_hot) * exp(log_softmax(z));
            return per_score / n * (others - one_hot * sum(others, -1, true));
        },
        autograd::no_gradient);
}

}  // namespace nn::inline HOURGLASS_PRECISION
