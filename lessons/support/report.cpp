#include "lessons/support/report.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "lessons/support/text.h"

namespace support {

namespace fs = std::filesystem;

Report::Report(fs::path final_folder, bool show_windows)
    : folder(std::move(final_folder)), show(show_windows) {
    existing = fs::absolute(folder).lexically_normal();
    while (!fs::exists(existing) && existing.has_relative_path()) existing = existing.parent_path();
    staging = folder / (".unfinished-" + std::to_string(getpid()));
    std::error_code error;
    fs::create_directories(staging, error);
    if (!error && access(staging.c_str(), W_OK) != 0)
        error = std::make_error_code(std::errc::permission_denied);
    if (error) {
        throw std::runtime_error("cannot write into the folder " + folder.string() + " (" +
                                 error.message() + "): choose another with --out");
    }
}

Report::~Report() { discard(); }

void Report::discard() {
    std::error_code ignored;
    fs::remove_all(staging, ignored);
    // Folders that this run made and left empty go, too: remove() refuses others.
    for (auto path = fs::absolute(folder).lexically_normal();
         path != existing && path.has_relative_path(); path = path.parent_path()) {
        if (!fs::remove(path, ignored) || ignored) break;
    }
}

template <class T>
void Report::add(const std::string& name, const T& value, std::optional<Expected> expected) {
    if (std::ranges::any_of(metrics, [&](const auto& other) { return other.name == name; }))
        throw std::invalid_argument("the metric " + name + " is reported twice");
    const std::string json = nlohmann::json(value).dump();  // null is what was not finite
    Metric metric{name, json, json.find("null") == std::string::npos, {}, expected};
    if constexpr (std::is_same_v<T, double>) metric.value = value;
    metrics.push_back(std::move(metric));
}

void Report::metric(const std::string& name, double value) { add(name, value); }
void Report::metric(const std::string& name, double value, Expected expected) {
    add(name, value, expected);
}
void Report::metric(const std::string& name, const Values& values) {
    add(name, static_cast<const std::vector<double>&>(values));
}
void Report::metric(const std::string& name, const Matrix& values) { add(name, values); }

void Report::figure(const std::string& name, const Panel& panel) {
    figure(name, std::vector<Panel>{panel}, 1);
}
void Report::figure(const std::string& name, const std::vector<Panel>& panels, int columns) {
    draw(file(name), panels, columns, show);
}

fs::path Report::file(const std::string& name) const { return staging / name; }

namespace {

std::string text(double value) { return format("%.5g", value); }

std::string text(Expected e) {
    if (std::isinf(e.min)) return "at most " + text(e.max);
    if (std::isinf(e.max)) return "at least " + text(e.min);
    return text(e.min) + " .. " + text(e.max);
}

// Off is a number outside its range, where ranges count, and always what is not a number at all.
bool is_off(const auto& metric, bool judge) {
    return !metric.finite ||
           (judge && metric.expected &&
            !(*metric.value >= metric.expected->min && *metric.value <= metric.expected->max));
}

}  // namespace

int Report::off(bool judge) const {
    return static_cast<int>(
        std::ranges::count_if(metrics, [&](const auto& metric) { return is_off(metric, judge); }));
}

int Report::ok() const {
    return static_cast<int>(std::ranges::count_if(
        metrics, [](const auto& metric) { return metric.expected && !is_off(metric, true); }));
}

std::string Report::table(bool judge) const {
    std::vector<std::array<std::string, 4>> rows = {{"quantity", "this run", "expected", ""}};
    for (const auto& metric : metrics) {
        if (!metric.value && metric.finite) continue;  // lists are in metrics.json
        rows.push_back({metric.name, metric.value ? text(*metric.value) : "(list)",
                        metric.expected ? text(*metric.expected) : "",
                        !metric.finite         ? "off: not a finite number"
                        : !metric.expected     ? ""
                        : !judge               ? "not judged"
                        : is_off(metric, true) ? "off"
                                               : "ok"});
    }
    std::vector<std::size_t> widths(4, 0);
    for (const auto& row : rows) {
        for (std::size_t c = 0; c < 4; ++c) widths[c] = std::max(widths[c], row[c].size());
    }
    std::string out;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::string line;
        for (std::size_t c = 0; c < 4; ++c)
            line += rows[r][c] + std::string(widths[c] - rows[r][c].size() + 2, ' ');
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
        if (r == 0) out += std::string(widths[0] + widths[1] + widths[2] + 14, '-') + "\n";
    }
    return out;
}

void Report::publish(const std::string& lesson, const std::string& options) {
    nlohmann::ordered_json json;
    json["lesson"] = lesson;
    json["options"] = nlohmann::ordered_json::parse(options);
    json["metrics"] = nlohmann::ordered_json::object();
    for (const auto& metric : metrics)
        json["metrics"][metric.name] = nlohmann::ordered_json::parse(metric.json);
    json["seconds"] =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::ofstream out(staging / "metrics.json");
    out << json.dump(2) << '\n';
    out.close();
    if (!out)
        throw std::runtime_error("cannot write metrics.json into " + folder.string() +
                                 " (is the disk full?)");

    // metrics.json last: where it stands, everything does.
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(staging))
        files.push_back(entry.path().filename());
    std::partition(files.begin(), files.end(),
                   [](const auto& name) { return name != "metrics.json"; });
    for (const auto& name : files) fs::rename(staging / name, folder / name);
}

}  // namespace support
