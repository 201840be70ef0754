#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "lessons/15_score/score.h"

// Points in the plane, and what is known of them exactly.
namespace lessons {

// What a network is trained on; to_tensor makes a batch of it.
struct PointCloud {
    int count = 0;
    Tensor points;  // [count, 2]
};
inline Tensor to_tensor(const PointCloud& cloud, const std::vector<int>& rows) {
    return index_select(cloud.points, rows);
}

// Two half moons that don't touch; three quarters of the points lie on the upper one.   [m, 2]
inline Tensor moons(std::int64_t m, Rng& rng) {
    Tensor points = autograd::empty({m, 2});
    for (std::int64_t i = 0; i < m; ++i) {
        const bool upper = rng.uniform() < 0.75;
        const double t = std::numbers::pi * rng.uniform(), x = std::cos(t), y = std::sin(t);
        autograd::real* p = points.mutable_data() + 2 * i;
        p[0] = autograd::real((upper ? x : 1 - x) - 0.5 + 0.05 * rng.normal());
        p[1] = autograd::real((upper ? y + 0.25 : -y - 0.25) + 0.05 * rng.normal());
    }
    return points;
}
// The share of points that lie on the upper moon: nearer to it than to the lower one.
inline double upper_share(const Tensor& points) {
    const auto distance = [](double x,
                             double y) {  // to a half circle of radius 1 around 0, above 0
        return y > 0 ? std::abs(std::hypot(x, y) - 1) : std::hypot(std::abs(x) - 1, y);
    };
    double upper = 0;
    for (std::int64_t i = 0; i < points.size(0); ++i) {
        const double x = points.at({i, 0}), y = points.at({i, 1});
        upper += distance(x + 0.5, y - 0.25) < distance(0.5 - x, -0.25 - y);
    }
    return upper / double(points.size(0));
}

// The exact score of the noised data. With each of the N points noised, p_sigma is a mixture of N
// Gaussians, and
//     grad log p_sigma(x) = sum_i w_i (x_i - x) / sigma^2,   w_i ~ exp(-||x - x_i||^2 / 2 sigma^2)
// with weights that add up to 1.   data: [N, 2]
inline Score exact_score(const Tensor& data, double sigma) {
    return [=](const Tensor& x) {
        Tensor score = autograd::empty(x.shape());
        const std::int64_t n = data.size(0);
        std::vector<double> d2(static_cast<std::size_t>(n));
        for (std::int64_t i = 0; i < x.size(0); ++i) {
            const double a = x.data()[2 * i], b = x.data()[2 * i + 1];
            for (std::int64_t j = 0; j < n; ++j)
                d2[std::size_t(j)] =
                    std::pow(data.data()[2 * j] - a, 2) + std::pow(data.data()[2 * j + 1] - b, 2);
            const double least = *std::ranges::min_element(d2);
            double total = 0, u = 0, v = 0;
            for (std::int64_t j = 0; j < n; ++j) {
                const double w = std::exp((least - d2[std::size_t(j)]) / (2 * sigma * sigma));
                total += w, u += w * data.data()[2 * j], v += w * data.data()[2 * j + 1];
            }
            score.mutable_data()[2 * i] = autograd::real((u / total - a) / (sigma * sigma));
            score.mutable_data()[2 * i + 1] = autograd::real((v / total - b) / (sigma * sigma));
        }
        return score;
    };
}

// How alike two fields are over the points, as a cosine: sum <g, s> / sqrt(sum |g|^2 sum |s|^2).
// Where arrows are short they count little: a mean of single cosines would be spoilt where the
// score is 0 and has no direction.
inline double field_cosine(const Tensor& g, const Tensor& s) {
    autograd::NoGrad no_grad;
    return sum(g * s).item() / std::sqrt(sum(square(g)).item() * sum(square(s)).item());
}

// The distance between two sets of points (Székely & Rizzo 2004): 0 for the same set, and for two
// sets of one distribution it falls like one over their size.
//     2 mean |a - b| - mean |a - a'| - mean |b - b'|      over all pairs
inline double energy_distance(const Tensor& a, const Tensor& b) {
    const auto mean_distance = [](const Tensor& p, const Tensor& q) {
        double total = 0;
        for (std::int64_t i = 0; i < p.size(0); ++i)
            for (std::int64_t j = 0; j < q.size(0); ++j)
                total += std::hypot(double(p.data()[2 * i]) - q.data()[2 * j],
                                    double(p.data()[2 * i + 1]) - q.data()[2 * j + 1]);
        return total / (double(p.size(0)) * double(q.size(0)));
    };
    return 2 * mean_distance(a, b) - mean_distance(a, a) - mean_distance(b, b);
}

// ---- Walking ----

// Langevin's walk: along the score, and a random step each time that keeps walkers from piling up
// where the density is highest. With short steps (delta) and for long enough, they end up
// distributed as the density that the score belongs to.
//     x <- x + delta sigma^2 s(x) + sqrt(2 delta) sigma N(0, I)
inline Tensor langevin(const Score& score, Tensor x, double sigma, int steps, Rng& rng) {
    constexpr double delta = 0.3;
    for (int i = 0; i < steps; ++i)
        x = x + delta * sigma * sigma * score(x) +
            std::sqrt(2 * delta) * sigma * autograd::normal(x.shape(), 0, 1, rng);
    return x;
}

// From noise to data: ten steps at each of `levels` noise levels from `most` down to `least`. Where
// the noise is large, the parts of the data run into one another, and walkers find their way
// between them. (Song & Ermon 2019)   Result: the walkers at the end of each level, [m, 2] each
inline std::vector<Tensor> annealed(const std::function<Score(double sigma)>& score_at,
                                    std::int64_t m, double most, double least, int levels,
                                    Rng& rng) {
    std::vector<Tensor> path;
    Tensor x = autograd::normal({m, 2}, 0, most, rng);
    for (int i = 0; i < levels; ++i) {
        const double sigma = most * std::pow(least / most, double(i) / (levels - 1));
        path.push_back(x = langevin(score_at(sigma), x, sigma, 10, rng));
    }
    return path;
}

}  // namespace lessons
