#include "lessons/support/lesson.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <new>
#include <nlohmann/json.hpp>
#include <set>

#include "lessons/support/files.h"
#include "lessons/support/text.h"

namespace {

namespace fs = std::filesystem;
using support::Options;
using support::Report;

struct Result {
    int code;
    std::string out, err;
};

// Every run is a new lesson, writing into a folder of the test's own.
class LessonTest : public testing::Test {
  protected:
    void SetUp() override {
        folder = fs::temp_directory_path() / ("lesson_test_" + std::to_string(getpid()));
        fs::remove_all(folder);
    }
    void TearDown() override { fs::remove_all(folder); }

    Result run(std::vector<std::string> flags,
               std::function<void(const Options&, Report&)> body = {}) {
        if (!body) {
            body = [&](const Options& options, Report& report) {
                seen = options;
                report.metric("x", 1.0, {0, 2});
            };
        }
        flags.insert(flags.begin(), "lesson");
        if (std::find(flags.begin(), flags.end(), "--out") == flags.end()) {
            flags.insert(flags.end(), {"--out", folder.string()});
        }
        hidden = 32, rho = 0.1, init = "published", mistake = false, sizes = {2, 8};
        support::Lesson lesson("42_test", "Test the frame");
        lesson.defaults({.epochs = 5, .batch_size = 256, .lr = 0.005, .seed = 123});
        lesson.quick({.epochs = 1, .limit = 1000, .flags = {{"--hidden", "4"}, {"--sizes", "2"}}});
        lesson.flag("--hidden", hidden, {1, 4096}, "units");
        lesson.flag("--rho", rho, {0, 1}, "wanted activation");
        lesson.flag("--init", init, {"published", "both"}, "what is initialised");
        lesson.flag("--mistake", mistake, "make a mistake");
        lesson.flag("--sizes", sizes, {1, 100}, "code sizes");
        lesson.weights("the network");
        std::vector<char*> argv;
        for (auto& flag : flags) argv.push_back(flag.data());
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        const int code = lesson.run(int(argv.size()), argv.data(), body);
        return {code, testing::internal::GetCapturedStdout(),
                testing::internal::GetCapturedStderr()};
    }

    nlohmann::json metrics() const {
        std::ifstream in(folder / "metrics.json");
        return nlohmann::json::parse(in);
    }

    // Exit code 2, one line that contains `message`, and no trace in the file system.
    void expect_refused(const std::vector<std::string>& flags, const std::string& message) {
        SCOPED_TRACE(message);
        bool started = false;
        const Result r = run(flags, [&](const Options&, Report&) { started = true; });
        EXPECT_EQ(r.code, 2);
        EXPECT_FALSE(started);
        EXPECT_NE(r.err.find(message), std::string::npos) << r.err;
        EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
        EXPECT_FALSE(fs::exists(folder));
    }

