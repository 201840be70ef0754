// lessons/check: is an exercise solved? See exercise.h for what an exercise is. The script beside
// lessons/run builds this program and calls it with the folder of the project first.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>

#include "lessons/support/check/exercise.h"
#include "lessons/support/files.h"
#include "lessons/support/text.h"

namespace fs = std::filesystem;
using check::Exercise;
using Json = nlohmann::ordered_json;

namespace {

fs::path root, state_file;  // state_file: "" for its usual place
bool quick = false, in_turn = false;

// A word for the shell, whatever it holds.
std::string quoted(const std::string& word) {
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

fs::path built(const std::string& name) { return root / "build" / "release" / name; }

// ---- What is remembered: out/exercises.json, {"05.4": {"solved": "2026-11-26", "hints": 2}} ----

class Progress {
  public:
    Progress() {
        if (!fs::exists(file)) return;
        state = Json::parse(support::read_file(file), nullptr, false);
        const bool sound = state.is_object() && std::ranges::all_of(state, [](const Json& entry) {
                               return entry.is_object();
                           });
        if (sound) return;
        fs::path aside = file;
        aside += ".damaged";
        fs::rename(file, aside);
        state = Json::object();
        std::cerr
            << "lessons/check: " << file.string()
            << " could not be read. It is kept as exercises.json.damaged; a new one begins.\n";
    }
    bool solved(const Exercise& exercise) const {
        return state.contains(exercise.number) && state[exercise.number].contains("solved");
    }
    std::size_t hints(const Exercise& exercise) const {
        if (!state.contains(exercise.number)) return 0;
        const Json& hints = state[exercise.number].value("hints", Json());
        return hints.is_number_unsigned() ? hints.get<std::size_t>() : 0;
    }
    void set(const Exercise& exercise, const std::string& key, Json value) {
        state[exercise.number][key] = std::move(value);
        write();
    }
    void set_solved(const Exercise& exercise) {
        if (solved(exercise)) return;
        char day[16];
        const std::time_t now = std::time(nullptr);
        std::strftime(day, sizeof day, "%Y-%m-%d", std::localtime(&now));
        set(exercise, "solved", day);
    }
    void forget(const Exercise& exercise) {
        state.erase(exercise.number);
        write();
    }

  private:
    void write() const {  // whole or not at all
        fs::create_directories(file.parent_path());
        fs::path unfinished = file;
        unfinished += ".unfinished";
        if (!(std::ofstream(unfinished) << state.dump(2) << '\n').flush())
            support::fail(file, "cannot write it (is the disk full?)");
        fs::rename(unfinished, file);
    }
    const fs::path file = state_file.empty() ? root / "out" / "exercises.json" : state_file;
    Json state = Json::object();
};

// ---- Building and running ----

// Builds targets; throws with the compiler's first error where that fails.
void build(const std::vector<std::string>& targets) {
    const fs::path log = built("exercise.log");
    std::string command = "ninja -C " + quoted(built(""));
    for (const std::string& target : targets) command += ' ' + quoted(target);
    command += " >" + quoted(log) + " 2>&1 </dev/null";
    if (std::system(command.c_str()) == 0) return;
    std::istringstream lines(support::read_file(log));
    std::string line, first;
    while (std::getline(lines, line)) {
        const bool is_error = line.find("error:") != std::string::npos ||
                              line.find("undefined reference") != std::string::npos;
        if (first.empty() && is_error) first = line;
    }
    if (first.starts_with("../../")) first.erase(0, 6);
    if (first.starts_with(root.string() + '/')) first.erase(0, root.string().size() + 1);
    throw std::runtime_error(first.empty() ? "it does not build; see " + log.string()
                                           : "it does not compile yet:\n  " + first);
}

struct TestResult {
    std::string name, message;  // message: of its failures; empty if it passed
};

// Runs a GoogleTest program that is built, and reads what it says of each case.
std::vector<TestResult> run_tests(const std::string& target) {
    const fs::path report = built("exercise.json");
    fs::remove(report);
    const std::string command = quoted(built("tests/" + target)) +
                                " --gtest_output=json:" + quoted(report) + " >" +
                                quoted(built("exercise.log")) + " 2>&1";
    std::system(command.c_str());
    if (!fs::exists(report))
        throw std::runtime_error("the test ended before its time (a crash?); run " +
                                 built("tests/" + target).string() + " to see where");
    std::vector<TestResult> results;
    const Json suites = Json::parse(support::read_file(report));
    for (const Json& suite : suites["testsuites"])
        for (const Json& test : suite["testsuite"]) {
            std::string message;
            for (const Json& failure : test.value("failures", Json::array())) {
                std::string text = failure["failure"];
                text.erase(0,
                           text.find('\n') + 1);  // the place in a file that is not the learner's
                if (text.starts_with("Failed\n")) text.erase(0, 7);
                message += text + '\n';
            }
            results.push_back(
                {suite["name"].get<std::string>() + '.' + test["name"].get<std::string>(),
                 message});
        }
    if (results.empty()) throw std::runtime_error("no test ran");
    return results;
}

// Runs the exercise's lesson with its flags; the metrics.
Json run_lesson(const Exercise& exercise) {
    const std::string lesson = exercise.lesson.filename();
    std::string flags = exercise.field("run");
    if (quick)  // with its own number of epochs
        flags = std::regex_replace(flags, std::regex("--epochs \\S+"), "") + " --quick";
    build({lesson});
    const fs::path out = root / "out" / "exercises" / exercise.number;
    std::cout << "running lessons/run " << lesson.substr(0, 2) << ' ' << flags << " ...\n"
              << std::flush;
    const std::string command = quoted(built("lessons/" + lesson)) + ' ' + flags + " --out " +
                                quoted(out) + " >" + quoted(built("exercise.log")) + " 2>&1";
    // A quantity may well be off: the exercise may be to bring that about.
    const int status = std::system(command.c_str());
    if (WIFSIGNALED(status) || WEXITSTATUS(status) > 1) {
        std::string log = support::read_file(built("exercise.log"));
        log.erase(log.find_last_not_of('\n') + 1);
        throw std::runtime_error("the lesson did not run: " + log.substr(log.rfind('\n') + 1));
    }
    return Json::parse(support::read_file(out / "metrics.json"))["metrics"];
}

// metrics["V.test_bce"] stands in the object V.
double metric(const Json& metrics, const std::string& name) {
    const Json* value = &metrics;
    for (const std::string& part : check::split(name, '.')) {
        if (!value->is_object() || !value->contains(part))
            throw std::runtime_error("the run has no metric " + name +
                                     ": nothing was compared. Add it with report.metric()");
        value = &(*value)[part];
    }
    return value->is_number() ? value->get<double>() : NAN;
}

// ---- The four kinds ----

std::optional<std::string> ask(const std::string& question) {
    std::cout << question << "\n> " << std::flush;
    std::string answer;
    if (!std::getline(std::cin, answer)) return std::nullopt;
    return answer;
}

int predict(const Exercise& exercise, Progress& progress) {
    const std::string name = exercise.field("metric");
    const auto guess = ask("Before it runs: what will " + name + " be? (A guess is fine.)");
    char* end = nullptr;
    const double value = guess ? std::strtod(guess->c_str(), &end) : 0;
    if (!guess || guess->empty() || *end) {
        std::cerr << "lessons/check: a number is asked for. Nothing was run.\n";
        return 2;
    }
    const auto reason = ask("And why?");
    const double measured = metric(run_lesson(exercise), name);
    std::cout << '\n'
              << support::format("you predicted  %.4g\nit came out as %.4g", value, measured)
              << support::format(" (off by %.2g)", std::abs(value - measured)) << "\n\n";
    if (reason && !reason->empty()) std::cout << "You wrote: " << *reason << "\n\n";
    std::cout << exercise.solution << '\n';
    progress.set(exercise, "predicted", value);
    progress.set(exercise, "measured", measured);
    progress.set_solved(exercise);
    return 0;
}

int explain(const Exercise& exercise, Progress& progress) {
    const auto answer = ask("Your answer, in a line (empty: skip it):");
    if (!answer) {
        std::cerr << "lessons/check: no answer was given.\n";
        return 2;
    }
    std::cout << "\nOurs:\n\n" << exercise.solution << '\n';
    if (!answer->empty()) progress.set_solved(exercise);
    return 0;
}

// What of the conditions on metrics, "test_bce < 0.088; sse > 7", does not hold; empty: all do.
std::string unmet(const std::string& conditions, const Json& metrics) {
    std::string out;
    for (const std::string& condition : check::split(conditions, ';')) {
        std::smatch part;
        if (!std::regex_match(condition, part, std::regex("(\\S+) ([<>]) (\\S+)")))
            throw std::runtime_error("'" + condition + "' is not of the form name < number");
        const double value = metric(metrics, part[1]), bound = std::stod(part[3]);
        if (!(part[2] == "<" ? value < bound : value > bound))
            out += support::format("%s is %.5g; it should be %s %s\n", part[1].str().c_str(), value,
                                   part[2] == "<" ? "below" : "above", part[3].str().c_str());
    }
    return out;
}

// As unmet, with the sentence for the mistake that gives such metrics, where it is a known one.
std::string judge(const Exercise& exercise, const Json& metrics) {
    std::string messages = unmet(exercise.field("expect"), metrics);
    for (const auto& [conditions, says] : exercise.mistakes)
        if (!messages.empty() && unmet(conditions, metrics).empty()) return messages + says;
    return messages;
}

int change(const Exercise& exercise, Progress& progress) {
    const auto not_yet = [&](const std::string& why) {
        std::cout << "not solved yet:\n" << why;
        if (!why.ends_with('\n')) std::cout << '\n';
        std::cout << "\nlessons/check " << exercise.number << " --hint gives a hint\n";
        return 1;
    };
    const std::string lesson = exercise.lesson.filename();
    try {
        // Both at once, on two cores: most answers come sooner so.
        if (!in_turn && exercise.has_test()) build({exercise.target(), lesson + "_test"});
        if (exercise.has_test()) {
            build({exercise.target()});
            std::string messages;
            for (const TestResult& result : run_tests(exercise.target()))
                messages += result.message;
            if (!messages.empty()) return not_yet(messages);
        }
        if (!exercise.field("expect").empty()) {
            const std::string messages = judge(exercise, run_lesson(exercise));
            if (!messages.empty()) return not_yet(messages);
        }
        // The lesson's own tests: those that must fail now do, and no others.
        auto expected = check::split(exercise.field("fails"), ',');
        std::string others, expected_failed;
        build({lesson + "_test"});
        for (const TestResult& result : run_tests(lesson + "_test")) {
            const auto at = std::ranges::find(expected, result.name);
            if (result.message.empty()) continue;
            (at == expected.end() ? others : expected_failed) += "  " + result.name + '\n';
            if (at != expected.end()) expected.erase(at);
        }
        if (!others.empty())
            return not_yet("these tests of the lesson fail, too, and should not:\n" + others);
        std::string missing;
        for (const std::string& name : expected) missing += "  " + name + '\n';
        if (!missing.empty())
            return not_yet("these tests of the lesson pass, and should fail now:\n" + missing);
        std::cout << "solved.\n";
        if (!expected_failed.empty())
            std::cout
                << "These tests say now that the course's version is another, as they should:\n"
                << expected_failed;
        std::cout << "\nlessons/check " << exercise.number << " --solution shows how we did it\n";
    } catch (const std::runtime_error& error) {
        return not_yet(error.what());
    }
    progress.set_solved(exercise);
    return 0;
}

// Files that differ from the last commit and that the exercise does not ask to change.
void mention_other_changes(const Exercise& exercise) {
    const std::string command = "git -C " + quoted(root) +
                                " diff --name-only HEAD -- autograd nn lessons tests 2>/dev/null";
    std::string files, line;
    if (FILE* pipe = popen(command.c_str(), "r")) {
        for (int c; (c = std::fgetc(pipe)) != EOF;) files += static_cast<char>(c);
        pclose(pipe);
    }
    const auto wanted = check::split(exercise.field("edit"), ',');
    std::istringstream lines(files);
    while (std::getline(lines, line))
        if (std::ranges::find(wanted, line) == wanted.end())
            std::cout << "note: " << line
                      << " is changed, too, which this exercise does not ask for\n";
}

int run_check(const Exercise& exercise, Progress& progress) {
    const std::string kind = exercise.field("kind");
    std::cout << exercise.number << "  " << exercise.text << "\n\n";
    if (kind == "predict") return predict(exercise, progress);
    if (kind == "explain") return explain(exercise, progress);
    std::cout << "to change: " << exercise.field("edit") << '\n';
    mention_other_changes(exercise);
    std::cout << std::flush;
    return change(exercise, progress);
}

// ---- Overviews ----

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

void list_course(const std::vector<Exercise>& all, const Progress& progress) {
    for (std::size_t i = 0; i < all.size();) {
        const fs::path lesson = all[i].lesson;
        std::string marks;
        for (; i < all.size() && all[i].lesson == lesson; ++i)
            marks += progress.solved(all[i]) ? '#' : '.';
        std::cout << padded(lesson.filename(), 24) << padded(marks, 8)
                  << std::ranges::count(marks, '#') << " of " << marks.size() << '\n';
    }
    std::cout << "\nlessons/check 02 lists a lesson's exercises, lessons/check 02.1 checks one.\n";
}

void list_lesson(const std::vector<Exercise>& exercises, const Progress& progress) {
    for (const Exercise& exercise : exercises)
        std::cout << (progress.solved(exercise) ? "solved  " : "        ") << exercise.number
                  << "  " << padded(exercise.field("kind"), 9) << exercise.title << '\n';
    std::cout << "\nThey stand in lessons/" << exercises[0].lesson.filename().string()
              << "/README.md.\n";
}

}  // namespace

int main(int argc, char** argv) try {
    CLI::App app("Is an exercise solved? Without an argument: what there is, and what is solved",
                 "lessons/check");
    std::string which;
    bool hint = false, solution = false, give_up = false, reset = false;
    // For tests: smoke runs of lessons, what is not looked at is not built, and another state.
    app.add_flag("--quick", quick)->group("");
    app.add_flag("--in-turn", in_turn)->group("");
    app.add_option("--state", state_file)->group("");
    app.add_option("root", root)->required()->group("");
    app.add_option("exercise", which, "a lesson (05), or one of its exercises (05.4)");
    app.add_flag("--hint", hint, "a hint; again for the next one");
    app.add_flag("--solution", solution, "the solution, once you have yours");
    app.add_flag("--give-up", give_up, "with --solution: before you have yours");
    app.add_flag("--reset", reset, "forget what is remembered of it");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::cout << app.help();
        return 0;
    } catch (const CLI::ParseError& error) {
        throw std::invalid_argument(error.what() + std::string("; see --help"));
    }

