#include "lessons/support/lesson.h"

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "autograd/kernels/parallel.h"
#include "lessons/support/graph.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/text.h"

namespace support {

namespace fs = std::filesystem;

using Json = nlohmann::ordered_json;

namespace {

// Accepts numbers of the type within the limits: CLI::Range lets NaN pass, and prints 1e-12 as 0.
template <class Number>
CLI::Validator within(Limits limits) {
    const auto wrong = [limits](const std::string& given) -> std::string {
        Number value{};
        // The library reads the whole number 010 as eight, and 0x10 as sixteen.
        const std::string digits = given.substr(given.starts_with('-'));
        const bool decimal =
            std::is_floating_point_v<Number> || digits == "0" || !digits.starts_with('0');
        if (!digits.empty() && decimal && CLI::detail::lexical_cast(given, value) &&
            double(value) >= limits.min && double(value) <= limits.max)
            return "";
        return "'" + given + "' is not a " +
               (std::is_floating_point_v<Number> ? "number" : "whole number") +
               format(" from %.10g to %.10g", limits.min, limits.max);
    };
    return {wrong, ""};
}

// "--batch-size" is batch_size in metrics.json.
std::string key(std::string flag) {
    flag.erase(0, flag.find_first_not_of('-'));
    std::replace(flag.begin(), flag.end(), '-', '_');
    return flag;
}

}  // namespace

struct Lesson::State {
    CLI::App app;
    Options options = {};
    Quick quick = {};
    std::string data = "folder with the images: PNG sheets or IDX files",
                limit = "train on the first so many images; 0: all";
    // The flags that change what is computed, by their keys in metrics.json.
    std::vector<std::pair<std::string, std::function<Json()>>> flags = {};

    template <class T>
    CLI::Option* add(const std::string& flag, T& value, const std::string& help) {
        flags.emplace_back(key(flag), [&value] { return Json(value); });
        if constexpr (std::is_same_v<T, bool>)
            return app.add_flag(flag, value, help);
        else
            return app.add_option(flag, value, help);
    }
    Json values() const {
        Json all = Json::object();
        for (const auto& [key, value] : flags) all[key] = value();
        return all;
    }
};

namespace {

// Throws where it is known now that a file can't be read or written at the end.
void refuse_files(const Options& options) {
    const auto refuse = [](const std::string& flag, const fs::path& file, const std::string& why) {
        fail(flag + ' ' + file.string(), why);
    };
    if (!options.load.empty() && !fs::exists(options.load))
        refuse("--load", options.load, "no such file");
    for (const auto& [flag, file] : {std::pair("--load", options.load),
                                     {"--save", options.save},
                                     {"--graph", options.graph}}) {
        if (file.empty()) continue;
        if (fs::is_directory(file)) refuse(flag, file, "this is a folder: name a file in it");
        if (std::string(flag) == "--load") continue;
        if (fs::is_regular_file(file)) {  // is replaced by a new one in the same folder
            if (access(fs::absolute(file).parent_path().c_str(), W_OK) != 0)
                refuse(flag, file, "cannot be replaced: its folder is not writable");
            continue;
        }
        if (fs::exists(file)) continue;  // a device, a pipe
        // Whether a file can be made there is known once one was.
        if (!std::ofstream(file))
            refuse(flag, file, "cannot be written: is its folder there, and writable?");
        fs::remove(file);
    }
    const std::string problem = options.graph.empty() ? "" : graph_problem(options.graph);
    if (!problem.empty()) refuse("--graph", options.graph, problem);
}

// What keeps a run from being recorded, or "": pages show the run that a reader gets who gives no
// flags.
std::string recording_problem(const CLI::App& app) {
    for (const CLI::Option* option : app.get_options()) {
        const std::string flag = option->get_name();
        if (option->count() > 0 && flag != "--record" && flag != "--show" && flag != "--threads")
            return "--record keeps a run at the defaults: leave out " + flag;
    }
    if (!fs::is_directory(fs::path(HOURGLASS_LESSONS) / app.get_name()))
        return "--record: this lesson has no folder in " HOURGLASS_LESSONS;
    if (!can_draw_figures())
        return "--record: the figures need gnuplot (on Debian: apt install gnuplot-nox)";
    return "";
}

// On Ctrl-C, or when whoever reads the output has gone, removes the unfinished files before the
// program ends. A signal handler may not touch the file system; it wakes a thread that may. What
// was ignored when the program began (SIGINT in a script's background) stays ignored, and programs
// that a lesson starts take signals as ever.
class Interruption {
  public:
    explicit Interruption(std::function<void()> clean_up) {
        if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe", std::generic_category().message(errno));
        to_thread = ends[1];
        thread = std::thread([this, clean_up] {
            char signal = 0;
            if (read(ends[0], &signal, 1) != 1 || signal == 0) return;
            clean_up();
            std::fprintf(stderr, "\ninterrupted: no figures and no metrics were written\n");
            _exit(128 + signal);
        });
        struct sigaction wake = {};
        wake.sa_handler = send;
        wake.sa_flags = SA_RESTART;
        for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
            struct sigaction now = {};
            sigaction(signal, nullptr, &now);
            if (now.sa_handler == SIG_IGN) continue;
            sigaction(signal, &wake, nullptr);
            before.emplace_back(signal, now);
        }
    }
    // From here to the end of the object's life signals do nothing, so that no half of the files is
    // published.
    void stop() {
        if (!thread.joinable()) return;
        send(0);
        thread.join();
    }
    ~Interruption() {
        stop();
        for (const auto& [signal, action] : before) sigaction(signal, &action, nullptr);
        close(ends[0]), close(ends[1]);
    }

