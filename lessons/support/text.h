#pragma once

#include <cstdarg>
#include <cstdio>
#include <string>

namespace support {

// printf into a string, for labels and notes: format("q = %g", 0.25).
[[gnu::format(printf, 1, 2)]] inline std::string format(const char* pattern, ...) {
    char text[256];
    std::va_list values;
    va_start(values, pattern);
    std::vsnprintf(text, sizeof text, pattern, values);
    va_end(values);
    return text;
}

}  // namespace support
