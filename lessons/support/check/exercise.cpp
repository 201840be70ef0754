#include "lessons/support/check/exercise.h"

#include <algorithm>
#include <regex>
#include <sstream>

#include "lessons/support/files.h"
#include "lessons/support/text.h"

namespace check {

namespace fs = std::filesystem;

namespace {

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \n"), last = text.find_last_not_of(" \n");
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

// The parts of N.md: first the lines "name: value", then what stands under the headings.
void read_file_into(Exercise& exercise, const fs::path& file) {
    std::istringstream lines(support::read_file(file));
    std::string line, *section = nullptr;
    while (std::getline(lines, line)) {
        if (line == "## Hint") {
            section = &exercise.hints.emplace_back();
        } else if (line.starts_with("## Mistake ")) {
            section = &exercise.mistakes.emplace_back(trimmed(line.substr(11)), "").second;
        } else if (line == "## Solution") {
            section = &exercise.solution;
        } else if (section) {
            *section += line + '\n';
        } else if (!line.empty()) {
            const auto colon = line.find(": ");
            const std::string name = line.substr(0, colon);
            const auto known = {"kind", "edit", "fails", "run", "expect", "metric"};
            if (colon == std::string::npos || std::ranges::find(known, name) == known.end())
                support::fail(file, "'" + line + "' is no field of an exercise");
            exercise.fields[name] = trimmed(line.substr(colon + 1));
        }
    }
    for (std::string& hint : exercise.hints) hint = trimmed(hint);
    for (auto& [conditions, says] : exercise.mistakes) says = trimmed(says);
    exercise.solution = trimmed(exercise.solution);

    const std::string kind = exercise.field("kind");
    const auto need = [&](bool there, const std::string& what) {
        if (!there) support::fail(file, "an exercise of the kind '" + kind + "' needs " + what);
    };
    if (kind != "predict" && kind != "change" && kind != "write" && kind != "explain")
        support::fail(file, "its kind is '" + kind + "': not predict, change, write or explain");
    need(!exercise.solution.empty(), "'## Solution'");
    need(kind == "explain" || exercise.hints.size() >= 2, "two hints");
    need(kind != "predict" || !exercise.field("metric").empty(), "'metric:'");
    if (kind == "change" || kind == "write") {
        need(!exercise.field("edit").empty(), "'edit:'");
        need(exercise.has_test() || !exercise.field("expect").empty(), "a test, or 'expect:'");
    }
}

}  // namespace

std::string Exercise::field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? "" : found->second;
}

bool Exercise::has_test() const {
    return fs::exists(lesson / "exercises" / (number.substr(3) + ".cpp"));
}

std::string Exercise::target() const {
    return "exercise_" + number.substr(0, 2) + '_' + number.substr(3);
}

std::vector<std::string> split(const std::string& list, char separator) {
    std::vector<std::string> parts;
    std::istringstream in(list);
    for (std::string part; std::getline(in, part, separator);)
        if (!trimmed(part).empty()) parts.push_back(trimmed(part));
    return parts;
}

std::vector<std::string> items_of(const std::string& page) {
    std::vector<std::string> items;
    std::istringstream lines(page);
    bool inside = false;
    const std::regex number("^[0-9]+\\. ");
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("## ")) inside = line.starts_with("## Exercises");
        if (!inside) continue;
        std::smatch match;
        if (std::regex_search(line, match, number)) {
            items.push_back(line.substr(std::size_t(match.length())));
        } else if (!items.empty() && line.starts_with("   ")) {
            items.back() += '\n' + line.substr(3);
        }
    }
    return items;
}

std::vector<Exercise> read_exercises(const fs::path& root) {
    std::vector<Exercise> all;
    for (const auto& entry : fs::directory_iterator(root / "lessons")) {
        const fs::path lesson = entry.path();
        if (!std::isdigit(lesson.filename().string()[0]) || !fs::exists(lesson / "exercises"))
            continue;
        const auto items = items_of(support::read_file(lesson / "README.md"));
        for (const auto& file : fs::directory_iterator(lesson / "exercises")) {
            if (file.path().extension() != ".md") continue;
            const std::string n = file.path().stem();
            const std::size_t place = std::regex_match(n, std::regex("[1-9]")) ? n[0] - '1' : 99;
            if (place >= items.size()) support::fail(file.path(), "the page has no such exercise");
            Exercise exercise{.number = lesson.filename().string().substr(0, 2) + '.' + n,
                              .lesson = lesson,
                              .text = items[place]};
            std::smatch title;  // *What stands first between stars.*
            if (std::regex_search(exercise.text, title, std::regex("^\\*+([^*]+?)[.?:]?\\*")))
                exercise.title = title[1];
            read_file_into(exercise, file.path());
            all.push_back(exercise);
        }
    }
    std::ranges::sort(all, {}, &Exercise::number);
    return all;
}

}  // namespace check