    fs::path folder;
    Options seen;
    int hidden;
    double rho;
    std::string init;
    bool mistake;
    std::vector<int> sizes;
};

TEST_F(LessonTest, FilesOfWeightsAreLookedAtBeforeTheTraining) {
    const std::string here = fs::temp_directory_path().string();
    expect_refused({"--load", here + "/nowhere"}, "nowhere: no such file");
    for (const std::string flag : {"--load", "--save", "--graph"})
        expect_refused({flag, here}, flag + ' ' + here + ": this is a folder");
    expect_refused({"--save", "/nowhere/w"}, "--save /nowhere/w: cannot be written");
    expect_refused({"--save", "/proc/w"}, "--save /proc/w: cannot be written");
    expect_refused({"--graph", "/nowhere/g.dot"}, "--graph /nowhere/g.dot: cannot be written");
    expect_refused({"--graph", here + "/g.pdf"}, "g.pdf: its name says how to write it");
    EXPECT_FALSE(fs::exists(here + "/g.pdf"));
    const std::string path = std::getenv("PATH");
    setenv("PATH", "/nowhere", 1);
    expect_refused({"--graph", here + "/g.png"}, "apt install graphviz");
    setenv("PATH", path.c_str(), 1);
    EXPECT_EQ(run({"--save", here + "/w"}).code, 0);
    EXPECT_EQ(seen.save, here + "/w");
}

TEST_F(LessonTest, TheEnvironmentsNumberOfThreadsIsLookedAtLikeTheFlags) {
    const char* const before = std::getenv("HOURGLASS_THREADS");
    const std::string saved = before ? before : "";
    for (const char* const wish : {"many", "-2", "3x", "2000"}) {
        setenv("HOURGLASS_THREADS", wish, 1);
        expect_refused({}, "HOURGLASS_THREADS");
    }
    setenv("HOURGLASS_THREADS", "3", 1);
    EXPECT_EQ(run({}).code, 0);
    EXPECT_EQ(seen.threads, 3);
    EXPECT_EQ(run({"--threads", "1"}).code, 0);
    EXPECT_EQ(seen.threads, 1);
    before ? setenv("HOURGLASS_THREADS", saved.c_str(), 1) : unsetenv("HOURGLASS_THREADS");
}

TEST_F(LessonTest, DefaultsReachTheBody) {
    EXPECT_EQ(run({}).code, 0);
    EXPECT_EQ(seen.epochs, 5);
    EXPECT_EQ(seen.batch_size, 256);
    EXPECT_EQ(seen.lr, 0.005);
    EXPECT_EQ(seen.seed, 123u);
    EXPECT_EQ(seen.limit, 0);
    EXPECT_GE(seen.threads, 1);
    EXPECT_FALSE(seen.quick);
}

TEST_F(LessonTest, FlagsReachTheBody) {
    const Result r = run({"--epochs", "7",         "--batch-size=64",
                          "--lr",     "1e-3",      "--seed",
                          "9",        "--threads", "1",
                          "--limit",  "500",       "--data",
                          "/tmp",     "--hidden",  "100",
                          "--rho",    "0.25",      "--init",
                          "both",     "--mistake", "--sizes",
                          "3,4,5"});
    EXPECT_EQ(r.code, 0) << r.err;
    EXPECT_EQ(seen.epochs, 7);
    EXPECT_EQ(seen.batch_size, 64);
    EXPECT_EQ(seen.lr, 1e-3);
    EXPECT_EQ(seen.seed, 9u);
    EXPECT_EQ(seen.threads, 1);
    EXPECT_EQ(seen.limit, 500);
    EXPECT_EQ(seen.data, "/tmp");
    EXPECT_EQ(hidden, 100);
    EXPECT_EQ(rho, 0.25);
    EXPECT_EQ(init, "both");
    EXPECT_TRUE(mistake);
    EXPECT_EQ(sizes, (std::vector<int>{3, 4, 5}));
}

TEST_F(LessonTest, QuickTakesItsOwnDefaultsButNotOverAFlag) {
    EXPECT_EQ(run({"--quick", "--epochs", "2", "--sizes", "5,6"}).code, 0);
    EXPECT_TRUE(seen.quick);
    EXPECT_EQ(seen.epochs, 2);
    EXPECT_EQ(seen.limit, 1000);
    EXPECT_EQ(hidden, 4);
    EXPECT_EQ(sizes, (std::vector<int>{5, 6}));
    EXPECT_EQ(metrics()["options"]["hidden"], 4);  // what was used
}

TEST_F(LessonTest, HelpNamesEveryFlag) {
    const Result r = run({"--help"});
    EXPECT_EQ(r.code, 0);
    for (const char* flag :
         {"--epochs", "--batch-size", "--lr", "--seed", "--threads", "--limit", "--data", "--out",
          "--show", "--record", "--quick", "--help", "--hidden", "--init", "--mistake"}) {
        EXPECT_NE(r.out.find(flag), std::string::npos) << flag;
    }
    EXPECT_FALSE(fs::exists(folder));
}

TEST_F(LessonTest, RefusesBadInput) {
    expect_refused({"--no-such-flag"}, "--no-such-flag: there is no such flag");
    expect_refused({"stray"}, "stray");
    expect_refused({"--epochs", "-3"}, "--epochs: '-3' is not a whole number from 1");
    expect_refused({"--epochs", "0"}, "--epochs");
    expect_refused({"--epochs", "1", "--epochs", "2"}, "--epochs is given twice");
    expect_refused({"--epochs", "1", "--epochs=2"}, "--epochs is given twice");
    expect_refused({"--epochs", "010"}, "--epochs: '010' is not a whole number");
    expect_refused({"--epochs", "0x10"}, "--epochs: '0x10' is not a whole number");
    expect_refused({"--epochs", "2.5"}, "--epochs: '2.5' is not a whole number");
    expect_refused({"--epochs", "12abc"}, "--epochs: '12abc'");
    expect_refused({"--epochs", "99999999999999999999"}, "--epochs");
    expect_refused({"--epochs"}, "--epochs");
    expect_refused({"--batch-size", "0"}, "--batch-size: '0'");
    expect_refused({"--lr", "nan"}, "--lr: 'nan' is not a number");
    expect_refused({"--lr", "inf"}, "--lr: 'inf'");
    expect_refused({"--lr", "-0.1"}, "--lr: '-0.1'");
    expect_refused({"--lr", ""}, "--lr");
    expect_refused({"--seed", "-1"}, "--seed: '-1'");
    expect_refused({"--threads", "-1"}, "--threads: '-1'");
    expect_refused({"--limit", "-5"}, "--limit: '-5'");
    expect_refused({"--hidden", "5000"}, "--hidden: '5000' is not a whole number from 1 to 4096");
    expect_refused({"--init", "none"}, "--init: none not in {published,both}");
    expect_refused({"--sizes", "3,x"}, "--sizes: 'x'");
    expect_refused({"--sizes", ""}, "--sizes");
}

TEST_F(LessonTest, RefusesAFolderThatCannotBeWrittenBeforeTheBodyBegins) {
    expect_refused({"--out", "/dev/null/out"}, "cannot write into the folder /dev/null/out");
}

TEST_F(LessonTest, WritesTheContractsMetrics) {
    const Result r = run({"--limit", "500"}, [](const Options&, Report& report) {
        report.metric("test_bce", 0.094, {0.09, 0.096});
        report.metric("plain", 3);
        report.metric("gap", std::vector<float>{1, 0.5f});
        report.metric("matrix", support::Matrix{{1, 2}, {3, 4}});
    });
    EXPECT_EQ(r.code, 0) << r.err;
    const auto json = metrics();
    EXPECT_EQ(json.size(), 4u);
    EXPECT_EQ(json["lesson"], "42_test");
    EXPECT_EQ(json["options"]["limit"], 500);
    EXPECT_EQ(json["options"]["batch_size"], 256);
    EXPECT_EQ(json["options"]["lr"], 0.005);
    EXPECT_EQ(json["options"]["init"], "published");
    EXPECT_EQ(json["options"]["mistake"], false);
    EXPECT_EQ(json["options"]["sizes"], (std::vector<int>{2, 8}));
    EXPECT_EQ(json["metrics"]["test_bce"], 0.094);
    EXPECT_EQ(json["metrics"]["gap"], (std::vector<double>{1, 0.5}));
    EXPECT_EQ(json["metrics"]["matrix"][1][0], 3);
    EXPECT_GE(json["seconds"].get<double>(), 0);
    EXPECT_LT(json["seconds"].get<double>(), 10);
}

// A lesson whose folder is not among the others.
int record(const fs::path& lesson_folder, std::vector<std::string> flags = {}) {
    support::Lesson lesson(lesson_folder, "Test the frame");
    flags.insert(flags.begin(), {"lesson", "--record"});
    std::vector<char*> argv;
    for (auto& flag : flags) argv.push_back(flag.data());
    testing::internal::CaptureStdout();
    const int code = lesson.run(int(argv.size()), argv.data(), [](const Options&, Report& report) {
        report.metric("x", 1.0, {0, 2});
        report.figure("line.png", support::Plot{}.line({1, 2}, {1, 2}));
    });
    testing::internal::GetCapturedStdout();
    return code;
}

TEST_F(LessonTest, RecordingKeepsFiguresAndMetricsInTheLessonsFolder) {
    if (!support::can_draw_figures()) GTEST_SKIP() << "gnuplot is not installed";
    fs::create_directories(folder);
    EXPECT_EQ(record(folder, {"--threads", "1"}), 0);
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(folder / "figures"))
        files.insert(entry.path().filename());
    EXPECT_EQ(files, (std::set<std::string>{"line.png", "line.svg", "metrics.json"}));
    folder /= "figures";
    const auto json = metrics();
    folder = folder.parent_path();
    EXPECT_EQ(json["metrics"]["x"], 1);
    EXPECT_EQ(json["options"]["epochs"], 1);
    for (const char* name : {"data", "threads"}) EXPECT_FALSE(json["options"].contains(name));
    EXPECT_FALSE(json.contains("seconds"));
}