    const std::vector<Exercise> all = check::read_exercises(root);
    std::vector<Exercise> chosen;
    if (which.size() == 1 || (which.size() > 1 && which[1] == '.')) which = '0' + which;
    for (const Exercise& exercise : all)
        if (exercise.number == which || exercise.number.substr(0, 2) == which)
            chosen.push_back(exercise);
    if (!which.empty() && chosen.empty())
        throw std::invalid_argument("there is no exercise '" + which +
                                    "'; lessons/check lists them");
    const bool one = chosen.size() == 1 && chosen[0].number == which;
    if ((hint || solution) && !one)
        throw std::invalid_argument("--hint and --solution want one exercise, like 05.4");

    Progress progress;
    if (reset) {
        for (const Exercise& exercise : which.empty() ? all : chosen) progress.forget(exercise);
        std::cout << "forgotten: " << (which.empty() ? "everything" : which) << '\n';
    } else if (hint) {
        const auto& hints = chosen[0].hints;
        const std::size_t next = progress.hints(chosen[0]);
        if (next >= hints.size()) {
            std::cout << "That was the last hint. --solution --give-up shows the solution.\n";
        } else {
            std::cout << "hint " << next + 1 << " of " << hints.size() << ": " << hints[next]
                      << '\n';
            progress.set(chosen[0], "hints", next + 1);
        }
    } else if (solution) {
        if (!progress.solved(chosen[0]) && !give_up) {
            std::cout << "Not before it is solved; --solution --give-up shows it all the same.\n";
            return 1;
        }
        std::cout << chosen[0].solution << '\n';
    } else if (one) {
        return run_check(chosen[0], progress);
    } else if (which.empty()) {
        list_course(all, progress);
    } else {
        list_lesson(chosen, progress);
    }
} catch (const std::exception& error) {
    std::cerr << "lessons/check: " << error.what() << '\n';
    return 2;
}
