#include "nn/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "autograd/backward.h"
#include "autograd/kernels/elementwise.h"
#include "autograd/kernels/reduce.h"

namespace nn::inline HOURGLASS_PRECISION {

namespace kernels = autograd::kernels;

namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
    const double *p = a.data(), *q = b.data();
    return kernels::sum_of<double>(std::ssize(a), [=](std::int64_t i) { return p[i] * q[i]; });
}

// y += c x
void add(Vector& y, double c, const Vector& x) {
    kernels::zip(std::ssize(y), y.data(), x.data(), y.data(),
                 [c](double a, double b) { return a + c * b; });
}

// The largest |element|; NaN if there is one.
double largest(const Vector& v) {
    double result = 0;
    for (const double e : v) {
        if (std::isnan(e)) return e;
        result = std::max(result, std::abs(e));
    }
    return result;
}

// Differences of the loss below this mean nothing.
double round_off(double value) {
    return 4 * std::numeric_limits<real>::epsilon() * std::abs(value);
}

Vector values(const std::vector<Tensor>& parameters) {
    Vector x;
    for (const Tensor& p : parameters) x.insert(x.end(), p.data(), p.data() + p.size());
    return x;
}

[[noreturn]] void refuse_not_finite(const std::string& where) {
    throw std::runtime_error("Lbfgs: the loss or its gradient is NaN or infinite " + where);
}

}  // namespace

Lbfgs::Lbfgs(std::vector<Tensor> parameters, Settings s)
    : Optimizer(std::move(parameters)), settings(s) {
    if (settings.history < 1)
        autograd::refuse("Lbfgs: a history of ", settings.history, " pairs: it needs at least one");
}

// Moves the parameters to x + alpha d; the loss there, its gradient in g_.
Lbfgs::Point Lbfgs::evaluate(double alpha, const Vector& d, const std::function<Tensor()>& loss) {
    std::size_t i = 0;
    for (Tensor& p : parameters_) {
        real* to = p.mutable_data();
        for (std::int64_t j = 0; j < p.size(); ++j, ++i) to[j] = real(x_[i] + alpha * d[i]);
    }
    zero_grad();
    const Tensor value = loss();
    value.backward();
    require_gradients();
    ++evaluations_;
    g_.clear();
    for (const Tensor& p : parameters_) {
        const Tensor g = p.grad();
        if (g.defined())
            g_.insert(g_.end(), g.data(), g.data() + g.size());
        else
            g_.resize(g_.size() + std::size_t(p.size()));
    }
    loss_ = value.item();
    return {alpha, loss_, dot(g_, d)};
}

// d = -H g by the two-loop recursion. H begins as gamma I, gamma = s'y / y'y of the newest pair:
// the scale of the inverse Hessian along the last step.  (algorithm 7.4, equation 7.20)
Vector Lbfgs::direction() const {
    Vector d = g_, a(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
        a[i] = pairs_[i].inverse_sy * dot(pairs_[i].s, d);
        add(d, -a[i], pairs_[i].y);
    }
    if (!pairs_.empty()) {
        const Pair& newest = pairs_.back();
        const double gamma = 1 / (newest.inverse_sy * dot(newest.y, newest.y));
        for (double& e : d) e *= gamma;
    }
    for (std::size_t i = 0; i < pairs_.size(); ++i)
        add(d, a[i] - pairs_[i].inverse_sy * dot(pairs_[i].y, d), pairs_[i].s);
    for (double& e : d) e = -e;
    return d;
}