TEST_F(LessonTest, OnlyARunAtTheDefaultsIsRecorded) {
    for (const std::string flag : {"--epochs", "--seed", "--hidden"})
        expect_refused({"--record", flag, "5"}, "leave out " + flag);
    expect_refused({"--record", "--quick"}, "leave out --quick");
    expect_refused({"--record"}, "leave out --out");
    testing::internal::CaptureStderr();
    EXPECT_EQ(record("42_test"), 2);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("has no folder"), std::string::npos);
}

TEST_F(LessonTest, OffAtDefaultOptionsIsExitCodeOne) {
    auto off = [](const Options&, Report& report) {
        report.metric("good", 1, {1, 2});
        report.metric("bad", 3, {1, 2});
    };
    const Result r = run({}, off);
    EXPECT_EQ(r.code, 1);
    EXPECT_NE(r.out.find("checks: 1 ok, 1 off"), std::string::npos) << r.out;
    EXPECT_TRUE(fs::exists(folder / "metrics.json"));
    EXPECT_EQ(run({"--threads", "1", "--seed", "123"}, off).code, 1)
        << "these leave the options at their defaults";
}

TEST_F(LessonTest, OffAtOtherOptionsIsAWarning) {
    const Result r = run({"--rho", "0.3"}, [](const Options&, Report& report) {
        report.metric("bad", 3, {.max = 2});
    });
    EXPECT_EQ(r.code, 0);
    EXPECT_NE(r.out.find("off"), std::string::npos);
    EXPECT_NE(r.err.find("warning: 1 off"), std::string::npos) << r.err;
}

