#include "lessons/support/report.h"

#include <unistd.h>

#include <algorithm>
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

void Report::add(Metric metric) {
    for (const auto& other : metrics) {
        if (other.name == metric.name)
            throw std::invalid_argument("the metric " + metric.name + " is reported twice");
    }
    metrics.push_back(std::move(metric));
}

void Report::metric(const std::string& name, double value) { add({name, value, {}, false}); }
void Report::metric(const std::string& name, double value, Expected expected) {
    add({name, value, expected, true});
}
void Report::metric(const std::string& name, const Values& values) {
    add({name, static_cast<const std::vector<double>&>(values), {}, false});
}
void Report::metric(const std::string& name, const Matrix& values) {
    add({name, values, {}, false});
}

void Report::figure(const std::string& name, const Panel& panel) {
    figure(name, std::vector<Panel>{panel}, 1);
}
void Report::figure(const std::string& name, const std::vector<Panel>& panels, int columns) {
    draw(file(name), panels, columns, show);
}

fs::path Report::file(const std::string& name) const { return staging / name; }

namespace {

bool finite(double value) { return std::isfinite(value); }
bool finite(const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}
bool finite(const Matrix& rows) {
    return std::all_of(rows.begin(), rows.end(), [](const auto& row) { return finite(row); });
}

std::string text(double value) { return format("%.5g", value); }

std::string text(Expected e) {
    if (std::isinf(e.min)) return "at most " + text(e.max);
    if (std::isinf(e.max)) return "at least " + text(e.min);
    return text(e.min) + " .. " + text(e.max);
}

bool is_finite(const auto& metric) {
    return std::visit([](const auto& value) { return finite(value); }, metric.value);
}

// Off is a number outside its range, where ranges count, and always what is not a number at all.
bool is_off(const auto& metric, bool judge) {
    if (!is_finite(metric)) return true;
    if (!judge || !metric.judged) return false;
    const double value = std::get<double>(metric.value);
    return value < metric.expected.min || value > metric.expected.max;
}

}  // namespace

int Report::off(bool judge) const {
    return static_cast<int>(std::count_if(
        metrics.begin(), metrics.end(), [&](const auto& metric) { return is_off(metric, judge); }));
}

int Report::ok() const {
    return static_cast<int>(std::count_if(metrics.begin(), metrics.end(), [&](const auto& metric) {
        return metric.judged && !is_off(metric, true);
    }));
}

std::string Report::table(bool judge) const {
    std::vector<std::vector<std::string>> rows = {{"quantity", "this run", "expected", ""}};
    for (const auto& metric : metrics) {
        const double* value = std::get_if<double>(&metric.value);
        if (!value && is_finite(metric)) continue;  // lists are in metrics.json
        std::string verdict;
        if (!is_finite(metric))
            verdict = "off: not a finite number";
        else if (metric.judged)
            verdict = !judge ? "not judged" : is_off(metric, true) ? "off" : "ok";
        rows.push_back({metric.name, value ? text(*value) : "(list)",
                        metric.judged ? text(metric.expected) : "", verdict});
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
    for (const auto& metric : metrics) {
        std::visit([&](const auto& value) { json["metrics"][metric.name] = value; }, metric.value);
    }
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
