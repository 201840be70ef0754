// What a page calls: the exports of hourglass.wasm and hourglass_double.wasm, for loader.mjs. There
// is one part at a time. Texts and numbers lie in the module's memory: the page takes room there
// with malloc, and gives it back.
#include <functional>
#include <stdexcept>
#include <utility>

#include "lessons/book/wasm/part.h"

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

// CMakeLists.txt says which parts this module has: HOURGLASS_PARTS is PART(02) PART(09) ...
namespace lessons::book {
#define PART(number) std::unique_ptr<Part> make_##number(const Settings&, const Data&);
HOURGLASS_PARTS
#undef PART
}  // namespace lessons::book

namespace {

using namespace lessons::book;

#define PART(number) {#number, make_##number},
const std::map<std::string, std::function<std::unique_ptr<Part>(const Settings&, const Data&)>,
               std::less<>>
    parts{HOURGLASS_PARTS};
#undef PART

Settings settings;  // of the next part
Data data;
std::unique_ptr<Part> part;
std::vector<float> values;

Part& the_part() {
    if (!part) throw std::logic_error("no part was started");
    return *part;
}

}  // namespace

// Where the page writes the pixels of `count` images.
EXPORT(images) std::uint8_t* images(const char* name, int count, int width, int height) {
    Images& to = data[name];
    to = {std::vector<std::uint8_t>(std::size_t(count) * width * height), count, width, height};
    return to.pixels.data();
}

EXPORT(set) void set(const char* name, double value) { settings[name] = value; }

// Makes the part of that number with what was set since the last one.
EXPORT(start) void start(const char* number) {
    const auto found = parts.find(number);
    if (found == parts.end())
        throw std::invalid_argument("this module has no part " + std::string(number));
    part.reset();  // before the next: their memory may not fit side by side
    part = found->second(std::exchange(settings, {}), data);
}

EXPORT(step) double step() { return the_part().step(); }

// How many numbers there are; they stand at result() until the next call.
EXPORT(read) int read(const char* what, const float* given, int n) {
    values = the_part().read(what, {given, std::size_t(n)});
    return int(values.size());
}

EXPORT(result) const float* result() { return values.data(); }
