// Compiled in double, beside a main.cpp in float.

#include "lessons/16_variational/exact.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>

#include "lessons/16_variational/linear.h"
#include "lessons/16_variational/variational.h"

static_assert(sizeof(autograd::real) == sizeof(double));

namespace lessons {

LinearCase train_linear(const support::Pca& pca, int k, double sigma2, int iterations,
                        std::uint64_t seed) {
    Rng rng(seed);
    const LinearVariational model(pca.n, k, rng);
    const Tensor S = autograd::tensor(pca.covariance, {pca.n, pca.n});
    const double trace = std::accumulate(pca.eigenvalues.begin(), pca.eigenvalues.end(), 0.0);
    const auto loss = [&] { return linear_loss(model, S, trace, sigma2); };
    minimise("linear, in double", model, iterations, 1e-7, loss);

    LinearCase result;
    result.bound = -loss().item();
    const std::vector<double> rows = model.W_star.to_vector(),
                              norms = sum(square(model.W_star), 1).to_vector();
    result.squares = support::singular_value_decomposition(rows, pca.n).values;
    for (double& s : result.squares) s *= s;
    std::vector<int> order(static_cast<std::size_t>(k));
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, std::greater(), [&](int l) { return norms[std::size_t(l)]; });
    for (const int l : order) {
        const auto row = rows.begin() + l * pca.n;
        const auto component = pca.components.begin() + std::ptrdiff_t(result.rows.size());
        const double sign =
            std::inner_product(row, row + pca.n, component, 0.0) < 0 ? -1 : 1;  // both will do
        for (int j = 0; j < pca.n; ++j) result.rows.push_back(sign * row[j]);
    }
    return result;
}

double frozen_noise_error(std::uint64_t seed) {
    Rng rng(seed);
    const Variational model(20, 8, 3, rng);
    const Tensor x = autograd::uniform({5, 20}, 0, 1, rng), e = autograd::normal({5, 3}, 0, 1, rng);
    return autograd::check_gradients([&] { return variational_loss(model, x, e); },
                                     model.parameters())
        .largest_error;
}

}  // namespace lessons
