#include "lessons/06_capacity/exercises/4.h"

#include "lessons/support/check/expect_answer.h"

TEST(Exercise, PixelsInOneOtherOrder) {
    const std::vector<int> from = {4, 2, 0, 5, 1, 3};
    support::Images images;
    images.count = 3, images.height = 2, images.width = 3, images.labels = {7, 1, 4};
    for (int i = 0; i < 18; ++i) images.pixels.push_back(std::uint8_t(10 * i + 3));
    const support::Images before = images;
    // Image i, pixel j of what should come out is made of index(i, j) of what was.
    const auto made = [&](auto index) {
        std::vector<double> values;
        for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 6; ++j) values.push_back(before.pixels[std::size_t(index(i, j))]);
        return values;
    };
    std::vector<double> overwritten(before.pixels.begin(), before.pixels.end());
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 6; ++j)
            overwritten[6 * i + j] = overwritten[6 * i + std::size_t(from[j])];
    std::vector<int> to(6);
    for (int j = 0; j < 6; ++j) to[std::size_t(from[std::size_t(j)])] = j;
    const auto at = [](const std::vector<int>& order, int j) { return order[std::size_t(j)]; };

    permute_pixels(images, from);
    check::expect_answer(
        "the pixels of three images of six", {images.pixels.begin(), images.pixels.end()},
        made([&](int i, int j) { return 6 * i + at(from, j); }),
        {{made([](int i, int j) { return 6 * i + j; }), "Every pixel is where it was."},
         {made([&](int i, int j) { return 6 * i + at(to, j); }),
          "They went the other way: pixel j's value is now at from[j]. It should come from there. "
          "(For the experiment it would do as well.)"},
         {overwritten,
          "Some pixels were read after they had been overwritten: a value is in several places "
          "now, and others are lost. Read from a copy of the image."},
         {made([&](int i, int j) { return i == 0 ? at(from, j) : 6 * i + j; }),
          "Only the first image was permuted."},
         {made([&](int, int j) { return at(from, j); }),
          "All images are the first one now: image i begins at i * images.size()."}});
    EXPECT_EQ(images.labels, before.labels) << "the labels stay what they are";
    EXPECT_EQ(images.size(), 6) << "the size stays what it is";
}
