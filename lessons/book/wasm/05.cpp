// Lesson 05 in its page: a cloud in the plane, its first principal component, and a linear
// autoencoder with one hidden unit on its way there.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <stdexcept>

#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/05_pca/measures.h"
#include "lessons/book/wasm/part.h"

namespace lessons::book {
namespace {

// The lesson's cloud of 400 points, with other spreads.   Result: [400, 2]
Tensor cloud(double along, double across, double turn, Rng& rng) {
    std::vector<double> points;
    for (int i = 0; i < 400; ++i) {
        const double a = along * rng.normal(), b = across * rng.normal();
        points.push_back(a * std::cos(turn) - b * std::sin(turn));
        points.push_back(a * std::sin(turn) + b * std::cos(turn));
    }
    return autograd::tensor(points, {400, 2});
}

Tensor covariance(const Tensor& points) {
    const Tensor X = points - mean(points, 0);
    return matmul(transposed(X), X) / points.size(0);
}

// The components of S = [[a, b], [b, d]]. Eigen, the lesson's judge, is not in the page; in the
// plane there is a formula: half the angle of (a - d, 2 b).
struct Components {
    double largest, smallest;   // eigenvalues
    std::vector<double> first;  // the direction of the largest

    explicit Components(const Tensor& S) {
        const double a = S.at({0, 0}), b = S.at({0, 1}), d = S.at({1, 1});
        largest = (a + d) / 2 + std::hypot((a - d) / 2, b);
        smallest = a + d - largest;
        const double angle = std::atan2(2 * b, a - d) / 2;
        first = {std::cos(angle), std::sin(angle)};
    }
};

class Cloud : public Part {
  public:
    explicit Cloud(const Settings& settings)
        : rng(std::uint64_t(get(settings, "seed", 1))),
          points(cloud(get(settings, "along", 2), get(settings, "across", 0.7),
                       get(settings, "turn", 0.5), rng)),
          S(covariance(points)),
          pca(S),
          lambda(get(settings, "lambda", 0.2)),
          model(2, 1, rng),
          lbfgs(model.parameters(), {.tolerance = 1e-5}) {
        // Plain gradient descent is slow enough to watch. Its steps suit the size of the cloud.
        if (get(settings, "descent", 0) != 0)
            sgd.emplace(model.parameters(),
                        nn::Sgd::Settings{.lr = 0.1 / (pca.largest + pca.smallest)});
        note();
    }

    // An iteration of the lesson's minimise().
    double step() override {
        if (sgd) {
            sgd->zero_grad();
            loss().backward();
            sgd->step();
        } else {
            lbfgs.step([&] { return loss(); });
        }
        note();
        return loss().item();
    }

    std::vector<float> read(std::string_view what, std::span<const float>) override {
        if (what == "cloud") return {points.data(), points.data() + points.size()};
        if (what == "path") return path;
        if (what == "pca")
            return {float(pca.first[0]), float(pca.first[1]), float(pca.largest),
                    float(pca.smallest)};
        throw std::invalid_argument("lesson 05 has no " + std::string(what));
    }

  private:
    Tensor error() const { return squared_error(model, S, pca.largest + pca.smallest); }
    Tensor loss() const { return error() + penalty(model, autograd::full({1}, lambda)); }

    // Where training has come: encoder, decoder, the angles of both to the component in degrees,
    // the squared error, and what the decoder would have for the largest eigenvalue.
    void note() {
        const autograd::NoGrad no_grad;
        const auto w = model.W.to_vector(), w_star = model.W_star.to_vector();
        const auto angle = [&](const std::vector<double>& direction) {
            const double cosine = direction_cosine(direction, pca.first, 2);
            return std::acos(std::min(cosine, 1.0)) * 180 / std::numbers::pi;
        };
        const double s = std::hypot(w_star[0], w_star[1]);
        for (const double number : {w[0], w[1], w_star[0], w_star[1], angle(w), angle(w_star),
                                    error().item(), eigenvalues_from({{s}, {}}, lambda)[0]})
            path.push_back(float(number));
    }

    Rng rng;
    const Tensor points, S;
    const Components pca;
    const double lambda;
    const LinearAutoencoder model;
    nn::Lbfgs lbfgs;
    std::optional<nn::Sgd> sgd;
    std::vector<float> path;
};

}  // namespace

std::unique_ptr<Part> make_05(const Settings& settings, const Data&) {
    return std::make_unique<Cloud>(settings);
}

}  // namespace lessons::book
