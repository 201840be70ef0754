#include "nn/losses.h"

#include <cmath>
#include <limits>
#include <string>

#include "autograd/autograd.h"
#include "tests/autograd/support.h"

namespace {

using autograd::tensor;
using nn::binary_cross_entropy;
using nn::binary_cross_entropy_with_logits;
using nn::cross_entropy;
using nn::mse_loss;
using nn::Reduction;
using tests::expect_gradients;
using tests::expect_invalid;
using tests::Numbers;
using tests::random;
using tests::Shape;
using tests::Tensor;

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
const Reduction reductions[] = {Reduction::mean, Reduction::sum, Reduction::none};

double sigmoid_of(double z) { return 1 / (1 + std::exp(-z)); }

// The losses that compare two tensors of one shape, and the formula for one element of each.
struct Loss {
    const char* name;
    Tensor (*op)(const Tensor&, const Tensor&, Reduction);
    double (*expected)(double prediction, double target);
    double low, high;  // predictions to try: away from the clamp
};
const Loss losses[] = {
    {"mse_loss", nn::mse_loss, [](double p, double t) { return (p - t) * (p - t); }, -2, 2},
    {"binary_cross_entropy", nn::binary_cross_entropy,
     [](double p, double t) { return -(t * std::log(p) + (1 - t) * std::log(1 - p)); }, 0.2, 0.8},
    {"binary_cross_entropy_with_logits", nn::binary_cross_entropy_with_logits,
     [](double z, double t) {
         return -(t * std::log(sigmoid_of(z)) + (1 - t) * std::log(1 - sigmoid_of(z)));
     },
     -3, 3},
};

Numbers gradient(const Tensor& loss, const Tensor& x) { return grad(loss, x).to_vector(); }

}  // namespace
TEST(Losses, FollowTheirFormulaInEveryReduction) {
    for (const Loss& loss : losses)
        for (const Shape& shape :
             {Shape{}, Shape{1}, Shape{5, 7}, Shape{2, 3, 4}, Shape{100, 97}}) {
            SCOPED_TRACE(loss.name + to_string(shape));
            const Tensor p = random(shape, 1, loss.low, loss.high), t = random(shape, 2, 0, 1);
            const Tensor none = loss.op(p, t, Reduction::none);
            ASSERT_EQ(none.shape(), shape);
            double sum = 0;
            for (std::int64_t i = 0; i < p.size(); ++i) {
                const double expected = loss.expected(p.data()[i], t.data()[i]);
                EXPECT_NEAR(none.data()[i], expected, 1e-14);
                sum += expected;
            }
            EXPECT_EQ(loss.op(p, t, Reduction::sum).shape(), Shape{});
            EXPECT_NEAR(loss.op(p, t, Reduction::sum).item(), sum, 1e-13 * sum);
            EXPECT_NEAR(loss.op(p, t, Reduction::mean).item(), sum / p.size(), 1e-13);
        }
    const Tensor p = tensor({0.25}), t = tensor({1.0});  // the mean unless one asks
    EXPECT_EQ(mse_loss(tensor({3, 1}), tensor({1, 1})).item(), 2);
    EXPECT_DOUBLE_EQ(binary_cross_entropy(p, t).item(), std::log(4));
    EXPECT_DOUBLE_EQ(binary_cross_entropy_with_logits(tensor({0, 0}), tensor({0, 1})).item(),
                     std::log(2));
}

// First and second derivatives, with respect to the prediction and to the target.
TEST(Losses, GradientsInEveryReduction) {
    for (const Loss& loss : losses)
        for (const Reduction reduction : reductions) {
            const auto op = loss.op;
            expect_gradients(
                loss.name + std::to_string(static_cast<int>(reduction)),
                [=](const std::vector<Tensor>& x) { return op(x[0], x[1], reduction); },
                {random({3, 4}, 1, loss.low, loss.high), random({3, 4}, 2, 0, 1)});
        }
}

