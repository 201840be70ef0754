#include "lessons/02_autoencoder/autoencoder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/weights.h"
#include "tests/lessons/gradients.h"

using autograd::Rng;
using autograd::Tensor;
using lessons::Autoencoder;

namespace {

// Eight small "images" of 12 pixels, each a mixture of three patterns: three numbers can hold them.
Tensor mixtures(Rng& rng) {
    const Tensor patterns = autograd::uniform({3, 12}, 0, 1, rng);
    const Tensor shares = autograd::uniform({8, 3}, 0, 0.33, rng);
    return matmul(shares, patterns);
}

}  // namespace

TEST(Autoencoder, GradientsOfItsLossAgreeWithDifferences) {
    Rng rng(1);
    Autoencoder model(12, 3, rng);
    const Tensor x = mixtures(rng);
    expect_gradients([&] { return lessons::reconstruction_loss(model(x), x); }, model.parameters());
}

TEST(Autoencoder, CodesAreLeakyAndOutputsAreProbabilities) {
    Rng rng(2);
    const Autoencoder model(12, 3, rng);
    const Tensor x = mixtures(rng);
    const Tensor z = model.encoder(x), h = model.encode(x), x_hat = model(x);
    EXPECT_EQ(h.shape(), (autograd::Shape{8, 3}));
    EXPECT_EQ(x_hat.shape(), x.shape());
    int negative = 0;
    for (int i = 0; i < h.size(); ++i) {
        negative += z.data()[i] < 0;
        EXPECT_DOUBLE_EQ(h.data()[i], z.data()[i] * (z.data()[i] < 0 ? 0.01 : 1));
    }
    EXPECT_GT(negative, 0);
    for (const double p : x_hat.to_vector()) EXPECT_TRUE(p > 0 && p < 1) << p;
}

TEST(Autoencoder, HasTheNotebooksParameters) {
    Rng rng(3);
    Autoencoder model(784, 32, rng);
    EXPECT_EQ(model.parameter_count(), 784 * 32 + 32 + 32 * 784 + 784);
    lessons::initialise(model.encoder, rng);
    EXPECT_NEAR(mean(square(model.encoder.weight)).item(), 0.01, 0.0005);
    EXPECT_EQ(sum(abs(model.encoder.bias)).item(), 0);
    EXPECT_TRUE(model.encoder.weight.requires_grad() && model.encoder.bias.requires_grad());
}

// With as many numbers as there are patterns, what is lost comes close to what no code can avoid:
// the entropy of the grey levels themselves.
TEST(Autoencoder, LearnsMixturesOfThreePatternsFromThreeNumbers) {
    Rng rng(4);
    const Tensor x = mixtures(rng);
    Autoencoder model(12, 3, rng);
    nn::Adam adam(model.parameters(), {.lr = 0.02});
    const double entropy = lessons::reconstruction_loss(x, x).item();
    const double before = lessons::reconstruction_loss(model(x), x).item() - entropy;
    for (int step = 0; step < 1000; ++step) {
        adam.zero_grad();
        lessons::reconstruction_loss(model(x), x).backward();
        adam.step();
    }
    const double after = lessons::reconstruction_loss(model(x), x).item() - entropy;
    EXPECT_GT(before, 0.05);
    EXPECT_LT(after, before / 50);
}

// The lesson's loop written out, on seven images of four pixels, and the function: the same
// batches, the same steps.
TEST(Train, IsTheLoopThatTheLessonShows) {
    support::Images images{.count = 7, .height = 2, .width = 2, .pixels = {}, .labels = {}};
    for (int i = 0; i < 28; ++i) images.pixels.push_back(std::uint8_t(9 * i));
    support::Options options;
    options.epochs = 3, options.batch_size = 3;
    Rng rng(5), same(5);
    Autoencoder written_out(4, 2, rng), model(4, 2, same);

    nn::Adam adam(written_out.parameters(), {.lr = 0.02});
    std::vector<double> losses;
    for (int epoch = 0; epoch < 3; ++epoch)
        for (const auto& rows : nn::shuffled_batches(7, 3, rng)) {
            const Tensor x = to_tensor(images, rows);
            const Tensor loss = lessons::reconstruction_loss(written_out(x), x);
            adam.zero_grad();
            loss.backward();
            adam.step();
            losses.push_back(loss.item());
        }

    nn::Adam another(model.parameters(), {.lr = 0.02});
    support::Progress progress(3, 7);
    std::vector<double> done, losses_of_function;
    std::vector<int> epochs;
    lessons::train(
        another, images, options, same, progress,
        [&](const Tensor& x) {
            done.push_back(progress.done());
            const Tensor loss = lessons::reconstruction_loss(model(x), x);
            losses_of_function.push_back(loss.item());
            return loss;
        },
        [&](int n) {
            epochs.push_back(n);
            return "";
        });
    EXPECT_EQ(losses_of_function, losses);
    EXPECT_EQ(model.decoder.weight.to_vector(), written_out.decoder.weight.to_vector());
    EXPECT_EQ(epochs, (std::vector{1, 2, 3}));
    ASSERT_EQ(done.size(), 9u);  // three batches an epoch: of 3, 3 and 1 images
    EXPECT_EQ(done[0], 0);
    EXPECT_NEAR(done[4], (1 + 3 / 7.0) / 3, 1e-12);
}

TEST(Weights, TravelFromOneNetworkToAnother) {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / ("weights_" + std::to_string(getpid()));
    fs::create_directories(folder);
    autograd::Rng rng(1);
    const lessons::Autoencoder a(6, 3, rng), b(6, 3, rng);
    const Tensor x = autograd::uniform({4, 6}, 0, 1, rng);
    support::Options options;
    options.save = folder / "w", options.graph = folder / "g.dot";
    lessons::Weights(options, a).save(a, [&] { return lessons::reconstruction_loss(a(x), x); });
    std::ostringstream graph;
    graph << std::ifstream(options.graph).rdbuf();
    EXPECT_NE(graph.str().find("encoder.weight"), std::string::npos) << graph.str();

    EXPECT_NE(a(x).to_vector(), b(x).to_vector());
    options.load = options.save;
    lessons::Weights(options, b);
    EXPECT_EQ(a(x).to_vector(), b(x).to_vector());
    const lessons::Autoencoder wider(6, 4, rng);
    EXPECT_THROW(lessons::Weights(options, wider), std::runtime_error);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2) << "something is left over";
    fs::remove_all(folder);
}
