#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "lessons/support/dataset.h"
#include "lessons/support/files.h"

namespace {

namespace fs = std::filesystem;

// lessons/run in a project of its own, whose folder has an odd name: one lesson, "built" by a ninja
// that does nothing, that prints its arguments.
class SetupTest : public testing::Test {
  protected:
    void SetUp() override {
        const fs::path ours = support::default_data_dir().parent_path().parent_path();
        fs::create_directories(project / "lessons" / "support");
        for (const char* script : {"lessons/run", "lessons/support/setup.sh"})
            fs::copy_file(ours / script, project / script);
        write("lessons/02_test/main.cpp", "");
        write("lessons/02_test/README.md", "# 02: test: what it teaches\n");
        write("build/release/build.ninja", "");
        for (const char* program : {"ninja", "gnuplot", "apt-get"})
            write(fs::path("bin") / program, "#!/bin/sh\n");
        write("build/release/lessons/02_test", "#!/bin/sh\nprintf '<%s>' \"$@\"\n");
    }
    void TearDown() override { fs::remove_all(folder); }

    void write(const fs::path& file, const std::string& text) {
        fs::create_directories((project / file).parent_path());
        std::ofstream(project / file) << text;
        fs::permissions(project / file, fs::perms::owner_all);
    }
    // What a shell command prints in which $run is lessons/run.
    std::string printed(const std::string& command) {
        const fs::path out = folder / "out";
        support::succeeds("cd " + support::shell_word(folder) +
                          " && export PATH=" + support::shell_word(project / "bin") +
                          ":\"$PATH\" && run=" + support::shell_word(project / "lessons/run") +
                          " && { " + command + "; } >" + support::shell_word(out) + " 2>&1");
        return support::read_file(out);
    }

    fs::path folder = fs::temp_directory_path() / ("setup_test_" + std::to_string(getpid()));
    fs::path project = folder / "it's a *folder* of $mine";
};

TEST_F(SetupTest, AFolderOfAnyNameWillDo) {
    EXPECT_NE(printed("bash \"$run\"").find("test: what it teaches"), std::string::npos);
    for (const char* number : {"2", "02"})
        EXPECT_EQ(printed("bash \"$run\" " + std::string(number) + " 'a b' '*'"), "<a b><*>");
}

TEST_F(SetupTest, RecordingGoesIntoTheLessonsOwnFolders) {
    write("bin/dot", "#!/bin/sh\n");
    for (const char* which : {"02", "all"})
        EXPECT_TRUE(printed("bash \"$run\" " + std::string(which) + " --record --threads 2")
                        .starts_with("<--record><--threads><2>"))
            << which;
    EXPECT_NE(printed("bash \"$run\" all --out x --record").find("leave out --out"),
              std::string::npos);
}

TEST_F(SetupTest, VariablesOfTheCallersShellDoNotCount) {
    EXPECT_EQ(
        printed(
            "cd \"${run%/lessons/run}\" && CDPATH=.:.. IFS=0 NINJA_STATUS=x bash lessons/run 2 x"),
        "<x>");
}

TEST_F(SetupTest, RefusesWhatIsNoLessonAndAnEmptyFolder) {
    for (const char* number : {"3", "002", "2x", "-1", "''"})
        EXPECT_NE(printed("bash \"$run\" " + std::string(number)).find("there is no lesson"),
                  std::string::npos)
            << number;
    for (const char* out : {"--out", "--out ''", "--out="})
        EXPECT_NE(printed("bash \"$run\" all " + std::string(out)).find("--out: it is empty"),
                  std::string::npos)
            << out;
}

}  // namespace