TEST_F(LessonTest, QuickJudgesNoRangeButStillNotFiniteNumbers) {
    const Result r = run({"--quick"}, [](const Options&, Report& report) {
        report.metric("bad", 3, {1, 2});
    });
    EXPECT_EQ(r.code, 0);
    EXPECT_NE(r.out.find("not judged"), std::string::npos) << r.out;
    EXPECT_NE(r.out.find("checks: 0 ok, 0 off"), std::string::npos) << r.out;
}

TEST_F(LessonTest, ANumberThatIsNotFiniteIsOff) {
    EXPECT_EQ(
        run({}, [](const Options&, Report& report) { report.metric("x", std::nan("")); }).code, 1);
    EXPECT_EQ(metrics()["metrics"]["x"], nullptr);
}

TEST_F(LessonTest, ANumberThatIsNotFiniteFailsAtAnyOptions) {
    for (const std::vector<std::string>& flags :
         {std::vector<std::string>{"--quick"}, {"--lr", "7"}}) {
        const Result r =
            run(flags, [](const Options&, Report& report) { report.metric("x", std::nan("")); });
        EXPECT_EQ(r.code, 1);
        EXPECT_NE(r.err.find("1 of the quantities are not finite"), std::string::npos) << r.err;
    }
}

TEST_F(LessonTest, LeftoversOfARunThatDiedAreNotPublished) {
    const auto stale = folder / (".unfinished-" + std::to_string(getpid()));
    fs::create_directories(stale);
    std::ofstream(stale / "old.png") << "old";
    EXPECT_EQ(run({}).code, 0);
    EXPECT_FALSE(fs::exists(folder / "old.png"));
}

TEST_F(LessonTest, ProgramsThatALessonStartsTakeSignalsAsEver) {
    run({}, [](const Options&, Report&) {
        // A shell that Ctrl-C ends: it would sleep for ten seconds otherwise.
        EXPECT_NE(std::system("kill -INT $$; sleep 10"), 0);
    });
}

TEST(Text, FormatHasNoLimit) {
    const std::string word(1000, 'x');
    EXPECT_EQ(support::format("%s!", word.c_str()), word + "!");
}

TEST(Text, TheLargerOrSmallerOfANumberAndNoneIsNone) {
    EXPECT_EQ(support::larger(1, 2), 2);
    EXPECT_EQ(support::larger(2, 1), 2);
    EXPECT_EQ(support::smaller(1, 2), 1);
    EXPECT_EQ(support::smaller(2, 1), 1);
    for (const auto f : {support::larger, support::smaller}) {
        EXPECT_TRUE(std::isnan(f(NAN, 1)));
        EXPECT_TRUE(std::isnan(f(1, NAN)));
    }
}