  private:
    static void send(int signal) {
        const int error = errno;
        const char byte = char(signal);
        [[maybe_unused]] const auto sent = write(to_thread, &byte, 1);
        errno = error;
    }
    static inline int to_thread = -1;
    int ends[2] = {};
    std::vector<std::pair<int, struct sigaction>> before;
    std::thread thread;
};

}  // namespace

Lesson::Lesson(std::string name, std::string purpose)
    : state(new State{.app = CLI::App(purpose, name)}) {
    state->options.out = fs::path("out") / name;
    state->app.set_help_flag("-h,--help", "show this and exit");
    state->app.option_defaults()->always_capture_default();
}
Lesson::~Lesson() = default;

void Lesson::defaults(Options options) {
    if (options.out.empty()) options.out = state->options.out;
    state->options = std::move(options);
}
void Lesson::quick(Quick quick) { state->quick = std::move(quick); }

template <class T>
void Lesson::flag(const std::string& name, T& value, Limits limits, const std::string& help) {
    CLI::Option* option = state->add(name, value, help);
    if constexpr (std::is_arithmetic_v<T>)
        option->check(within<T>(limits));
    else
        option->delimiter(',')->allow_extra_args(false)->check(
            within<typename T::value_type>(limits));
}
template void Lesson::flag(const std::string&, int&, Limits, const std::string&);
template void Lesson::flag(const std::string&, double&, Limits, const std::string&);
template void Lesson::flag(const std::string&, std::vector<int>&, Limits, const std::string&);
template void Lesson::flag(const std::string&, std::vector<double>&, Limits, const std::string&);

void Lesson::flag(const std::string& name, bool& value, const std::string& help) {
    state->add(name, value, help);
}
void Lesson::flag(const std::string& name, std::string& value,
                  const std::vector<std::string>& allowed, const std::string& help) {
    state->add(name, value, help)->check(CLI::IsMember(allowed));
}

void Lesson::data(const std::string& folder, const std::string& limit) {
    state->data = folder, state->limit = limit;
}

void Lesson::weights(const std::string& which) {
    state->add("--load", state->options.load, "begin with the weights in this file, of " + which)
        ->default_str("");
    state->app.add_option("--save", state->options.save, "write its weights into this file, too")
        ->default_str("");
    state->app
        .add_option(
            "--graph", state->options.graph,
            "draw the graph of one of its training steps into this file: .dot, .png or .svg")
        ->default_str("");
}

