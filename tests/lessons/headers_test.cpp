// All the lessons' headers at once, for whoever builds on several lessons: none of them calls
// something what another one calls something else.

#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "lessons/01_autograd/autograd_basics.h"
#include "lessons/01_autograd/show.h"
#include "lessons/02_autoencoder/autoencoder.h"
#include "lessons/02_autoencoder/published.h"
#include "lessons/02_autoencoder/train.h"
#include "lessons/02_autoencoder/valley.h"
#include "lessons/02_autoencoder/weights.h"
#include "lessons/03_choice_of_f_and_g/choices.h"
#include "lessons/03_choice_of_f_and_g/table.h"
#include "lessons/04_choice_of_loss/losses.h"
#include "lessons/04_choice_of_loss/pixel.h"
#include "lessons/04_choice_of_loss/trials.h"
#include "lessons/05_pca/directions.h"
#include "lessons/05_pca/dropped.h"
#include "lessons/05_pca/linear_autoencoder.h"
#include "lessons/05_pca/measures.h"
#include "lessons/06_capacity/copying.h"
#include "lessons/06_capacity/widths.h"
#include "lessons/07_weight_decay/runs.h"
#include "lessons/07_weight_decay/weight_decay.h"
#include "lessons/08_tied_weights/tied_autoencoder.h"
#include "lessons/09_denoising/denoising_autoencoder.h"
#include "lessons/09_denoising/filters.h"
#include "lessons/09_denoising/restoring.h"
#include "lessons/10_sparse/measures.h"
#include "lessons/10_sparse/sparse_autoencoder.h"
#include "lessons/10_sparse/trade_off.h"
#include "lessons/10_sparse/ufldl.h"
#include "lessons/11_contractive/contractive_autoencoder.h"
#include "lessons/11_contractive/measures.h"
#include "lessons/11_contractive/plane.h"
#include "lessons/11_contractive/spectrum.h"
#include "lessons/12_summary/classifier.h"
#include "lessons/12_summary/drawings.h"
#include "lessons/12_summary/measures.h"
#include "lessons/12_summary/remedies.h"
#include "lessons/13_edges/drawings.h"
#include "lessons/13_edges/edge_autoencoder.h"
#include "lessons/13_edges/gabor.h"
#include "lessons/13_edges/patches.h"
#include "lessons/13_edges/photographs.h"
#include "lessons/14_deep/deep_autoencoder.h"
#include "lessons/14_deep/drawings.h"
#include "lessons/14_deep/measures.h"
#include "lessons/14_deep/pretraining.h"
#include "lessons/14_deep/training.h"
#include "lessons/15_score/cloud.h"
#include "lessons/15_score/drawings.h"
#include "lessons/15_score/score.h"
#include "lessons/16_variational/drawings.h"
#include "lessons/16_variational/exact.h"
#include "lessons/16_variational/linear.h"
#include "lessons/16_variational/measures.h"
#include "lessons/16_variational/variational.h"
#include "lessons/17_top_k/drawings.h"
#include "lessons/17_top_k/superposition.h"
#include "lessons/17_top_k/top_k.h"

namespace fs = std::filesystem;

TEST(LessonHeaders, AllOfThemAreIncludedHere) {
    std::ostringstream here;
    here << std::ifstream(__FILE__).rdbuf();
    const fs::path root = fs::path(__FILE__).parent_path().parent_path().parent_path();
    int headers = 0;
    for (const auto& lesson : fs::directory_iterator(root / "lessons")) {
        if (!std::isdigit(lesson.path().filename().string()[0])) continue;
        for (const auto& entry : fs::directory_iterator(lesson)) {  // not its exercises
            const std::string name = fs::relative(entry.path(), root).generic_string();
            if (entry.path().extension() != ".h") continue;
            ++headers;
            EXPECT_NE(here.str().find("#include \"" + name + "\""), std::string::npos) << name;
        }
    }
    EXPECT_GT(headers, 10);
}

TEST(LessonHeaders, NetworksOfAllLessonsStandBesideEachOther) {
    autograd::Rng rng(1);
    const autograd::Tensor x = autograd::uniform({5, 6}, 0, 1, rng);
    const auto& g = lessons::activation::relu;
    const auto& f = lessons::activation::logistic;
    EXPECT_EQ(lessons::Autoencoder(6, 3, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::ChosenAutoencoder(6, 3, g, f, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::LinearAutoencoder(6, 3, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::TiedAutoencoder(6, 3, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::UntiedAutoencoder(6, 3, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::DenoisingAutoencoder(6, 3, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::SparseAutoencoder(6, 3, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::ContractiveAutoencoder(6, 3, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::DeepAutoencoder(6, 4, 3, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::TopKAutoencoder(6, 3, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::EdgeAutoencoder(6, 3, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::StackedAutoencoder({6, 4, 3}, lessons::elu, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::Variational(6, 4, 3, rng)(x).shape(), x.shape());
    EXPECT_EQ(lessons::SparseDictionary(6, 9, 3, true, rng)(x).shape(), x.shape());
}
