#include "nn/probe.h"

#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "tests/autograd/support.h"

namespace {

using autograd::Rng;
using tests::expect_invalid;
using tests::Tensor;

// Codes of three classes in four numbers. Two of them say which class it is, up to some noise, on
// scales that differ by a factor of a million; the third is noise alone and the fourth never
// changes.
struct Labelled {
    Tensor codes;
    std::vector<int> labels;
};
Labelled three_classes(int m, double noise, Rng& rng) {
    const double centres[3][2] = {{0, 0}, {4, 0}, {0, 4}};
    Labelled all{autograd::empty({m, 4}), {}};
    for (int i = 0; i < m; ++i) {
        const int label = static_cast<int>(rng.below(3));
        all.labels.push_back(label);
        autograd::real* code = all.codes.mutable_data() + i * 4;
        code[0] = 1000 * (centres[label][0] + noise * rng.normal());
        code[1] = 0.001 * (centres[label][1] + noise * rng.normal()) + 7;
        code[2] = rng.normal();
        code[3] = 0.1;
    }
    return all;
}

double accuracy(const Labelled& train, const Labelled& test, std::uint64_t seed = 1) {
    Rng rng(seed);
    return nn::probe_accuracy(train.codes, train.labels, test.codes, test.labels, rng);
}

}  // namespace

TEST(Probe, ReadsClassesOffCodesOfAnyScale) {
    Rng rng(1);
    const Labelled train = three_classes(6000, 0.5, rng), test = three_classes(1000, 0.5, rng);
    EXPECT_GT(accuracy(train, test), 0.99);
}

TEST(Probe, ReadsClassesOffCodesThatAreAllSmall) {
    Rng rng(7);
    Labelled train = three_classes(6000, 0.5, rng), test = three_classes(1000, 0.5, rng);
    for (Labelled* set : {&train, &test})
        for (std::int64_t i = 0; i < set->codes.size(0); ++i) {
            autograd::real* code = set->codes.mutable_data() + i * 4;
            code[0] *= 1e-12;
            code[1] = (code[1] - 7) * 1e-6;
            code[2] *= 1e-9;
        }
    EXPECT_GT(accuracy(train, test), 0.99);
}

TEST(Probe, CountsTheHeldOutCodesOnly) {
    Rng rng(2);
    const Labelled train = three_classes(6000, 0.5, rng), test = three_classes(900, 0.5, rng);
    Labelled shifted = test;  // every answer but these is now wrong
    for (std::size_t i = 0; i < shifted.labels.size(); ++i)
        if (i % 3) shifted.labels[i] = (shifted.labels[i] + 1) % 3;
    EXPECT_NEAR(accuracy(train, shifted), 1.0 / 3, 0.01);
}

TEST(Probe, FindsNothingWhereThereIsNothing) {
    Rng rng(3);
    const Labelled train = three_classes(6000, 0.5, rng);
    Labelled test = three_classes(3000, 0.5, rng), none = train;
    none.codes = autograd::normal(train.codes.shape(), 0, 1, rng);
    test.codes = autograd::normal(test.codes.shape(), 0, 1, rng);
    EXPECT_NEAR(accuracy(none, test), 1.0 / 3, 0.05);
}

TEST(Probe, SameSeedSameAnswerAndTheCodesStayAsTheyWere) {
    Rng rng(4);
    const Labelled train = three_classes(600, 3, rng), test = three_classes(600, 3, rng);
    const auto before = train.codes.to_vector();
    const double first = accuracy(train, test, 5);
    EXPECT_EQ(first, accuracy(train, test, 5));
    EXPECT_LT(first, 0.95);  // classes that overlap: not everything can be right
    EXPECT_EQ(train.codes.to_vector(), before);
}

TEST(Probe, RefusesWhatDoesNotFit) {
    Rng rng(6);
    const Tensor codes = autograd::normal({4, 3}, 0, 1, rng),
                 wider = autograd::normal({4, 5}, 0, 1, rng);
    const std::vector<int> labels = {0, 1, 2, 1}, fewer = {0, 1}, negative = {0, -1, 2, 1};
    expect_invalid([&] { nn::probe_accuracy(codes, fewer, codes, labels, rng); },
                   "training codes [4, 3] with 2");
    expect_invalid([&] { nn::probe_accuracy(codes, labels, codes, fewer, rng); },
                   "held-out codes [4, 3] with 2");
    expect_invalid([&] { nn::probe_accuracy(codes, labels, wider, labels, rng); }, "sizes differ");
    expect_invalid([&] { nn::probe_accuracy(codes, negative, codes, labels, rng); }, "negative");
    for (const int size : {0, -1})
        expect_invalid(
            [&] { nn::probe_accuracy(codes, labels, codes, labels, rng, {.batch_size = size}); },
            "a batch size of " + std::to_string(size));
}
