#pragma once

// The frame of a lesson: command line, output folder, metrics and the closing table. The model, the
// loss and the training loop are the lesson's own; lessons/02_autoencoder/main.cpp is a whole one.
//
//     support::Lesson lesson("02_autoencoder", "Compress a digit to 32 numbers and back");
//     lesson.defaults({.epochs = 5, .batch_size = 256, .lr = 0.005, .seed = 123});
//     lesson.quick({.epochs = 1, .limit = 2000});          // what --quick changes
//     lesson.flag("--hidden", hidden, {1, 4096}, "numbers in the code");
//     return lesson.run(argc, argv, [&](const support::Options& options, support::Report& report) {
//         ...
//         report.metric("test_bce", test_bce, {0.090, 0.096});   // expected at default options
//         report.figure("loss.png", support::Plot{.title = "Loss"}.line(x, y));
//     });

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lessons/support/progress.h"
#include "lessons/support/report.h"

namespace support {

std::filesystem::path default_data_dir();  // see dataset.h

// The flags that every lesson has.
struct Options {
    int epochs = 1;
    int batch_size = 256;
    double lr = 0.001;
    std::uint64_t seed = 1;
    int threads = 0;  // as many as there are cores
    int limit = 0;    // train on the first `limit` images; 0: all
    std::filesystem::path data = default_data_dir();
    std::filesystem::path out = {};                          // out/NN_name in the current folder
    bool show = false;                                       // open windows, too
    bool record = false;                                     // what the lesson's page shows
    bool quick = false;                                      // a smoke run
    std::filesystem::path load = {}, save = {}, graph = {};  // see Lesson::weights
};

// What --quick puts in place of the defaults; a flag given on the command line still wins.
struct Quick {
    int epochs = 1;
    int limit = 2000;
    std::vector<std::pair<std::string, std::string>> flags = {};  // the lesson's: {"--hidden", "8"}
};

// Smallest and largest value that a flag takes.
struct Limits {
    double min, max;
};

class Lesson {
  public:
    Lesson(std::string name, std::string purpose);
    ~Lesson();

    void defaults(Options options);
    void quick(Quick quick);

    // A flag of the lesson's own: `value` holds the default, and after run() has begun what was
    // given. Lists are given as 2,8,32.
    // T: int, double, std::vector<int> or std::vector<double>
    template <class T>
    void flag(const std::string& name, T& value, Limits limits, const std::string& help);
    void flag(const std::string& name, bool& value, const std::string& help);
    void flag(const std::string& name, std::string& value, const std::vector<std::string>& allowed,
              const std::string& help);

    // What --help says of --data and --limit, for a lesson that takes something else than digits.
    void data(const std::string& folder, const std::string& limit);

    // Adds --load, --save and --graph: weights to begin with, the file for those at the end, and
    // one for the graph of a training step. `which`: the network that they are about, as in "the
    // weights of {which}". What the three name is looked at before the body runs; lessons::Weights
    // in lessons/02_autoencoder/weights.h does the work.
    void weights(const std::string& which);

    // Reads the command line, runs the body, prints the table and puts the files in their place.
    // Returns the exit code: 0; 1 when a quantity is off at default options, or not a finite number
    // at any; 2 for bad input, after one line on stderr that says what is wrong. Nothing is left in
    // the output folder unless the run came to its end.
    int run(int argc, char** argv, const std::function<void(const Options&, Report&)>& body);

  private:
    struct State;
    std::unique_ptr<State> state;
};

}  // namespace support
