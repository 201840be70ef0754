#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "lessons/support/text.h"

namespace check {

// What a known mistake gives, and what to say to whoever made it.
struct Known {
    std::vector<double> values;
    std::string says;
};

// Whether two lists agree to `tolerance`, relative to the largest number of b or to 1.
inline bool agree(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
    double scale = 1;
    for (const double value : b) scale = std::max(scale, std::abs(value));
    return std::ranges::equal(a, b, [&](double x, double y) {
        return std::abs(x - y) <= tolerance * scale;  // false for NaN
    });
}

// Passes if `given` is right. Otherwise says which known mistake gives the same numbers, or, if
// none does, which number is off and by how much.
inline void expect_answer(const std::string& what, const std::vector<double>& given,
                          const std::vector<double>& right, const std::vector<Known>& mistakes,
                          double tolerance = 1e-9) {
    if (agree(given, right, tolerance)) return;
    for (const auto& [values, says] : mistakes)
        if (agree(given, values, tolerance)) {
            ADD_FAILURE() << says;
            return;
        }
    if (given.size() != right.size()) {
        ADD_FAILURE() << what << ": " << given.size() << " numbers where " << right.size()
                      << " are expected";
        return;
    }
    std::size_t worst = 0;
    for (std::size_t i = 0; i < right.size(); ++i)
        if (!(std::abs(given[i] - right[i]) <= std::abs(given[worst] - right[worst]))) worst = i;
    ADD_FAILURE() << support::format("%s: number %zu is %.6g and should be %.6g", what.c_str(),
                                     worst, given[worst], right[worst])
                  << (right[worst] != 0
                          ? support::format(" (%.4g times as large)", given[worst] / right[worst])
                          : "");
}

}  // namespace check