TEST(Text, APartIsPublishedWholeOrNotAtAll) {
    const fs::path folder = fs::temp_directory_path() / ("text_test_" + std::to_string(getpid()));
    fs::create_directories(folder / ".unfinished-1");  // of a run that died
    std::ofstream(folder / "file") << "old";
    {
        const support::Unfinished unfinished(folder / "file"), another(folder / "file");
        std::ofstream(unfinished.part("part")) << "new";
        EXPECT_THROW(unfinished.publish(unfinished.part("part"), false), std::runtime_error);
        EXPECT_EQ(support::read_file(folder / "file"), "old");
        unfinished.publish(unfinished.part("part"), true);
        EXPECT_EQ(support::read_file(folder / "file"), "new");
        EXPECT_THROW(another.publish(another.part("part"), true), std::runtime_error);
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2) << "beside the leftover";
    EXPECT_THROW(support::Unfinished(folder / "file" / "x"), std::runtime_error);
    fs::remove_all(folder);
}

TEST(Text, AShellTakesAnyTextAsOneWord) {
    EXPECT_TRUE(support::succeeds("test " + support::shell_word("it's") + " = \"it's\""));
    const std::string odd = "a b\n$HOME `x` \\ \"'";
    EXPECT_TRUE(support::succeeds("word=" + support::shell_word(odd) +
                                  "; test ${#word} = " + std::to_string(odd.size())));
    EXPECT_FALSE(support::succeeds("false"));
}

TEST_F(LessonTest, AnInfiniteEntryOfAListIsOff) {
    const Result r = run({}, [](const Options&, Report& report) {
        report.metric("list", {1.0, HUGE_VAL});
    });
    EXPECT_EQ(r.code, 1);
    EXPECT_NE(r.out.find("not a finite number"), std::string::npos) << r.out;
}

TEST_F(LessonTest, BoundsBelongToTheRange) {
    EXPECT_EQ(run({},
                  [](const Options&, Report& report) {
                      report.metric("low", 1, {1, 2});
                      report.metric("high", 2, {1, 2});
                      report.metric("at_least", 5, {.min = 5});
                  })
                  .code,
              0);
}

TEST_F(LessonTest, AFailedRunLeavesNothing) {
    const Result r = run({}, [](const Options&, Report& report) {
        std::ofstream(report.file("weights.bin")) << "half";
        throw std::runtime_error("data/mnist/test.png: the file is\ncut short");
    });
    EXPECT_EQ(r.code, 2);
    EXPECT_EQ(r.err, "42_test: data/mnist/test.png: the file is cut short\n");
    EXPECT_FALSE(fs::exists(folder));
}

TEST_F(LessonTest, AFailedRunKeepsWhatWasThereBefore) {
    fs::create_directories(folder);
    std::ofstream(folder / "metrics.json") << "before";
    run({}, [](const Options&, Report& report) {
        report.metric("x", 1);
        std::ofstream(report.file("metrics.json")) << "half";
        throw std::runtime_error("no");
    });
    std::string content;
    std::ifstream(folder / "metrics.json") >> content;
    EXPECT_EQ(content, "before");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

TEST_F(LessonTest, ASuccessfulRunLeavesOnlyWhatItPublishes) {
    run({}, [](const Options&, Report& report) {
        std::ofstream(report.file("graph.dot")) << "digraph {}";
    });
    EXPECT_TRUE(fs::exists(folder / "graph.dot"));
    EXPECT_TRUE(fs::exists(folder / "metrics.json"));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2);
}

TEST_F(LessonTest, InterruptionLeavesNothing) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const fs::path out = fs::temp_directory_path() / "lesson_test_interrupted";
    fs::remove_all(out);
    auto interrupted = [&] {
        run({"--out", out.string(), "--threads", "2"}, [&](const Options&, Report& report) {
            std::ofstream(report.file("weights.bin")) << "half";
            if (!fs::exists(out)) _exit(99);
            kill(getpid(), SIGINT);
            sleep(20);
        });
    };
    EXPECT_EXIT(interrupted(), testing::ExitedWithCode(130), "");
    EXPECT_FALSE(fs::exists(out));
}

// As in the background of a script, where Ctrl-C is for what runs in front.
TEST_F(LessonTest, WhatWasIgnoredStaysIgnored) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    auto run_on = [&] {
        std::signal(SIGINT, SIG_IGN);
        const Result r = run({}, [](const Options&, Report&) {
            kill(getpid(), SIGINT);
            usleep(50'000);
        });
        _exit(r.code);
    };
    EXPECT_EXIT(run_on(), testing::ExitedWithCode(0), "");
}

