#include "lessons/13_edges/gabor.h"
#include "lessons/support/check/expect_answer.h"

TEST(Exercise, EdgesByOneTest) {
    const lessons::FilterShapes shapes{
        .r2 = {0.9, 0.9, 0.9, 0.9, 0.7, 0.7, 0.85, 0.5, 0.7, 0.81, 0.79},
        .radius = {2, 4, 2, 4, 2, 4, 2, 2, 4, 3, 3},
        .coherence = {0.9, 0.9, 0.3, 0.3, 0.9, 0.3, 0.9, 0.9, 0.9, 0.2, 0.2},
        .orientation = {}};
    const auto answers = [&](auto holds) {
        std::vector<double> values;
        for (std::size_t l = 0; l < shapes.r2.size(); ++l)
            values.push_back(holds(shapes.r2[l], shapes.radius[l], shapes.coherence[l]));
        return values;
    };
    std::vector<double> given;
    for (std::size_t l = 0; l < shapes.r2.size(); ++l) given.push_back(shapes.is_edge(l));
    check::expect_answer(
        "is_edge of some filters, 1 for yes", given,
        answers([](double r2, double, double) { return r2 > 0.8; }),
        {{answers([](double r2, double radius, double coherence) {
              return r2 > 0.8 && radius < 3.5 && coherence > 0.5;
          }),
          "All three tests are still made: a plane wave and a round dot are turned away."},
         {answers([](double r2, double, double coherence) { return r2 > 0.8 && coherence > 0.5; }),
          "A round dot is still turned away: `coherence` is asked for, too."},
         {answers([](double r2, double radius, double) { return r2 > 0.8 && radius < 3.5; }),
          "A wave that fills the patch is still turned away: `radius` is asked for, too."},
         {answers([](double, double radius, double coherence) {
              return radius < 3.5 && coherence > 0.5;
          }),
          "It is the other way round: the Gabor test went, and the two others stayed."},
         {answers([](double r2, double radius, double coherence) {
              return r2 > 0.8 || (radius < 3.5 && coherence > 0.5);
          }),
          "With || in place of && one passed test is enough, whichever it is. Only the Gabor test "
          "should count."},
         {answers([](double r2, double radius, double coherence) {
              return r2 > 0.8 || radius < 3.5 || coherence > 0.5;
          }),
          "With || in place of && one passed test is enough, whichever it is. Only the Gabor test "
          "should count."},
         {answers([](double, double, double) { return true; }),
          "Every filter passes. r2 > 0.8 should still be asked for."},
         {answers([](double r2, double, double) { return r2 < 0.8; }),
          "The comparison is the wrong way round: edges are explained by more than 80%."}});
    if (testing::Test::HasFailure()) return;
    EXPECT_EQ(shapes.edge_share(), shapes.gabor_share())
        << "is_edge is right, but the two shares should be the same now";
}
