#include "lessons/support/lesson.h"

#include <CLI/CLI.hpp>
#include <atomic>
#include <cmath>
#include <csignal>
#include <iostream>
#include <thread>

#include "autograd/kernels/parallel.h"
#include "lessons/support/text.h"

namespace support {

namespace fs = std::filesystem;

using OptionValue = decltype(Report::Option::value);

struct Lesson::State {
    std::string name, purpose;
    Options options;
    Quick quick;
    CLI::App app;
    // For metrics.json, and to see whether this run is the default one: each flag's key and how to
    // read its value.
    std::vector<std::pair<std::string, std::function<OptionValue()>>> flags;
};

namespace {

std::string text(double value) { return format("%.10g", value); }

std::string text(const OptionValue& value) {
    if (const auto* b = std::get_if<bool>(&value)) return *b ? "yes" : "no";
    if (const auto* i = std::get_if<std::int64_t>(&value)) return std::to_string(*i);
    if (const auto* d = std::get_if<double>(&value)) return text(*d);
    if (const auto* s = std::get_if<std::string>(&value)) return *s;
    std::string list;
    const auto append = [&](double v) { list += (list.empty() ? "" : ",") + text(v); };
    if (const auto* n = std::get_if<std::vector<int>>(&value)) {
        std::for_each(n->begin(), n->end(), append);
    } else {
        const auto& numbers = std::get<std::vector<double>>(value);
        std::for_each(numbers.begin(), numbers.end(), append);
    }
    return list;
}

// The whole of `given` as a number within the limits, or a message. Whole numbers for the integer
// types.
template <class Number>
std::string parse(const std::string& given, Limits limits, Number& value) {
    double number = 0;
    std::size_t used = 0;
    try {
        number = std::stod(given, &used);
    } catch (const std::exception&) {
        used = 0;
    }
    const bool whole = std::is_floating_point_v<Number> || number == std::floor(number);
    if (used == 0 || used != given.size() || !(number >= limits.min && number <= limits.max) ||
        !whole) {
        return "'" + given + "' is not a " +
               (std::is_floating_point_v<Number> ? "number" : "whole number") + " from " +
               text(limits.min) + " to " + text(limits.max);
    }
    value = static_cast<Number>(number);
    return "";
}

// "--batch-size" is batch_size in metrics.json.
std::string key(std::string flag) {
    flag.erase(0, flag.find_first_not_of('-'));
    std::replace(flag.begin(), flag.end(), '-', '_');
    return flag;
}

template <class Number>
void add_number(CLI::App& app, const std::string& name, Number& value, Limits limits,
                const std::string& help) {
    auto* option = app.add_option_function<std::string>(
        name,
        [&value, name, limits](const std::string& given) {
            const std::string wrong = parse(given, limits, value);
            if (!wrong.empty()) throw CLI::ValidationError(name, wrong);
        },
        help);
    option->default_str(text(static_cast<double>(value)))->type_name("");
}

template <class Number>
void add_list(CLI::App& app, const std::string& name, std::vector<Number>& values, Limits limits,
              const std::string& help) {
    auto* option = app.add_option_function<std::string>(
        name,
        [&values, name, limits](const std::string& given) {
            values.clear();
            std::istringstream parts(given);
            for (std::string part; std::getline(parts, part, ',');) {
                const std::string wrong = parse(part, limits, values.emplace_back());
                if (!wrong.empty())
                    throw CLI::ValidationError(name, wrong + " (in a list such as 1,2,3)");
            }
            if (values.empty())
                throw CLI::ValidationError(name, "the list is empty: write it as 1,2,3");
        },
        help);
    std::string list;
    for (Number v : values) list += (list.empty() ? "" : ",") + text(static_cast<double>(v));
    option->default_str(list)->type_name("");
}

// On Ctrl-C removes the unfinished files before the program ends. A signal handler may not touch
// the file system, a thread that waits for the signal may.
class Interruption {
  public:
    explicit Interruption(std::function<void()> clean_up) {
        for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
        pthread_sigmask(SIG_BLOCK, &signals, &before);
        thread = std::thread([this, clean_up] {
            int signal = 0;
            sigwait(&signals, &signal);
            if (done) return;
            clean_up();
            std::fprintf(stderr, "\ninterrupted: nothing was written\n");
            _exit(128 + signal);
        });
    }
    // Signals stay blocked until the end of the object's life, so that no half of the files is
    // published.
    void stop() {
        if (!thread.joinable()) return;
        done = true;
        pthread_kill(thread.native_handle(), SIGTERM);
        thread.join();
    }
    ~Interruption() {
        stop();
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

  private:
    sigset_t signals = {}, before = {};
    std::atomic<bool> done = false;
    std::thread thread;
};

std::string one_line(std::string message) {
    while (!message.empty() && message.back() == '\n') message.pop_back();
    std::replace(message.begin(), message.end(), '\n', ' ');
    return message;
}

}  // namespace

Lesson::Lesson(std::string name, std::string purpose) : state(std::make_unique<State>()) {
    state->options.out = fs::path("out") / name;
    state->name = std::move(name);
    state->purpose = std::move(purpose);
}
Lesson::~Lesson() = default;

void Lesson::defaults(Options options) {
    if (options.out.empty()) options.out = state->options.out;
    state->options = std::move(options);
}
void Lesson::quick(Quick quick) { state->quick = std::move(quick); }

void Lesson::flag(const std::string& name, int& value, Limits limits, const std::string& help) {
    add_number(state->app, name, value, limits, help);
    state->flags.emplace_back(key(name), [&value] { return OptionValue(std::int64_t{value}); });
}
void Lesson::flag(const std::string& name, double& value, Limits limits, const std::string& help) {
    add_number(state->app, name, value, limits, help);
    state->flags.emplace_back(key(name), [&value] { return OptionValue(value); });
}
void Lesson::flag(const std::string& name, std::vector<int>& value, Limits limits,
                  const std::string& help) {
    add_list(state->app, name, value, limits, help);
    state->flags.emplace_back(key(name), [&value] { return OptionValue(value); });
}
void Lesson::flag(const std::string& name, std::vector<double>& value, Limits limits,
                  const std::string& help) {
    add_list(state->app, name, value, limits, help);
    state->flags.emplace_back(key(name), [&value] { return OptionValue(value); });
}
void Lesson::flag(const std::string& name, bool& value, const std::string& help) {
    state->app.add_flag(name, value, help);
    state->flags.emplace_back(key(name), [&value] { return OptionValue(value); });
}
void Lesson::flag(const std::string& name, std::string& value,
                  const std::vector<std::string>& allowed, const std::string& help) {
    std::string list;
    for (const auto& word : allowed) list += (list.empty() ? "" : ", ") + word;
    state->app
        .add_option_function<std::string>(
            name,
            [&value, name, allowed, list](const std::string& given) {
                if (std::find(allowed.begin(), allowed.end(), given) == allowed.end()) {
                    throw CLI::ValidationError(name, "'" + given + "' is not one of: " + list);
                }
                value = given;
            },
            help + " (" + list + ")")
        ->default_str(value)
        ->type_name("");
    state->flags.emplace_back(key(name), [&value] { return OptionValue(value); });
}

int Lesson::run(int argc, char** argv, const std::function<void(const Options&, Report&)>& body) {
    auto fail = [&](const std::string& message) {
        std::cout << std::flush;
        std::cerr << state->name << ": " << one_line(message) << std::endl;
        return 2;
    };

    Options& options = state->options;
    CLI::App& app = state->app;
    app.name(state->name);
    app.description(state->purpose);
    app.set_help_flag("-h,--help", "show this and exit");
    app.allow_extras();  // to name an unknown flag in our own words
    app.option_defaults()->group("Every lesson");
    flag("--epochs", options.epochs, {1, 1e6}, "passes over the training data");
    flag("--batch-size", options.batch_size, {1, 1e6}, "images a step");
    flag("--lr", options.lr, {1e-12, 1e6}, "learning rate");
    add_number(app, "--seed", options.seed, {0, 9e15}, "of all randomness");
    state->flags.emplace_back("seed",
                              [&] { return OptionValue(static_cast<std::int64_t>(options.seed)); });
    flag("--limit", options.limit, {0, 1e9},
         "train on the first so many images (0, the default: all)");
    app.add_option("--data", options.data, "folder with the images: PNG sheets or IDX files");
    state->flags.emplace_back("data", [&] { return OptionValue(options.data.string()); });
    app.add_flag("--quick", options.quick,
                 "a run of a second or two, to see that everything works");
    state->flags.emplace_back("quick", [&] { return OptionValue(options.quick); });

    // These do not change what is computed.
    auto read = [&] {
        std::vector<Report::Option> values;
        for (const auto& [name, value] : state->flags) values.push_back({name, value()});
        return values;
    };
    const std::vector<Report::Option> defaults = read();
    add_number(app, "--threads", options.threads, {0, 1024},
               "threads (0, the default: all cores, or HOURGLASS_THREADS)");
    app.add_option("--out", options.out, "folder for figures and metrics.json")
        ->default_str(options.out.string());
    app.add_flag("--show", options.show, "open the figures in windows, too");

    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::cout << app.help();
        return 0;
    } catch (const CLI::ArgumentMismatch& error) {
        const std::string what = error.what();
        return fail(what.substr(0, what.find(':')) + " needs a value; see --help");
    } catch (const CLI::ParseError& error) {
        return fail(error.what() + std::string("; see --help"));
    }
    if (!app.remaining().empty())
        return fail("unknown flag " + app.remaining()[0] + "; see --help");
    if (options.quick) {
        if (app.count("--epochs") == 0) options.epochs = state->quick.epochs;
        if (app.count("--limit") == 0) options.limit = state->quick.limit;
        for (const auto& [name, value] : state->quick.flags)
            if (app.count(name) == 0) {
                app.get_option(name)->add_result(value);
                app.get_option(name)->run_callback();
            }
    }