int Lesson::run(int argc, char** argv, const std::function<void(const Options&, Report&)>& body) {
    // A stream that is closed (lesson >&-) must not be the next file that is opened.
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(stream, F_GETFD) == -1) open("/dev/null", O_RDWR);
    CLI::App& app = state->app;
    Options& options = state->options;
    const std::string& name = app.get_name();
    const auto fail = [&](std::string message) {
        message.erase(message.find_last_not_of('\n') + 1);
        std::ranges::replace(message, '\n', ' ');
        std::cout << std::flush;
        std::cerr << name << ": " << message << std::endl;
        return 2;
    };

    app.option_defaults()->group("Every lesson");
    flag("--epochs", options.epochs, {1, 1e6}, "passes over the training data");
    flag("--batch-size", options.batch_size, {1, 1e6}, "images a step");
    flag("--lr", options.lr, {1e-12, 1e6}, "learning rate");
    flag("--seed", options.seed, {0, 9e15}, "of all randomness");
    flag("--limit", options.limit, {0, 1e9}, state->limit);
    state->add("--data", options.data, state->data)->default_str(options.data.string());
    flag("--quick", options.quick, "a run of a second or two, to see that everything works");
    const Json defaults = state->values();
    // These do not change what is computed.
    app.add_option("--threads", options.threads, "0: all cores")
        ->envname("HOURGLASS_THREADS")
        ->check([](std::string given) {
            const std::string wrong = within<int>({0, 1024})(given);
            return wrong.empty() ? wrong : wrong + " (from the flag, or from HOURGLASS_THREADS)";
        });
    app.add_option("--out", options.out, "folder for figures and metrics.json")
        ->default_str(options.out.string());
    app.add_flag("--show", options.show, "open the figures in windows, too");
    app.add_flag(
        "--record", options.record,
        "keep figures and metrics in the lesson's folder, for its page: a run at defaults");

    for (const char* flag : {"--data", "--out", "--load", "--save", "--graph"})
        if (CLI::Option* option = app.get_option_no_throw(flag))
            option->check([](const std::string& path) {
                return path.empty() ? "it is empty: name a file or folder" : "";
            });
    std::set<std::string> seen;
    for (std::string flag : std::vector<std::string>(argv + 1, argv + argc)) {
        if (!flag.starts_with("--")) continue;
        flag = flag.substr(0, flag.find('='));
        if (!app.get_option_no_throw(flag))
            return fail(flag + ": there is no such flag; see --help");
        if (!seen.insert(flag).second) return fail(flag + " is given twice; see --help");
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        std::cout << app.help();
        return 0;
    } catch (const CLI::ParseError& error) {
        return fail(error.what() + std::string("; see --help"));
    }
    if (options.record) {
        const std::string problem = recording_problem(app);
        if (!problem.empty()) return fail(problem);
        options.out = fs::path(HOURGLASS_LESSONS) / name / "figures";
    }
    if (options.quick) {
        auto& flags = state->quick.flags;
        flags.emplace_back("--epochs", std::to_string(state->quick.epochs));
        flags.emplace_back("--limit", std::to_string(state->quick.limit));
        for (const auto& [flag, value] : flags)
            if (app.count(flag) == 0) {
                app.get_option(flag)->add_result(value);
                app.get_option(flag)->run_callback();
            }
    }

    try {
        Report report(options.out, options.show, options.record);
        refuse_files(options);
        Interruption interruption([&] { report.discard(); });
        if (options.threads > 0) autograd::kernels::set_threads(options.threads);
        options.threads = autograd::kernels::threads();

        std::cout << name << ": " << app.get_description() << '\n';
        const Json given = state->values();
        for (const auto& [flag, value] : given.items())
            if (flag != "data" && flag != "quick" && value != "")
                std::cout << flag << ' '
                          << (value.is_string() ? value.get<std::string>() : value.dump()) << "  ";
        std::cout << "threads " << options.threads << "\n" << std::endl;

        body(options, report);
        interruption.stop();
        const bool interrupted = was_interrupted();
        if (interrupted && options.record) return fail("it was interrupted: nothing is recorded");

        Json recorded = given;
        recorded["threads"] = options.threads;
        if (options.record)  // what is kept must not depend on the machine
            for (const char* key : {"data", "threads"}) recorded.erase(key);
        // A path need not be UTF-8.
        report.publish(name, recorded.dump(-1, ' ', false, Json::error_handler_t::replace),
                       interrupted);

        const bool at_defaults = given == defaults, judge = !options.quick && !interrupted;
        const int off = report.count("off", judge);
        std::cout << '\n'
                  << report.table(judge) << "\nchecks: " << report.count("ok", judge) << " ok, "
                  << off << " off"
                  << (judge ? "" : " (expected ranges are for full runs: not judged ")
                  << (interrupted ? "after an interruption)"
                      : judge     ? ""
                                  : "at --quick)")
                  << "\nfigures and metrics.json are in " << options.out.string() << std::endl;
        if (!std::cout || std::ferror(stdout))
            return fail("what it prints could not be written (is the disk full?)");
        const int not_numbers = report.count("off: not", judge);
        if (not_numbers > 0)
            std::cerr << name << ": " << not_numbers << " of the quantities are not finite numbers"
                      << std::endl;
        else if (off > 0 && !at_defaults)
            std::cerr << name << ": warning: " << off
                      << " off; the expected ranges are those of the default options" << std::endl;
        if (interrupted) return Interrupt::exit_code;
        return not_numbers > 0 || (off > 0 && at_defaults) ? 1 : 0;
    } catch (const std::bad_alloc&) {
        return fail("out of memory: close other programs, or choose smaller sizes (--help)");
    } catch (const std::exception& error) {
        return fail(error.what());
    }
}

}  // namespace support
