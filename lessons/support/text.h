#pragma once

#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace support {

// printf into a string, for labels, notes and messages: format("q = %g", 0.25). What goes beyond
// 255 bytes is cut off.
[[gnu::format(printf, 1, 2)]] inline std::string format(const char* pattern, ...) {
    char text[256];
    std::va_list values;
    va_start(values, pattern);
    std::vsnprintf(text, sizeof text, pattern, values);
    va_end(values);
    return text;
}

// std::runtime_error "file: what".
[[noreturn]] inline void fail(const std::filesystem::path& file, const std::string& what) {
    throw std::runtime_error(file.string() + ": " + what);
}

}  // namespace support
