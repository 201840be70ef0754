#include "lessons/16_variational/exercises/4.h"

#include <cmath>
#include <numeric>

#include "lessons/16_variational/exact.h"
#include "lessons/support/check/expect_answer.h"

TEST(Exercise, TheNoiseIsLearned) {
    const std::vector<double> eigenvalues = {5, 3, 2, 0.7, 0.4, 0.1};
    const std::vector<int> codes = {1, 3, 4};
    const auto of = [&](const auto& f) {
        std::vector<double> values;
        for (const int k : codes) values.push_back(f(k));
        return values;
    };
    const auto sum_from = [&](int k) {
        return std::accumulate(eigenvalues.begin() + k, eigenvalues.end(), 0.0);
    };
    const auto right = [&](int k) { return sum_from(k) / (6 - k); };
    check::expect_answer(
        "best_noise for eigenvalues 5, 3, 2, 0.7, 0.4, 0.1, with k = 1, 3 and 4",
        of([&](int k) { return best_noise(eigenvalues, k); }), of(right),
        {{{0, 0, 0}, "`best_noise` is still empty."},
         {of(sum_from),
          "That is the sum of the eigenvalues that are left over, what lesson 05 calls the loss. "
          "The noise has the same variance in each of the n - k directions: divide."},
         {of([&](int k) { return sum_from(k) / 6; }),
          "It is divided by n. The noise alone has to explain n - k directions, not all n."},
         {of([&](int k) { return sum_from(k) / k; }),
          "It is divided by k. How many directions are left over?"},
         {of([&](int k) { return (sum_from(0) - sum_from(k)) / k; }),
          "That is the mean of the k eigenvalues that the code keeps. The noise explains the "
          "others."},
         {of([&](int k) { return sum_from(k + 1) / (5 - k); }),
          "One too few: counted from 0, the first that is left over is eigenvalues[k]."},
         {of([&](int k) { return sum_from(k - 1) / (7 - k); }),
          "One too many: counted from 0, the first that is left over is eigenvalues[k]."},
         {of([&](int k) { return std::sqrt(right(k)); }),
          "That is sigma. The function returns the variance, sigma^2."},
         {of([&](int k) { return eigenvalues[std::size_t(k)]; }),
          "That is the largest of the eigenvalues that are left over. sigma^2 may be below it: "
          "compare `best_log_likelihood` at both."},
         {of([&](int k) { return eigenvalues[std::size_t(k) - 1]; }),
          "That is the smallest eigenvalue that the code keeps: the threshold at which it would be "
          "given up. Compare `best_log_likelihood` at smaller values."},
         {of([&](int) { return eigenvalues.back(); }),
          "That is the smallest eigenvalue of all. Compare `best_log_likelihood` at larger "
          "values."}});
}
