#pragma once

#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace support {

// printf into a string, for labels, notes and messages: format("q = %g", 0.25)
[[gnu::format(printf, 1, 2)]] inline std::string format(const char* pattern, ...) {
    std::va_list values, again;
    va_start(values, pattern);
    va_copy(again, values);
    std::string text(std::size_t(std::vsnprintf(nullptr, 0, pattern, values)), '\0');
    std::vsnprintf(text.data(), text.size() + 1, pattern, again);
    va_end(again);
    va_end(values);
    return text;
}

// The larger and the smaller of two numbers; not a number if one of them isn't, which std::max and
// std::min may swallow.
inline double larger(double a, double b) { return b > a || std::isnan(b) ? b : a; }
inline double smaller(double a, double b) { return b < a || std::isnan(b) ? b : a; }

// std::runtime_error "file: what".
[[noreturn]] inline void fail(const std::filesystem::path& file, const std::string& what) {
    throw std::runtime_error(file.string() + ": " + what);
}

}  // namespace support
