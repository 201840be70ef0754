#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

// What the targets share. Each defines seeds() and LLVMFuzzerTestOneInput.
namespace fuzz {

namespace fs = std::filesystem;

std::vector<std::string> seeds();  // valid inputs to begin from

// Tells libFuzzer that this input breaks a promise.
inline void require(bool promise, const char* text) {
    if (promise) return;
    std::fprintf(stderr, "broken: %s\n", text);
    std::abort();
}

// An empty folder of this process, in memory where that is possible.
inline const fs::path& folder() {
    struct Folder {
        Folder() {
            const fs::path memory = "/dev/shm";
            path = (fs::exists(memory) ? memory : fs::temp_directory_path()) /
                   ("hourglass-fuzz-" + std::to_string(getpid()));
            fs::remove_all(path);
            fs::create_directories(path);
        }
        ~Folder() { fs::remove_all(path); }
        fs::path path;
    };
    static const Folder made;
    return made.path;
}

inline fs::path write(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
}

inline std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Two files in one input: the length of the first, in two bytes, then both.
inline std::string joined(const std::string& first, const std::string& second) {
    return std::string{char(first.size() & 255), char(first.size() >> 8)} + first + second;
}
inline std::pair<std::string, std::string> split(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return {};
    const std::string bytes(data + 2, data + size);
    const std::size_t length = std::min<std::size_t>(data[0] + 256u * data[1], bytes.size());
    return {bytes.substr(0, length), bytes.substr(length)};
}

}  // namespace fuzz

// libFuzzer calls this first: the seeds go into the first folder among the arguments.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
    for (int i = 1; i < *argc; ++i) {
        const fuzz::fs::path corpus = (*argv)[i];
        if (!fuzz::fs::is_directory(corpus)) continue;
        int n = 0;
        for (const std::string& seed : fuzz::seeds())
            fuzz::write(corpus / ("seed-" + std::to_string(n++)), seed);
        break;
    }
    return 0;
}