// A point with  loss <= loss(0) + c1 alpha slope(0)   (it has gone down enough)
//          and  |slope| <= c2 |slope(0)|              (and nearly as far as is worth while).
// First the step grows until such points must lie between two tries, `low` and `high`, then the
// interval shrinks around them.  (algorithms 3.5 and 3.6.) A loss is known up to round-off only,
// and close to a minimum that is more than what is left to gain: differences below `noise` count as
// equal. Returns alpha = 0 when no better point was found.
Lbfgs::Point Lbfgs::line_search(double alpha, const Vector& d,
                                const std::function<Tensor()>& loss) {
    constexpr double c1 = 1e-4, c2 = 0.9;
    const Point start{0, loss_, dot(g_, d)};
    const double noise = round_off(start.loss);
    // NaN in any element of the gradient makes the slope NaN, too.
    const auto finite = [](const Point& p) {
        return std::isfinite(p.loss) && std::isfinite(p.slope);
    };
    const auto too_high = [&](const Point& p) {
        return !finite(p) || p.loss > start.loss + c1 * p.alpha * start.slope + noise;
    };
    const auto flat = [&](const Point& p) { return std::abs(p.slope) <= -c2 * start.slope; };

    Point low = start, high = start;  // low: the best so far; a minimum lies between it and high
    bool bracketed = false, any_finite = false;
    for (int tries = 0; tries < 25; ++tries) {
        if (bracketed) {
            // The minimum of the cubic with the values and slopes of both ends (equation 3.59), or
            // the middle where that is too close to an end to make progress.
            const double width = high.alpha - low.alpha;
            const double d1 = low.slope + high.slope - 3 * (high.loss - low.loss) / width;
            const double d2 = std::copysign(std::sqrt(d1 * d1 - low.slope * high.slope), width);
            const double t = 1 - (high.slope + d2 - d1) / (high.slope - low.slope + 2 * d2);
            alpha = low.alpha + width * (t > 0.1 && t < 0.9 ? t : 0.5);
        }
        const Point p = evaluate(alpha, d, loss);
        any_finite |= finite(p);
        if (too_high(p) || p.loss > low.loss + noise) {
            high = p;
            bracketed = true;
            continue;
        }
        if (flat(p)) return p;
        // Past the minimum, if the slope at p leads back to low.
        if (!bracketed && p.slope >= 0) {
            high = low;
            bracketed = true;
        } else if (bracketed && p.slope * (high.alpha - low.alpha) >= 0) {
            high = low;
        }
        low = p;
        if (!bracketed) alpha *= 3;
    }
    if (!any_finite && pairs_.empty()) refuse_not_finite("at every point that was tried");
    return evaluate(low.alpha, d, loss);
}

double Lbfgs::step(const std::function<Tensor()>& loss) {
    if (!started_) {
        x_ = values(parameters_);
        const Point start = evaluate(0, Vector(x_.size()), loss);
        if (!std::isfinite(start.loss) || !std::isfinite(start.slope))
            refuse_not_finite("where the parameters begin");
        started_ = true;
        converged_ = largest(g_) <= settings.tolerance;
    }
    if (converged_) return loss_;

    for (;;) {
        const Vector d = direction(), before = g_;
        const double loss_before = loss_;
        // Newton's step has length 1; the first direction is a mere gradient, of an unknown scale.
        const double alpha = pairs_.empty() ? std::min(1.0, 1 / std::sqrt(dot(g_, g_))) : 1.0;
        const Point p = dot(g_, d) < 0 ? line_search(alpha, d, loss) : Point{0, 0, 0};
        if (p.alpha == 0) {
            converged_ = pairs_.empty();  // not even downhill: round-off is all that is left
            if (converged_) return loss_;
            pairs_.clear();  // forget the curvature and try downhill
            continue;
        }
        Pair pair{d, g_, 0};
        for (double& s : pair.s) s *= p.alpha;
        add(pair.y, -1, before);
        add(x_, p.alpha, d);
        // The Wolfe conditions make s'y positive; round-off may not.
        const double sy = dot(pair.s, pair.y);
        if (sy > 1e-14 * dot(pair.y, pair.y)) {
            pair.inverse_sy = 1 / sy;
            pairs_.push_back(std::move(pair));
            if (pairs_.size() > std::size_t(settings.history)) pairs_.pop_front();
        }
        idle_ = loss_ < loss_before - round_off(loss_before) ? 0 : idle_ + 1;
        converged_ = largest(g_) <= settings.tolerance || idle_ == settings.history;
        return loss_;
    }
}

}  // namespace nn::inline HOURGLASS_PRECISION
