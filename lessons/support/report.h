#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lessons/support/plot.h"

namespace support {

// The values that a quantity is expected to have at default options, ends included.
struct Expected {
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
};

using Matrix = std::vector<std::vector<double>>;

// What a run leaves behind: metrics.json, figures, and the table that it prints last. Everything is
// written into a folder beside the final place and moved when the run has come to its end.
class Report {
  public:
    Report(std::filesystem::path folder, bool show);
    ~Report();
    Report(const Report&) = delete;
    Report& operator=(const Report&) = delete;

    void metric(const std::string& name, double value);  // a row without judgement
    void metric(const std::string& name, double value, Expected expected);
    void metric(const std::string& name, const Values& values);
    void metric(const std::string& name, const Matrix& values);

    // Draws a PNG, from one panel or from several in rows of `columns`.
    void figure(const std::string& file, const Panel& panel);
    void figure(const std::string& file, const std::vector<Panel>& panels, int columns = 2);

    // Where to write any other file of the run, which is then published with the rest.
    std::filesystem::path file(const std::string& name) const;

    // The table, and how many quantities are off. `judge`: whether the expected ranges count.
    std::string table(bool judge) const;
    int ok() const;
    int off(bool judge) const;

    void discard();  // removes the unfinished files

    // Writes metrics.json and moves all files into the folder. `options`: a JSON object.
    void publish(const std::string& lesson, const std::string& options);

  private:
    struct Metric {
        std::string name;
        std::variant<double, std::vector<double>, Matrix> value;
        Expected expected;
        bool judged;
    };
    void add(Metric metric);

    std::filesystem::path folder;    // where the files end up
    std::filesystem::path existing;  // the part of that path that was there before
    std::filesystem::path staging;   // where they are until then
    bool show;
    std::vector<Metric> metrics;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

}  // namespace support
