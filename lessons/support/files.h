#pragma once

#include <stdlib.h>  // mkdtemp

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "lessons/support/text.h"

// Files and other programs.
namespace support {

// The bytes of a file, or fail().
inline std::string read_file(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    std::string bytes(error ? 0 : size, '\0');
    if (error || !std::ifstream(file, std::ios::binary).read(bytes.data(), std::streamsize(size)))
        fail(file,
             "no such file, or cannot open it; restore it (data/README.md says where it comes "
             "from)");
    return bytes;
}

// Runs a shell command, and says whether it was content.
inline bool succeeds(const std::string& command) {
    return std::system(("{ " + command + "; } >/dev/null 2>&1").c_str()) == 0;
}

// Any text as one word of a shell command: in single quotes nothing but the quote is special.
inline std::string shell_word(const std::string& text) {
    std::string word = "'";
    for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
    return word + "'";
}

// A new folder beside a file, for its parts until it is whole. Whoever looks for the file sees the
// old one or the new one, and what another run has left behind gets in nobody's way.
class Unfinished {
  public:
    // Errors, here and below: std::runtime_error "file: cannot write here (reason)".
    explicit Unfinished(const std::filesystem::path& whole) : file(absolute(whole)) {
        std::string name = file.parent_path() / ".unfinished-XXXXXX";
        if (!mkdtemp(name.data())) cannot_write({errno, std::generic_category()});
        folder = name;
    }
    ~Unfinished() {
        std::error_code ignored;
        remove_all(folder, ignored);
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;

    // Where to write a part.
    std::filesystem::path part(const std::string& name) const { return folder / name; }

    // Makes a part the file; what could not be written, as a stream says, is no part.
    void publish(const std::filesystem::path& part, bool written) const {
        if (!written) cannot_write(std::make_error_code(std::errc::no_space_on_device));
        std::error_code error;
        rename(part, file, error);
        if (error) cannot_write(error);
    }

  private:
    [[noreturn]] void cannot_write(std::error_code why) const {
        fail(file, "cannot write here (" + why.message() + ")");
    }
    std::filesystem::path file, folder;
};

}  // namespace support
