#include "lessons/support/report.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "lessons/support/text.h"

namespace support {

namespace fs = std::filesystem;

struct Report::Drawings : std::vector<std::future<void>> {};

Report::Report(fs::path final_folder, bool show_windows, bool for_a_page)
    : folder(std::move(final_folder)),
      show(show_windows),
      record(for_a_page),
      drawings(std::make_unique<Drawings>()) {
    existing = fs::absolute(folder).lexically_normal();
    while (!fs::exists(existing) && existing.has_relative_path()) existing = existing.parent_path();
    std::error_code error;
    fs::create_directories(folder, error);
    std::string name = folder / ".unfinished-XXXXXX";
    if (!error && !mkdtemp(name.data())) error = {errno, std::generic_category()};
    staging = name;
    if (error) {
        discard();
        throw std::runtime_error("cannot write into the folder " + folder.string() + " (" +
                                 error.message() + "): choose another with --out");
    }
}

Report::~Report() {
    drawings->clear();  // waits for them
    discard();
}

void Report::discard() {
    std::error_code ignored;
    fs::remove_all(staging, ignored);
    // Folders that this run made and left empty go, too: remove() refuses others.
    for (auto path = fs::absolute(folder).lexically_normal();
         path != existing && path.has_relative_path(); path = path.parent_path()) {
        if (!fs::remove(path, ignored) || ignored) break;
    }
}

void Report::add(const std::string& name, const auto& value) {
    if (std::ranges::any_of(metrics, [&](const auto& other) { return other.name == name; }))
        throw std::invalid_argument("the metric " + name + " is reported twice");
    const std::string json = nlohmann::json(value).dump();  // null is what was not finite
    metrics.push_back({name, json, json.find("null") == std::string::npos});
}

void Report::metric(const std::string& name, double value, Expected expected) {
    add(name, value);
    metrics.back().value = value, metrics.back().expected = expected;
}
void Report::metric(const std::string& name, const Values& values) {
    add(name, static_cast<const std::vector<double>&>(values));
}
void Report::metric(const std::string& name, const Matrix& values) { add(name, values); }

void Report::figure(const std::string& name, const std::vector<Panel>& panels, int columns) {
    drawings->push_back(std::async(std::launch::async,
                                   [=, this] { draw(file(name), panels, columns, show, record); }));
}

fs::path Report::file(const std::string& name) const { return staging / name; }

namespace {

std::string text(Expected e) {
    if (std::isinf(e.min)) return std::isinf(e.max) ? "" : format("at most %.5g", e.max);
    if (std::isinf(e.max)) return format("at least %.5g", e.min);
    return format("%.5g .. %.5g", e.min, e.max);
}

std::string verdict(const auto& metric, bool judge) {
    if (!metric.finite) return "off: not a finite number";
    if (text(metric.expected).empty()) return "";
    if (!judge) return "not judged";
    return *metric.value >= metric.expected.min && *metric.value <= metric.expected.max ? "ok"
                                                                                        : "off";
}

}  // namespace

int Report::count(const std::string& word, bool judge) const {
    return int(std::ranges::count_if(
        metrics, [&](const auto& metric) { return verdict(metric, judge).starts_with(word); }));
}

std::string Report::table(bool judge) const {
    int width = 8;
    for (const auto& metric : metrics) width = std::max(width, int(metric.name.size()));
    std::string out = format("%-*s  %-12s  %s\n", width, "quantity", "this run", "expected") +
                      std::string(std::size_t(width) + 48, '-') + '\n';
    for (const auto& metric : metrics) {
        // Lists, and numbers of an object that nothing is expected of, are in metrics.json alone.
        const bool part = metric.name.find('.') != std::string::npos;
        if (metric.finite && (!metric.value || (part && text(metric.expected).empty()))) continue;
        out += format("%-*s  %-12s  %-24s  %s", width, metric.name.c_str(),
                      metric.value ? format("%.5g", *metric.value).c_str() : "(list)",
                      text(metric.expected).c_str(), verdict(metric, judge).c_str());
        out.erase(out.find_last_not_of(' ') + 1);
        out += '\n';
    }
    return out;
}

void Report::publish(const std::string& lesson, const std::string& options, bool interrupted) {
    for (auto& drawing : *drawings) drawing.get();
    using Json = nlohmann::ordered_json;
    Json json = {
        {"lesson", lesson}, {"options", Json::parse(options)}, {"metrics", Json::object()}};
    for (const auto& metric : metrics) {  // "plain.test_bce" is test_bce in the object plain
        std::string path = '/' + metric.name;
        std::ranges::replace(path, '.', '/');
        json["metrics"][Json::json_pointer(path)] = Json::parse(metric.json);
    }
    if (interrupted) json["interrupted"] = true;
    if (!record)
        json["seconds"] =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!(std::ofstream(staging / "metrics.json") << json.dump(2) << '\n').flush())
        fail(folder, "cannot write metrics.json into this folder (is the disk full?)");

    // metrics.json last: where it stands, everything does.
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(staging))
        files.push_back(entry.path().filename());
    std::partition(files.begin(), files.end(),
                   [](const auto& name) { return name != "metrics.json"; });
    for (const auto& name : files) fs::rename(staging / name, folder / name);
}

}  // namespace support
