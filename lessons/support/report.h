#pragma once

#include <chrono>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lessons/support/plot.h"

namespace support {

// The values that a quantity is expected to have at default options, ends included; any, if not
// said.
struct Expected {
    double min = -std::numeric_limits<double>::infinity();
    double max = std::numeric_limits<double>::infinity();
};

using Matrix = std::vector<std::vector<double>>;

// What a run leaves behind: metrics.json, figures, and the table that it prints last. Everything is
// written into a folder beside the final place and moved when the run has come to its end.
class Report {
  public:
    // std::runtime_error when nothing can be written into the folder, which is made if need be.
    // `show`: figures are opened in windows, too. `record`: the run is kept for a page, each figure
    // as SVG, too, and no time in metrics.json.
    Report(std::filesystem::path folder, bool show, bool record = false);
    ~Report();
    Report(const Report&) = delete;
    Report& operator=(const Report&) = delete;

    // A quantity of metrics.json: a number, without judgement or with its expected range; a list; a
    // matrix, by rows. Lists and matrices are not in the table. A name with a dot, plain.test_bce,
    // is an object in the object, and in the table only with a range. std::invalid_argument when
    // the name was reported before.
    void metric(const std::string& name, double value, Expected expected = {});
    void metric(const std::string& name, const Values& values);
    void metric(const std::string& name, const Matrix& values);

    // Draws a PNG, from one panel or from several in rows of `columns`, while the run goes on.
    // Errors: see draw() in plot.h; it is publish() that throws them.
    void figure(const std::string& file, const Panel& panel) { figure(file, std::vector{panel}); }
    void figure(const std::string& file, const std::vector<Panel>& panels, int columns = 2);

    // Where to write any other file of the run, which is then published with the rest.
    std::filesystem::path file(const std::string& name) const;

    // The table of quantities, each with a verdict, and how many verdicts begin with `word`. What
    // is not finite is "off" always; with `judge`, what is out of its range, too, and the others
    // "ok".
    std::string table(bool judge) const;
    int count(const std::string& word, bool judge) const;

    void discard();  // removes the unfinished files

    // Writes metrics.json and moves all files into the folder. `options`: a JSON object;
    // `interrupted`: the run was, and says so.
    // std::runtime_error when they cannot be written, std::filesystem::filesystem_error when they
    // cannot be moved.
    void publish(const std::string& lesson, const std::string& options, bool interrupted);

  private:
    struct Metric {
        std::string name, json;
        bool finite;
        std::optional<double> value = {};  // none: a list
        Expected expected = {};
    };
    void add(const std::string& name, const auto& value);

    std::filesystem::path folder;    // where the files end up
    std::filesystem::path existing;  // the part of that path that was there before
    std::filesystem::path staging;   // where they are until then
    bool show, record;
    std::vector<Metric> metrics;
    struct Drawings;  // its threads are not in this header: a page of the book has none
    std::unique_ptr<Drawings> drawings;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

}  // namespace support