// A loss inside a larger expression: what comes from above is passed on.
TEST(Losses, GradientsBehindAFactor) {
    for (const Loss& loss : losses) {
        const auto op = loss.op;
        expect_gradients(
            loss.name,
            [=](const std::vector<Tensor>& x) {
                return exp(x[2] * op(x[0], x[1], Reduction::mean));
            },
            {random({3, 4}, 1, loss.low, loss.high), random({3, 4}, 2, 0, 1), tensor({0.7})});
    }
}

TEST(Losses, OfNothingAreNotANumberInTheMeanAnd0InSum) {
    for (const Loss& loss : losses) {
        const Tensor empty = autograd::zeros({0, 3});
        EXPECT_TRUE(std::isnan(loss.op(empty, empty, Reduction::mean).item())) << loss.name;
        EXPECT_EQ(loss.op(empty, empty, Reduction::sum).item(), 0) << loss.name;
        EXPECT_EQ(loss.op(empty, empty, Reduction::none).shape(), (Shape{0, 3})) << loss.name;
    }
}

TEST(Losses, NameThemselvesWhereATensorIsUndefined) {
    const Tensor nothing, x = tests::random({2, 3}, 1);
    expect_invalid([&] { nn::mse_loss(nothing, x); }, "mse_loss: the tensor is undefined");
    expect_invalid([&] { nn::mse_loss(x, nothing); }, "mse_loss: the tensor is undefined");
    expect_invalid([&] { nn::binary_cross_entropy(nothing, x); },
                   "binary_cross_entropy: the tensor");
    expect_invalid([&] { nn::cross_entropy(nothing, {0}); }, "cross_entropy: the tensor");
}

TEST(Losses, RefuseShapesThatDiffer) {
    for (const Loss& loss : losses) {
        const Tensor half = autograd::full({2, 3}, 0.5);
        expect_invalid(
            [&] { loss.op(half, autograd::zeros({3}), Reduction::mean); },
            std::string(loss.name) + ": prediction [2, 3] and target [3] differ in shape");
        expect_invalid(
            [&] {
                loss.op(half, autograd::zeros({3, 2}), Reduction::mean);
            },
            "target [3, 2] differ");
    }
}

TEST(Losses, KeepNotANumber) {
    for (const Loss& loss : losses) {
        const Tensor half = tensor({0.5, 0.5, 0.5}), broken = tensor({0.5, not_a_number, 0.5});
        for (const bool in_target : {false, true}) {
            const Tensor none =
                loss.op(in_target ? half : broken, in_target ? broken : half, Reduction::none);
            EXPECT_FALSE(std::isnan(none.data()[0])) << loss.name;
            EXPECT_TRUE(std::isnan(none.data()[1])) << loss.name;
            EXPECT_TRUE(std::isnan(loss.op(half, broken, Reduction::mean).item())) << loss.name;
        }
        Tensor p = broken.detach().requires_grad_();
        const Numbers g = gradient(loss.op(p, half, Reduction::sum), p);
        EXPECT_FALSE(std::isnan(g[0])) << loss.name;
        EXPECT_TRUE(std::isnan(g[1])) << loss.name;
    }
}

TEST(BinaryCrossEntropy, TakesNoLogarithmBelowMinus100) {
    const Tensor p = tensor({0, 1, 0, 1, 1e-50}), t = tensor({1, 0, 0, 1, 0.5});
    const Tensor loss = binary_cross_entropy(p, t, Reduction::none);
    EXPECT_EQ(loss.data()[0], 100);  // certain, and wrong
    EXPECT_EQ(loss.data()[1], 100);
    EXPECT_EQ(loss.data()[2], 0);  // certain, and right
    EXPECT_EQ(loss.data()[3], 0);
    EXPECT_DOUBLE_EQ(loss.data()[4], 50);  // log(1e-50) = -115 is cut, log(1 - 1e-50) is 0
}

