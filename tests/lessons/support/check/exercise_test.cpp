#include "lessons/support/check/exercise.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "lessons/support/dataset.h"

namespace fs = std::filesystem;

TEST(Exercise, ItemsOfAPage) {
    const auto items = check::items_of(
        "# Page\n\n1. no exercise\n\n## Exercises\n\n1. **First.** Do\n   this.\n2. *Second.* "
        "That.\n"
        "\n## Sources\n\n1. A book.\n");
    EXPECT_EQ(items, (std::vector<std::string>{"**First.** Do\nthis.", "*Second.* That."}));
}

// Those of the course can be read, in order, and each names an item of its page.
TEST(Exercise, TheCoursesCanBeRead) {
    const auto all = check::read_exercises(support::default_data_dir() / ".." / "..");
    ASSERT_GE(all.size(), 2);
    for (const auto& exercise : all) {
        EXPECT_FALSE(exercise.title.empty()) << exercise.number;
        EXPECT_FALSE(exercise.solution.empty()) << exercise.number;
    }
}

class ExerciseFile : public testing::Test {
  protected:
    void SetUp() override {
        fs::create_directories(lesson / "exercises");
        std::ofstream(lesson / "README.md") << "## Exercises\n\n1. *One.* Do it.\n";
    }
    void TearDown() override { fs::remove_all(root); }
    void expect_refused(const std::string& text, const std::string& message) {
        std::ofstream(lesson / "exercises" / "1.md") << text;
        try {
            check::read_exercises(root);
            FAIL() << "taken: " << text;
        } catch (const std::runtime_error& error) {
            EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
        }
    }
    const fs::path root = fs::temp_directory_path() / ("exercises_" + std::to_string(getpid())),
                   lesson = root / "lessons" / "03_made_up";
};

TEST_F(ExerciseFile, SaysWhatIsMissing) {
    const std::string hints = "\n## Hint\na\n## Hint\nb\n", solution = "## Solution\nc\n";
    expect_refused("kind: guess\n" + hints + solution, "its kind is 'guess'");
    expect_refused("kind: predict\nmetrik: x\n" + hints + solution, "is no field");
    expect_refused("kind: predict\n" + hints + solution, "needs 'metric:'");
    expect_refused("kind: predict\nmetric: x\n## Hint\na\n" + solution, "needs two hints");
    expect_refused("kind: explain\n", "needs '## Solution'");
    expect_refused("kind: change\n" + hints + solution, "needs 'edit:'");
    expect_refused("kind: change\nedit: a.h\n" + hints + solution, "needs a test, or 'expect:'");
    std::ofstream(lesson / "exercises" / "2.md") << "kind: explain\n" + solution;
    expect_refused("kind: explain\n" + solution, "the page has no such exercise");
}
