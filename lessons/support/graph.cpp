#include "lessons/support/graph.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "lessons/support/text.h"

extern char** environ;

namespace support {

namespace fs = std::filesystem;

namespace {

bool is_drawn(const fs::path& file) {
    return file.extension() == ".png" || file.extension() == ".svg";
}

// Runs a program, found by PATH, to its end. A lesson has blocked signals; its child has not.
bool run(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t child = 0;
    int status = 0;
    const bool done =
        posix_spawnp(&child, arguments[0], nullptr, &attributes, arguments.data(), environ) == 0 &&
        waitpid(child, &status, 0) == child && status == 0;
    posix_spawnattr_destroy(&attributes);
    return done;
}

}  // namespace

bool can_draw_graphs() {
    std::string folder;
    const char* path = std::getenv("PATH");
    for (std::istringstream folders(path ? path : ""); std::getline(folders, folder, ':');)
        if (access((fs::path(folder) / "dot").c_str(), X_OK) == 0) return true;
    return false;
}

std::string graph_problem(const fs::path& file) {
    if (is_drawn(file))
        return can_draw_graphs() ? ""
                                 : "Graphviz draws it and is not installed (on Debian: apt install "
                                   "graphviz); a name that ends in .dot needs none";
    return file.extension() == ".dot" || file.extension() == ".gv"
               ? ""
               : "its name says how to write it: .dot, .png or .svg";
}

void write_graph(const std::string& dot, const fs::path& file) {
    fs::path text = file, drawing;
    text += ".unfinished-" + std::to_string(getpid());
    const auto clean_up = [&](const std::string& what) {
        std::error_code ignored;
        fs::remove(text, ignored), fs::remove(drawing, ignored);
        fail(file, what);
    };
    if (!(std::ofstream(text) << dot).flush()) clean_up("cannot write it (is the disk full?)");
    if (is_drawn(file)) {
        drawing = text.string() + file.extension().string();
        if (!run({"dot", "-T" + file.extension().string().substr(1), "-Gdpi=110", text.string(),
                  "-o", drawing.string()}))
            clean_up("Graphviz could not draw it: see its message above");
        fs::remove(text);
        text = drawing;
    }
    std::error_code error;
    fs::rename(text, file, error);
    if (error) clean_up("cannot write it: " + error.message());
}

}  // namespace support
