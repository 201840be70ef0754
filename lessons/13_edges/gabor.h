#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/map.h"
#include "lessons/13_edges/patches.h"
#include "nn/nn.h"

// Is a filter an edge detector? Cells of the visual cortex answer to a stripe of one width and
// direction in one place; their filters are well described by Gabor's function, a wave under a bell
// (Daugman 1985):
//     G(x, y) = exp(-(u^2 / s_u^2 + v^2 / s_v^2) / 2) (p cos(2 pi f u) + q sin(2 pi f u))
//     u = (x - x_0) cos(theta) + (y - y_0) sin(theta)       across the stripes
//     v = (y - y_0) cos(theta) - (x - x_0) sin(theta)       along them
namespace lessons {

// What is known of k filters.
struct FilterShapes {
    std::vector<double> r2;      // share of its energy that the best Gabor function explains
    std::vector<double> radius;  // sqrt of the second moment of its energy about its centre, pixels
    std::vector<double> coherence;  // 1: all slopes on one line; 0: slopes in all directions alike
    std::vector<double> orientation;        // theta, from 0 to pi: the direction across its stripes
    std::vector<autograd::real> fits = {};  // [k, side * side], the Gabor functions

    bool is_gabor(std::size_t l) const { return r2[l] > 0.8; }
    // In one place and in one direction, too: a dot and a plane wave are Gabor functions.
    bool is_edge(std::size_t l) const {
        return is_gabor(l) && radius[l] < 3.5 && coherence[l] > 0.5;
    }
    double share(auto holds) const {
        double count = 0;
        for (std::size_t l = 0; l < r2.size(); ++l) count += holds(l);
        return count / double(r2.size());
    }
    double edge_share() const {
        return share([&](std::size_t l) { return is_edge(l); });
    }
    double gabor_share() const {
        return share([&](std::size_t l) { return is_gabor(l); });
    }
};

// The engine has no sine. This is all it takes: sin' = cos, and cos t = sin(t + pi/2).
inline Tensor sine(const Tensor& t) {
    return autograd::record(
        "sine", autograd::map(t, [](autograd::real v) { return std::sin(v); }), {t},
        [](auto& g, autograd::Unread, auto& t) { return g * sine(t + std::numbers::pi / 2); });
}
inline Tensor cosine(const Tensor& t) { return sine(t + std::numbers::pi / 2); }

// A Gabor function for each of k filters: where, in which direction, how fine, how wide; each [k,
// 1]. p and q are not among them: for given waves they are a linear regression.
struct Gabor {
    Tensor x0, y0, theta, f, log_su, log_sv;
    std::vector<Tensor> parameters() const { return {x0, y0, theta, f, log_su, log_sv}; }
};

// The two waves under the bell, at every pixel: [k, side * side] each.
struct Waves {
    Tensor cosine, sine;
};
inline Waves waves(const Gabor& g) {
    std::vector<double> columns, lines;
    for (int i = 0; i < side * side; ++i) columns.push_back(i % side), lines.push_back(i / side);
    const Tensor dx = autograd::tensor(columns, {1, side * side}) - g.x0,
                 dy = autograd::tensor(lines, {1, side * side}) - g.y0;
    const Tensor cos_theta = cosine(g.theta), sin_theta = sine(g.theta);
    const Tensor u = dx * cos_theta + dy * sin_theta, v = dy * cos_theta - dx * sin_theta;
    const Tensor bell = exp(-0.5 * (square(u / exp(g.log_su)) + square(v / exp(g.log_sv))));
    const Tensor t = 2 * std::numbers::pi * g.f * u;
    return {bell * cosine(t), bell * sine(t)};
}

// The share of each filter's energy that p cos + q sin explains with the best p and q: the normal
// equations of two unknowns, solved in the graph, so that the waves can be moved along its
// gradient.
//     w: [k, side * side], each row of length 1;   r2: [k, 1]
struct Regression {
    Tensor p, q, r2;
};
inline Regression regress(const Waves& waves, const Tensor& w) {
    const auto dot = [](const Tensor& a, const Tensor& b) { return sum(a * b, 1, true); };
    const Tensor cc = dot(waves.cosine, waves.cosine) + 1e-4,  // a wave may vanish
        ss = dot(waves.sine, waves.sine) + 1e-4, cs = dot(waves.cosine, waves.sine);
    const Tensor cw = dot(waves.cosine, w), sw = dot(waves.sine, w);
    const Tensor determinant = cc * ss - square(cs);
    const Tensor p = (ss * cw - cs * sw) / determinant, q = (cc * sw - cs * cw) / determinant;
    return {p, q, p * cw + q * sw};
}

// The centre of a filter's energy and its spread; w: [side * side], of length 1.
struct Place {
    double x = 0, y = 0, radius = 0;
};
inline Place place(const autograd::real* w) {
    Place at;
    double second = 0;
    for (int i = 0; i < side * side; ++i) {
        const double energy = double(w[i]) * w[i], x = i % side, y = i / side;
        at.x += energy * x, at.y += energy * y, second += energy * (x * x + y * y);
    }
    at.radius = std::sqrt(std::max(0.0, second - at.x * at.x - at.y * at.y));
    return at;
}

// How much a filter's slopes agree: (l1 - l2) / (l1 + l2) for the eigenvalues of the structure
// tensor, the sum of (dx, dy)(dx, dy)' over the pixels.
inline double coherence(const autograd::real* w) {
    double xx = 0, xy = 0, yy = 0;
    for (int y = 0; y + 1 < side; ++y)
        for (int x = 0; x + 1 < side; ++x) {  // the slopes in the middle of four pixels
            const double a = w[y * side + x], b = w[y * side + x + 1], c = w[(y + 1) * side + x],
                         d = w[(y + 1) * side + x + 1];
            const double dx = (b + d - a - c) / 2, dy = (c + d - a - b) / 2;
            xx += dx * dx, xy += dx * dy, yy += dy * dy;
        }
    return xx + yy > 0 ? std::hypot(xx - yy, 2 * xy) / (xx + yy) : 0;
}

// Fits a Gabor function to each filter: the best of a grid of them, about the filter's centre, is
// moved uphill in r2 by Adam, all filters at once.   w: [k, side * side], each row of length 1
inline FilterShapes fit_gabors(const Tensor& w, int steps = 120) {
    using std::numbers::pi;
    const std::int64_t k = w.size(0);
    FilterShapes result;
    std::vector<double> x0, y0;
    for (std::int64_t l = 0; l < k; ++l) {
        const Place at = place(w.data() + l * side * side);
        x0.push_back(at.x), y0.push_back(at.y);
        result.radius.push_back(at.radius);
        result.coherence.push_back(coherence(w.data() + l * side * side));
    }
    const auto column = [k](const std::vector<double>& v) { return autograd::tensor(v, {k, 1}); };
    const auto same = [k](double v) { return autograd::zeros({k, 1}) + v; };

    std::vector<double> best(k, -1), theta(k), f(k), log_s(k);
    for (int direction = 0; direction < 12; ++direction)
        for (const double frequency : {0.06, 0.1, 0.15, 0.22, 0.32})
            for (const double s : {1.2, 2.0, 3.2}) {
                autograd::NoGrad no_grad;
                const double angle = pi * direction / 12;
                const Gabor g{column(x0),      column(y0),        same(angle),
                              same(frequency), same(std::log(s)), same(std::log(s))};
                const Tensor r2 = regress(waves(g), w).r2;
                for (std::size_t l = 0; l < best.size(); ++l)
                    if (r2.data()[l] > best[l])
                        best[l] = r2.data()[l], theta[l] = angle, f[l] = frequency,
                        log_s[l] = std::log(s);
            }

    Gabor g{column(x0), column(y0), column(theta), column(f), column(log_s), column(log_s)};
    for (Tensor* parameter : {&g.x0, &g.y0, &g.theta, &g.f, &g.log_su, &g.log_sv})
        parameter->requires_grad_();
    nn::Adam adam(g.parameters());
    for (int step = 0; step < steps; ++step) {
        adam.settings.lr = 0.05 * (1 - double(step) / steps);
        const Tensor loss = -sum(regress(waves(g), w).r2);
        adam.zero_grad();
        loss.backward();
        adam.step();
    }
    autograd::NoGrad no_grad;
    const Waves end = waves(g);
    const Regression fit = regress(end, w);
    for (const double r2 : fit.r2.to_vector()) result.r2.push_back(r2);
    for (const double angle : g.theta.to_vector())
        result.orientation.push_back(angle - pi * std::floor(angle / pi));
    result.fits = (fit.p * end.cosine + fit.q * end.sine).to_vector();
    return result;
}

}  // namespace lessons
