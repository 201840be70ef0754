#include <functional>

#include "lessons/13_edges/patches.h"
#include "lessons/support/check/expect_answer.h"

namespace {

std::vector<double> numbers(const std::vector<float>& pixels) {
    return {pixels.begin(), pixels.end()};
}

// The photograph with each frequency multiplied by R(f).
std::vector<double> filtered(const lessons::Photograph& p, const std::function<double(double)>& R,
                             bool back = true) {
    std::vector<std::complex<float>> grid(p.pixels.begin(), p.pixels.end());
    lessons::fourier(grid, p.height, p.width, false);
    for (int u = 0; u < p.height; ++u)
        for (int v = 0; v < p.width; ++v)
            grid[std::size_t(u * p.width + v)] *=
                float(R(std::hypot(double(std::min(u, p.height - u)) / p.height,
                                   double(std::min(v, p.width - v)) / p.width)));
    if (back) lessons::fourier(grid, p.height, p.width, true);
    std::vector<double> result;
    for (const auto& value : grid) result.push_back(value.real());
    return result;
}

}  // namespace

TEST(Exercise, ThePhotographAsItIs) {
    autograd::Rng rng(2);
    lessons::Photograph photograph{"made up", 20, 30, {}};
    for (int i = 0; i < 600; ++i) photograph.pixels.push_back(float(rng.uniform()));
    const lessons::Photograph given = lessons::whitened(photograph);
    const auto low = [](double f) { return std::exp(-std::pow(f / 0.4, 4)); };
    check::expect_answer(
        "the photograph that `whitened` returns", numbers(given.pixels), numbers(photograph.pixels),
        {{filtered(photograph, [&](double f) { return f * low(f); }),
          "The photograph is still whitened: each frequency f is multiplied by R(f)."},
         {filtered(photograph, low),
          "The factor f is gone, and the other one still takes away the highest frequencies. Both "
          "should go."},
         {filtered(photograph, [](double f) { return f; }),
          "The factor that takes away the highest frequencies is gone, and the factor f still "
          "takes "
          "away the lowest. Both should go."},
         {filtered(photograph, [](double) { return 0; }),
          "All is black. A factor of 1 for each frequency leaves the photograph as it is, and not "
          "one of 0."},
         {filtered(photograph, [](double f) { return f > 0; }),
          "The photograph's mean has got lost: the frequency 0 must stay, too."},
         {filtered(
              photograph, [](double) { return 1; }, false),
          "These are frequencies, not pixels: the transform back is missing."},
         {filtered(
              photograph, [&](double f) { return f * low(f); }, false),
          "These are frequencies, not pixels: the transform back is missing."}},
        1e-5);
    EXPECT_EQ(given.height, 20);
    EXPECT_EQ(given.width, 30);
}
