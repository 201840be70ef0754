#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "autograd/autograd.h"
#include "lessons/support/evaluate.h"

// Made-up data in which more things can be said than there are dimensions. Each is a direction, few
// are said at once, and all that is seen is their sum (Elhage et al. 2022 call it superposition).
namespace lessons {

using autograd::Rng;
using autograd::Tensor;

// x_i = a_i D: row j of D is direction j, of length 1; a_ij is in [1/2, 3/2) with probability
// active / directions, else 0.
struct Superposition {
    int count = 0;
    Tensor D;  // [directions, n]
    Tensor a;  // [count, directions]
    Tensor x;  // [count, n]
};
inline Tensor to_tensor(const Superposition& data, const std::vector<int>& rows) {
    return index_select(data.x, rows);
}

inline Superposition superposition(int count, const Tensor& D, double active, Rng& rng) {
    const std::int64_t directions = D.size(0);
    Tensor a = autograd::zeros({count, directions});
    for (std::int64_t i = 0; i < a.size(); ++i)
        if (rng.uniform() < active / double(directions))
            a.mutable_data()[i] = autograd::real(0.5 + rng.uniform());
    return {count, D, a, matmul(a, D)};
}

// ---- What a method found of it ----

// The cosine of each true direction with each row of M.
// D: [directions, n], M: [rows, n], its rows of any length but 0, result: [directions, rows]
inline Tensor cosines(const Tensor& D, const Tensor& M) {
    autograd::NoGrad no_grad;
    return matmul(support::unit_rows(D), transposed(support::unit_rows(M)));
}
// For each true direction the largest of them.   [directions]
inline Tensor best_cosines(const Tensor& D, const Tensor& M) { return max(cosines(D, M), 1); }

// Which unit stands for which direction: 1 where the cosine is at least 0.9. No unit stands for
// two, as long as no two directions are that close.   W_star: [units, n], result: [units,
// directions]
constexpr double found_at = 0.9;
inline Tensor stands_for(const Tensor& D, const Tensor& W_star) {
    return autograd::map(cosines(W_star, D), [](double c) { return c >= found_at ? 1.0 : 0.0; });
}

// What the units say of the directions that they stand for, beside the truth. If several stand for
// one, their coefficients are added up.
struct Coefficients {
    std::vector<double> truth, found;  // where both are on
    int missed = 0;                    // the direction is on, its units are not
    int invented = 0;                  // the other way round

    // How much smaller the active ones come out: 1 - (sum of found) / (sum of truth). All is lost
    // where nothing is found.
    double shrinkage() const {
        if (truth.empty()) return 1;
        double a = 0, h = 0;
        for (std::size_t i = 0; i < truth.size(); ++i) a += truth[i], h += found[i];
        return 1 - h / a;
    }
    // Of what is on in truth, how much isn't found.
    double missed_share() const {
        return truth.empty() ? 1 : missed / (missed + double(truth.size()));
    }
};
// Of the directions for which there is a unit.   h: [count, units], W_star: [units, n]
inline Coefficients coefficients(const Superposition& data, const Tensor& h, const Tensor& W_star) {
    autograd::NoGrad no_grad;
    const Tensor units = stands_for(data.D, W_star), found = matmul(h, units), any = sum(units, 0);
    Coefficients result;
    const std::int64_t directions = data.D.size(0);
    for (std::int64_t i = 0; i < data.a.size(); ++i) {
        if (any.data()[i % directions] == 0) continue;
        const double truth = data.a.data()[i], said = found.data()[i];
        if (truth > 0 && said > 0)
            result.truth.push_back(truth), result.found.push_back(said);
        else
            result.missed += truth > 0, result.invented += said > 0;
    }
    return result;
}

// Of what is on in truth, the share that no code of k units can hold, because more than k are on.
inline double unsayable_share(const Superposition& data, int k) {
    double on = 0, too_many = 0;
    const std::int64_t directions = data.D.size(0);
    for (int i = 0; i < data.count; ++i) {
        int active = 0;
        for (std::int64_t j = 0; j < directions; ++j)
            active += data.a.data()[i * directions + j] > 0;
        on += active, too_many += std::max(0, active - k);
    }
    return too_many / on;
}

}  // namespace lessons