// (p - x) / max(p (1 - p), 1e-12): large at a wrong certainty, 0 at a right one, never infinite.
TEST(BinaryCrossEntropy, HasAFiniteGradientWhereItIsCertain) {
    Tensor p = tensor({0, 1, 0, 1, 1e-14, 0.25}).requires_grad_();
    const Tensor t = tensor({1, 0, 0, 1, 1, 1});
    const Numbers g = gradient(binary_cross_entropy(p, t, Reduction::sum), p);
    EXPECT_DOUBLE_EQ(g[0], -1e12);
    EXPECT_DOUBLE_EQ(g[1], 1e12);
    EXPECT_EQ(g[2], 0);
    EXPECT_EQ(g[3], 0);
    EXPECT_NEAR(g[4], -1e12, 1e-1);
    EXPECT_DOUBLE_EQ(g[5], -4);
    const Numbers mean = gradient(binary_cross_entropy(p, t), p);
    EXPECT_DOUBLE_EQ(mean[0], -1e12 / 6);

    Tensor x = tensor({0.5, 0.5}).requires_grad_();  // log(1 - p) - log(p), each cut at -100
    const Numbers gx = gradient(binary_cross_entropy(tensor({0, 1}), x, Reduction::sum), x);
    EXPECT_EQ(gx[0], 100);
    EXPECT_EQ(gx[1], -100);
}

TEST(BinaryCrossEntropy, RefusesWhatIsNoProbability) {
    for (const Reduction reduction : reductions)
        for (const double bad : {-0.5, 1.5, -inf, inf, -1e-300})
            for (const double target : {0.0, 0.5, 1.0})
                expect_invalid(
                    [&] {
                        binary_cross_entropy(tensor({0.5, bad}), tensor({0, target}), reduction);
                    },
                    "is no probability");
    expect_invalid([] { binary_cross_entropy(tensor({-2}), tensor({0})); },
                   "binary_cross_entropy: a prediction of -2 is no probability: end the model with "
                   "a sigmoid, or use binary_cross_entropy_with_logits");
    // All digits: 1.0000000000000002 must not be shown as 1.
    expect_invalid([] { binary_cross_entropy(tensor({1 + 0x1p-52}), tensor({0})); },
                   "a prediction of 1.0000000000000002 is");
}

TEST(BinaryCrossEntropyWithLogits, IsTheCrossEntropyOfTheSigmoid) {
    const Tensor z = random({4, 5}, 1, -10, 10), t = random({4, 5}, 2, 0, 1);
    const Tensor a = binary_cross_entropy_with_logits(z, t, Reduction::none),
                 b = binary_cross_entropy(sigmoid(z), t, Reduction::none);
    for (int i = 0; i < 20; ++i) EXPECT_NEAR(a.data()[i], b.data()[i], 1e-11);
}

TEST(BinaryCrossEntropyWithLogits, IsExactFarOut) {
    Tensor z = tensor({1000, -1000, 1000, -1000, 1e300, -40}).requires_grad_();
    const Tensor t = tensor({0, 0, 1, 1, 0, 0});
    const Numbers none = binary_cross_entropy_with_logits(z, t, Reduction::none).to_vector();
    EXPECT_EQ(none[0], 1000);
    EXPECT_EQ(none[1], 0);
    EXPECT_EQ(none[2], 0);
    EXPECT_EQ(none[3], 1000);
    EXPECT_EQ(none[4], 1e300);
    EXPECT_DOUBLE_EQ(none[5], std::exp(-40));  // 1 + exp(-40) is 1, but log1p sees it
    const Numbers g = gradient(binary_cross_entropy_with_logits(z, t, Reduction::sum), z);
    EXPECT_EQ(g[0], 1);
    EXPECT_EQ(g[1], 0);
    EXPECT_EQ(g[2], 0);
    EXPECT_EQ(g[3], -1);
    EXPECT_EQ(g[4], 1);
}

TEST(CrossEntropy, FollowsItsFormulaInEveryReduction) {
    const Tensor z = random({6, 4}, 1, -3, 3);
    const std::vector<int> labels{0, 3, 1, 1, 2, 0};
    const Tensor none = cross_entropy(z, labels, Reduction::none);
    ASSERT_EQ(none.shape(), Shape{6});
    double sum = 0;
    for (int i = 0; i < 6; ++i) {
        double normaliser = 0;
        for (int j = 0; j < 4; ++j) normaliser += std::exp(z.at({i, j}));
        const double expected = -std::log(std::exp(z.at({i, labels[i]})) / normaliser);
        EXPECT_NEAR(none.data()[i], expected, 1e-14);
        sum += expected;
    }
    EXPECT_NEAR(cross_entropy(z, labels, Reduction::sum).item(), sum, 1e-13);
    EXPECT_NEAR(cross_entropy(z, labels).item(), sum / 6, 1e-13);  // by rows, not by elements
    EXPECT_DOUBLE_EQ(cross_entropy(autograd::zeros({1, 10}), std::vector<int>{7}).item(),
                     std::log(10));
}

