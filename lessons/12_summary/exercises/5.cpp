#include "lessons/12_summary/exercises/5.h"

#include <algorithm>

#include "lessons/12_summary/remedies.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

namespace {

using Units = std::vector<std::vector<double>>;  // a unit's numbers, image by image

Tensor codes(const Units& units) {
    std::vector<double> h;
    for (std::size_t i = 0; i < units[0].size(); ++i)
        for (const auto& unit : units) h.push_back(unit[i]);
    return autograd::tensor(h, {std::int64_t(units[0].size()), std::int64_t(units.size())});
}

}  // namespace

TEST(Exercise, UnitsThatNoImageChooses) {
    const Units units = {
        {0, 0, 0, 0, 0},   {0, 0, 0, 0, 0},    {1, -1, 0, 0, 0}, {-2, 0, 0, 0, 0},
        {1, 1, 1, 2, 1},   {0, 0, 0, 0, 3},    {2, 0, 1, 0, 0},  {0, 0, 0, 0, 0},
        {-1, -2, 0, 0, 0}, {0.01, 0, 0, 0, 0}, {0, 0, -1, 0, 0}, {0.02, 0, 0, 0, 0},
        {0, 0, 0, 3, 0},   {0, 3, 0, 0, 0},    {0, 1, 1, 0, 0},  {3, 0, 0, 0, 0}};
    const auto count = [&](auto holds) {
        return std::vector<double>{double(std::ranges::count_if(units, holds))};
    };
    using Unit = const std::vector<double>&;
    const auto none = [](Unit u) {
        return std::ranges::all_of(u, [](double v) { return v == 0; });
    };
    const auto some_zero = [](Unit u) { return std::ranges::count(u, 0.0) > 0; };
    const auto sum = [](Unit u) {
        double total = 0;
        for (const double v : u) total += v;
        return total;
    };
    double zeros = 0;
    for (const auto& unit : units) zeros += double(std::ranges::count(unit, 0.0));
    check::expect_answer(
        "dead units of 16, with 5 images", {double(lessons::dead_units(codes(units)))}, count(none),
        {{{-1}, "The function is still empty."},
         {{zeros},
          "That counts the zeros, one for each image. A unit is dead if it is 0 for all images; "
          "then it counts once."},
         {count([&](Unit u) { return some_zero(u); }),
          "That counts units that are not chosen for some image. Dead are those that are chosen "
          "for none."},
         {count([&](Unit u) { return u[0] == 0; }),
          "That looks at the first image alone. A unit may be chosen for another."},
         {count([&](Unit u) { return u.back() == 0; }),
          "That looks at the last image alone. A unit may have been chosen for an earlier one."},
         {count([&](Unit u) { return sum(u) == 0; }),
          "That counts units whose sum, or mean, is 0. The units are linear: 1 for one image and "
          "-1 for another cancel. Ask each number whether it is 0."},
         {count([&](Unit u) { return std::ranges::max(u) <= 0; }),
          "That counts units that are never above 0. A linear unit that is chosen may be "
          "negative."},
         {count([&](Unit u) { return std::ranges::max(u) < 0.05; }),
          "That counts units that stay below 0.05. A linear unit that is chosen may be small, and "
          "negative."},
         {count([&](Unit u) {
              return std::ranges::all_of(u, [](double v) { return std::abs(v) < 0.05; });
          }),
          "That counts units that stay near 0. A unit that is chosen may be small: only 0 itself "
          "says that it was not."},
         {count([&](Unit u) { return !none(u); }),
          "That counts the living: the units that are chosen for an image. Asked for are the "
          "others."}});
    if (testing::Test::HasFailure()) return;

    // A top-k code of more images than units.
    autograd::Rng rng(5);
    lessons::TopKAutoencoder model(9, 30, rng);
    model.k = 2;
    const Tensor h = model.encode(autograd::normal({40, 9}, 0, 1, rng));
    double right = 0;
    for (int l = 0; l < 30; ++l) {
        bool chosen = false;
        for (int i = 0; i < 40; ++i) chosen |= h.at({i, l}) != 0;
        right += !chosen;
    }
    check::expect_answer("dead units of 30, with 40 images", {double(lessons::dead_units(h))},
                         {right}, {});
    check::expect_answer("dead units where all are 0",
                         {double(lessons::dead_units(autograd::zeros({3, 4})))}, {4}, {});
}