// lesson | head -1
TEST_F(LessonTest, AReaderThatHasGoneEndsTheRunAndLeavesNothing) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const fs::path out = fs::temp_directory_path() / "lesson_test_without_a_reader";
    fs::remove_all(out);
    auto cut_off = [&] {
        std::signal(SIGPIPE, SIG_DFL);
        run({"--out", out.string()}, [&](const Options&, Report& report) {
            std::ofstream(report.file("weights.bin")) << "half";
            int ends[2];
            if (pipe(ends) != 0) _exit(99);
            close(ends[0]);
            [[maybe_unused]] const auto n = write(ends[1], "x", 1);
            sleep(20);
        });
    };
    EXPECT_EXIT(cut_off(), testing::ExitedWithCode(128 + SIGPIPE), "");
    EXPECT_FALSE(fs::exists(out));
}

// lesson >&- <&-: the files that it opens are not taken for the streams.
TEST_F(LessonTest, ClosedStreamsDoNoHarm) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    auto closed = [&] {
        close(STDIN_FILENO), close(STDOUT_FILENO);
        std::string words[] = {"lesson", "--out", folder.string()};
        char* argv[] = {words[0].data(), words[1].data(), words[2].data()};
        support::Lesson lesson("42_test", "Test the frame");
        _exit(lesson.run(3, argv, [](const Options&, Report&) {}));
    };
    EXPECT_EXIT(closed(), testing::ExitedWithCode(0), "");
}

TEST_F(LessonTest, NoticesThatItsTableIsLost) {
    const Result r = run({}, [](const Options&, Report&) {
        const int full = open("/dev/full", O_WRONLY);
        dup2(full, STDOUT_FILENO);
        close(full);
    });
    std::cout.clear(), std::clearerr(stdout);
    EXPECT_EQ(r.code, 2);
    EXPECT_NE(r.err.find("could not be written"), std::string::npos) << r.err;
}

TEST_F(LessonTest, SaysThatMemoryIsShort) {
    const Result r = run({}, [](const Options&, Report&) { throw std::bad_alloc(); });
    EXPECT_EQ(r.code, 2);
    EXPECT_NE(r.err.find("42_test: out of memory"), std::string::npos) << r.err;
}

TEST_F(LessonTest, ProgressWithoutATerminalIsPlainLines) {
    const Result r = run({}, [](const Options&, Report&) {
        support::Progress progress(2, 100, "q = 0.3");
        progress.batch(0.7, 60);
        EXPECT_NEAR(progress.done(), 0.3, 1e-12);
        progress.batch(0.2, 40);
        EXPECT_NEAR(progress.finish_epoch("test_bce 0.1"), 0.5, 1e-12);
        progress.batch(0.25, 100);
        EXPECT_NEAR(progress.finish_epoch(), 0.25, 1e-12);
        EXPECT_NEAR(progress.done(), 1, 1e-12);
    });
    EXPECT_EQ(r.out.find('\r'), std::string::npos);
    EXPECT_EQ(r.out.find("0.7"), std::string::npos);
    EXPECT_NE(r.out.find("epoch 1/2  loss 0.5"), std::string::npos) << r.out;
    EXPECT_NE(r.out.find("q = 0.3  test_bce 0.1\nepoch 2/2  loss 0.25"), std::string::npos)
        << r.out;
}

TEST_F(LessonTest, ProgressOfManyEpochsCanBeALineForSeveral) {
    const Result r = run({}, [](const Options&, Report&) {
        support::Progress progress(5, 10, "few images", 2);
        for (int epoch = 1; epoch <= 5; ++epoch) {
            progress.batch(0.5 * epoch, 10);
            EXPECT_EQ(progress.finish_epoch(), 0.5 * epoch);
        }
    });
    for (const char* line : {"epoch 2/5  loss 1.0", "epoch 4/5  loss 2.0", "epoch 5/5  loss 2.5"})
        EXPECT_NE(r.out.find(line), std::string::npos) << r.out;
    EXPECT_EQ(r.out.find("epoch 1/5"), std::string::npos);
    EXPECT_EQ(r.out.find("epoch 3/5"), std::string::npos);
}

}  // namespace