TEST(CrossEntropy, GradientsInEveryReduction) {
    const std::vector<int> labels{0, 3, 1};
    for (const Reduction reduction : reductions) {
        expect_gradients(
            "cross_entropy",
            [&](const std::vector<Tensor>& x) { return cross_entropy(x[0], labels, reduction); },
            {random({3, 4}, 1)});
        expect_gradients("cross_entropy behind a factor",
                         [&](const std::vector<Tensor>& x) {
                             return exp(x[1] * cross_entropy(x[0], labels, reduction));
                         },
                         {random({3, 4}, 1), tensor({0.7})});
    }
}

TEST(CrossEntropy, TakesBraces) {
    const Tensor z = tests::random({2, 3}, 1);
    const std::vector<int> labels{2, 0};
    EXPECT_EQ(cross_entropy(z, {2, 0}).item(), cross_entropy(z, labels).item());
}

TEST(CrossEntropy, IsStableFarOut) {
    Tensor z = tensor({{1000, -1000}, {-1000, 1000}}).requires_grad_();
    const std::vector<int> labels{0, 0};
    EXPECT_EQ(cross_entropy(z, labels, Reduction::none).to_vector(), (Numbers{0, 2000}));
    EXPECT_EQ(gradient(cross_entropy(z, labels, Reduction::sum), z), (Numbers{0, 0, -1, 1}));
}

TEST(CrossEntropy, KeepsNotANumber) {
    const std::vector<int> labels{0, 0};
    const Tensor loss = cross_entropy(tensor({{0, 1}, {not_a_number, 1}}), labels, Reduction::none);
    EXPECT_FALSE(std::isnan(loss.data()[0]));
    EXPECT_TRUE(std::isnan(loss.data()[1]));
}

TEST(CrossEntropy, RefusesWhatDoesNotFit) {
    const Tensor z = autograd::zeros({2, 3});
    const auto refuse = [](const Tensor& scores, std::vector<int> labels, const char* part) {
        expect_invalid([&] { cross_entropy(scores, labels); }, part);
    };
    refuse(z, {0}, "cross_entropy: scores [2, 3] for 1 labels: they must be [1, classes]");
    refuse(autograd::zeros({2}), {0, 1}, "scores [2] for 2 labels");
    refuse(autograd::zeros({}), {}, "scores [] for 0 labels");
    refuse(z, {0, 3}, "cross_entropy: label 3 is not one of 0 to 2");
    refuse(z, {-1, 0}, "label -1 is not one of 0 to 2");
}

// log(1 + exp(-z)) for a right answer, however certain: nothing cancels.
TEST(BinaryCrossEntropyWithLogits, KeepsTheDigitsOfCertainAnswers) {
    for (const double z : {1., 15., 30., 40., 300.}) {
        const double right = std::log1p(std::exp(-z));
        const auto loss = [](double logit, double target) {
            return double(nn::binary_cross_entropy_with_logits(autograd::tensor({logit}),
                                                               autograd::tensor({target}))
                              .item());
        };
        EXPECT_NEAR(loss(z, 1) / right, 1, 1e-6) << z;
        EXPECT_NEAR(loss(-z, 0) / right, 1, 1e-6) << z;
        EXPECT_NEAR(loss(z, 0) / (z + right), 1, 1e-6) << z;
    }
    const double infinity = std::numeric_limits<double>::infinity();
    const auto at = [](double z, double x) {
        return nn::binary_cross_entropy_with_logits(autograd::tensor({z}), autograd::tensor({x}))
            .item();
    };
    EXPECT_EQ(at(infinity, 1), 0);
    EXPECT_EQ(at(-infinity, 0), 0);
    EXPECT_EQ(at(infinity, 0), infinity);
}