    try {
        Report report(options.out, options.show);
        // Before any other thread begins: all inherit that the signals are not theirs.
        Interruption interruption([&] { report.discard(); });
        if (options.threads > 0) autograd::kernels::set_threads(options.threads);
        options.threads = autograd::kernels::threads();

        std::cout << state->name << ": " << state->purpose << '\n';
        const std::vector<Report::Option> given = read();
        for (const auto& [name, value] : given) {
            if (name != "data" && name != "quick") std::cout << name << ' ' << text(value) << "  ";
        }
        std::cout << "threads " << options.threads << "\n" << std::endl;

        body(options, report);
        interruption.stop();

        std::vector<Report::Option> recorded = given;
        recorded.push_back({"threads", std::int64_t{options.threads}});
        report.publish(state->name, recorded);

        const bool at_defaults =
            std::equal(given.begin(), given.end(), defaults.begin(),
                       [](const auto& a, const auto& b) { return a.value == b.value; });
        const int off = report.off(!options.quick);
        std::cout << '\n'
                  << report.table(!options.quick)
                  << "\nchecks: " << (options.quick ? 0 : report.ok()) << " ok, " << off << " off"
                  << (options.quick ? " (expected ranges are for full runs: not judged at --quick)"
                                    : "")
                  << "\nfigures and metrics.json are in " << options.out.string() << std::endl;
        if (off > 0 && !at_defaults) {
            std::cerr << state->name << ": warning: " << off
                      << " off; the expected ranges are those of the default options" << std::endl;
        }
        return off > 0 && at_defaults ? 1 : 0;
    } catch (const std::exception& error) {
        return fail(error.what());
    }
}

}  // namespace support
