// support::Lesson, with flags of every type and a body that only looks at them: the exit code is 0
// or 2, a flag that reaches the body is within its limits, and a refused command line leaves no
// file. An input is the arguments, a line each.
#include <cmath>
#include <iostream>
#include <sstream>

#include "lessons/support/lesson.h"
#include "tests/fuzz/fuzz.h"

std::vector<std::string> fuzz::seeds() {
    return {"",
            "--help",
            "--quick",
            "--epochs\n3\n--batch-size=32\n--lr\n1e-3\n--seed\n7\n--limit\n100\n--threads\n2",
            "--units=5\n--noise\n0.25\n--widths\n1,2,30\n--rates=0.5,1e-3\n--tied\n--kind\nsparse",
            "--out\nresults\n--data\nfolder\n--show",
            "--epochs\n010",
            "--lr\nnan",
            "--units",
            "--unknown\n1",
            "extra"};
}

namespace {

// Arguments that can't lead out of the folder.
std::vector<std::string> arguments(const std::uint8_t* data, std::size_t size) {
    std::istringstream lines(std::string(data, data + size));
    std::vector<std::string> result{"lesson"};
    for (std::string line; result.size() < 30 && std::getline(lines, line);) {
        line = line.substr(0, line.find('\0'));
        std::erase(line, '/');
        if (line.find("..") == std::string::npos) result.push_back(line);
    }
    return result;
}

template <class Number>
bool within(Number value, double low, double high) {
    return double(value) >= low && double(value) <= high;
}

void run(std::vector<std::string> arguments) {
    using fuzz::require;
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);

    support::Lesson lesson("99_fuzz", "See what the flags take");
    lesson.defaults({.epochs = 5, .batch_size = 256, .lr = 0.005, .seed = 123});
    lesson.quick({.epochs = 1, .limit = 2000, .flags = {{"--units", "8"}}});
    int units = 32;
    double noise = 0.1;
    std::vector<int> widths{2, 8};
    std::vector<double> rates{0.1};
    bool tied = false;
    std::string kind = "plain";
    lesson.flag("--units", units, {1, 4096}, "");
    lesson.flag("--noise", noise, {0, 1}, "");
    lesson.flag("--widths", widths, {1, 100}, "");
    lesson.flag("--rates", rates, {1e-6, 1}, "");
    lesson.flag("--tied", tied, "");
    lesson.flag("--kind", kind, {"plain", "sparse"}, "");

    bool reached = false;
    const int code = lesson.run(
        int(arguments.size()), argv.data(), [&](const support::Options& o, support::Report&) {
            reached = true;
            require(within(o.epochs, 1, 1e6) && within(o.batch_size, 1, 1e6) &&
                        within(o.lr, 1e-12, 1e6) && within(o.seed, 0, 9e15) &&
                        within(o.limit, 0, 1e9) && within(o.threads, 1, 1024),
                    "every lesson's flags are within their limits");
            require(within(units, 1, 4096) && within(noise, 0, 1), "numbers are within limits");
            require(!widths.empty() && !rates.empty(), "no list is empty");
            for (const int width : widths) require(within(width, 1, 100), "so is all of a list");
            for (const double rate : rates) require(within(rate, 1e-6, 1), "so is all of a list");
            require(kind == "plain" || kind == "sparse", "a word is one of those allowed");
        });
    require(code == 0 || code == 2, "the exit code is 0 or 2");
    bool files = false;
    for (const auto& entry : fuzz::fs::recursive_directory_iterator(fuzz::folder()))
        files |= !entry.is_directory();
    require(files == (reached && code == 0), "files are left by a whole run, and by no other");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static std::ostringstream out, err;  // what a run prints is not for the terminal
    std::cout.rdbuf(out.rdbuf());
    std::cerr.rdbuf(err.rdbuf());
    err.str("");
    out.str("");
    static const auto corpus = fuzz::fs::current_path();
    fuzz::fs::current_path(fuzz::folder());
    run(arguments(data, size));
    fuzz::fs::current_path(corpus);  // where libFuzzer writes
    for (const auto& entry : fuzz::fs::directory_iterator(fuzz::folder()))
        fuzz::fs::remove_all(entry);
    const std::string message = err.str();
    fuzz::require(
        message.find('\n') == std::string::npos || message.find('\n') + 1 == message.size(),
        "a message is one line");
    return 0;
}
