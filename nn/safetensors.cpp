#include "nn/safetensors.h"

#include <unistd.h>  // fsync

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

// A file with one tensor, w = [1, 2], of float:
//     40 00 00 00 00 00 00 00                                       length of the header
//     {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}        (padded with spaces: 56)
//     00 00 80 3f 00 00 00 40                                       1, 2
// data_offsets count from the end of the header; together the tensors fill the rest of the file.
namespace nn::inline HOURGLASS_PRECISION {

namespace fs = std::filesystem;
using autograd::real;
using nlohmann::json;

static_assert(std::endian::native == std::endian::little,
              "numbers are written as they lie in memory");

namespace {

constexpr std::uint64_t longest_header = 100'000'000;  // the format's own limit

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
    throw std::runtime_error(path.string() + ": " + what);
}

// What a file says, fit to stand in a message: in quotes, on one line, not too long.
std::string shown(const json& value) {
    const std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
    return text.size() <= 60 ? text : text.substr(0, 60) + "...";
}

void require_distinct_names(const NamedParameters& parameters) {
    std::set<std::string> names{"__metadata__"};  // what the format keeps for itself
    for (const auto& [name, tensor] : parameters)
        if (!names.insert(name).second)
            autograd::refuse("safetensors: the name ", shown(name),
                             name == "__metadata__" ? " is reserved: choose another"
                                                    : " occurs twice: name each tensor once");
}

json shape_of(const Tensor& tensor) {
    json shape = json::array();
    for (int i = 0; i < tensor.shape().rank(); ++i) shape.push_back(tensor.size(i));
    return shape;
}

// The header's JSON. Of two tensors with one name the JSON library would keep the last without a
// word, so names are watched; nothing in the format is nested deeper than the lists of an entry.
json parse_header(const fs::path& path, const std::string& text) {
    std::array<std::set<std::string>, 3> names;  // of the objects that are open, by depth
    const auto check = [&](int depth, json::parse_event_t event, json& value) {
        const bool opens =
            event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
        if (opens && depth > 2) fail(path, "its header is nested too deep for safetensors");
        if (event == json::parse_event_t::object_start && depth < 2) names[depth + 1].clear();
        if (event == json::parse_event_t::key && depth <= 2 &&
            !names[depth].insert(value.get<std::string>()).second)
            fail(path, "its header has " + shown(value) + " twice");
        return true;
    };
    const char* const no_json = "its header is not JSON: is this a safetensors file?";
    // The library takes a zero byte for the end, and would not look at what is hidden behind it.
    if (!text.starts_with('{') || text.find('\0') != std::string::npos) fail(path, no_json);
    try {
        return json::parse(text, check);
    } catch (const json::exception&) {
        fail(path, no_json);
    }
}

// The numbers of one tensor: where they are among the file's data, and where they go.
struct Place {
    std::uint64_t begin, end;  // bytes
    bool is_double;
    real* to;
};

// What the header says of `parameter`, as far as it fits.
Place place_of(const fs::path& path, const json& header, const std::string& name,
               Tensor parameter) {
    if (!header.contains(name)) fail(path, "there is no tensor " + shown(name) + " in it");
    const json& entry = header[name];
    const std::string tensor = "tensor " + shown(name) + ": ";
    for (const char* key : {"dtype", "shape", "data_offsets"})
        if (!entry.is_object() || !entry.contains(key))
            fail(path, tensor + "its entry in the header has no " + key);

    const json &dtype = entry["dtype"], &offsets = entry["data_offsets"];
    if (dtype != "F32" && dtype != "F64")
        fail(path, tensor + "its type is " + shown(dtype) + ": F32 and F64 can be read");
    // Compared as text, in which 5 and 5.0 differ: no size from the file is ever calculated with.
    const json shape = shape_of(parameter);
    if (entry["shape"].dump() != shape.dump())
        fail(path, tensor + "its shape is " + shown(entry["shape"]) + ", but the model's is " +
                       shape.dump());
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
        !offsets[1].is_number_unsigned())
        fail(path, tensor + "its data_offsets " + shown(offsets) + " are not two positions");

    const Place place{offsets[0], offsets[1], dtype == "F64", parameter.mutable_data()};
    const std::uint64_t bytes = parameter.size() * (place.is_double ? 8 : 4);
    if (place.end < place.begin || place.end - place.begin != bytes)
        fail(path, tensor + "its data_offsets " + shown(offsets) + " do not hold " +
                       std::to_string(bytes) + " bytes");
    return place;
}

// f(i, the i-th number of type T at `from`)
template <class T, class F>
void for_each_number(const char* from, std::int64_t n, F f) {
    for (std::int64_t i = 0; i < n; ++i) {
        T value;
        std::memcpy(&value, from + i * sizeof(T), sizeof(T));
        f(i, value);
    }
}

template <class F>
void for_each_number(const Place& place, const std::vector<char>& data, F f) {
    const char* from = data.data() + place.begin;
    const auto bytes = std::int64_t(place.end - place.begin);
    if (place.is_double)
        for_each_number<double>(from, bytes / 8, f);
    else
        for_each_number<float>(from, bytes / 4, f);
}

// The file that a path leads to. A link that leads nowhere yet is followed, too, and the folder
// that it names is made; one that leads to itself is left to the system to refuse.
fs::path behind_links(fs::path path) {
    std::error_code error;
    for (int hops = 0; hops < 40 && fs::is_symlink(path, error); ++hops) {
        path = path.parent_path() / fs::read_symlink(path, error);  // which may be absolute
        if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
    }
    return path;
}

// Writes a file through write(FILE*), which says whether it could. A plain file is written under a
// name that nobody else uses, brought to the disk, and put in its place in one step, so that there
// is always a whole file there, whoever else writes or the power fails; what is no plain file, a
// device or a pipe, can only be written in place.
template <class Write>
bool replace(const fs::path& path, Write write) {
    std::error_code error;
    const fs::file_status before = fs::status(path, error);
    const bool in_place = fs::exists(before) && !fs::is_regular_file(before);
    fs::path file = path;
    std::FILE* out = nullptr;
    if (in_place) {
        out = std::fopen(file.c_str(), "wb");
    } else {
        std::random_device random;
        do {
            file = path;
            file += ".tmp" + std::to_string(random());
            out = std::fopen(file.c_str(), "wbx");  // x: only if it is new
        } while (!out && errno == EEXIST);
    }
    if (!out) return false;
    bool done = write(out);
    done = std::fflush(out) == 0 && done;
    if (!in_place) {
        done = fsync(fileno(out)) == 0 && done;
        if (fs::exists(before)) fs::permissions(file, before.permissions(), error);
    }
    done = std::fclose(out) == 0 && done;
    if (in_place) return done;
    if (done) fs::rename(file, path, error);
    if (done && !error) return true;
    fs::remove(file, error);
    return false;
}

}  // namespace

void save(const fs::path& path, const NamedParameters& parameters) {
    require_distinct_names(parameters);
    auto header = nlohmann::ordered_json::object();
    std::uint64_t end = 0;
    for (const auto& [name, tensor] : parameters) {
        const std::uint64_t begin = end;
        end += tensor.shape("save").size() * sizeof(real);
        header[name] = {{"dtype", sizeof(real) == 8 ? "F64" : "F32"},
                        {"shape", shape_of(tensor)},
                        {"data_offsets", {begin, end}}};
    }
    std::string text;
    try {
        text = header.dump();
    } catch (const json::exception&) {
        autograd::refuse("safetensors: a name is not UTF-8, as the format wants it");
    }
    text.resize((text.size() + 7) / 8 * 8, ' ');  // the numbers begin at a multiple of 8
    const std::uint64_t length = text.size();

    const auto write = [&](std::FILE* out) {
        bool whole = std::fwrite(&length, sizeof length, 1, out) == 1 &&
                     std::fwrite(text.data(), 1, text.size(), out) == text.size();
        for (const auto& [name, tensor] : parameters) {
            const auto n = std::size_t(tensor.size());
            whole = whole && std::fwrite(tensor.data(), sizeof(real), n, out) == n;
        }
        return whole;
    };
    const fs::path file = behind_links(path);
    if (!replace(file, write))
        fail(path, (file == path ? "" : "a link to " + file.string() + ", which ") +
                       "cannot be written: is the folder there and writable, the disk not full?");
}

void load(const fs::path& path, const NamedParameters& parameters) {
    require_distinct_names(parameters);
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    const std::streamoff at_end = fs::is_directory(path) ? -1 : std::streamoff(in.tellg());
    if (!in || at_end < 0) fail(path, "cannot be read: is it there?");
    const auto file_size = std::uint64_t(at_end);  // of what was opened
    in.seekg(0);

    std::uint64_t length = 0;
    in.read(reinterpret_cast<char*>(&length), sizeof length);
    if (!in) fail(path, "it has " + std::to_string(file_size) + " bytes: not a safetensors file");
    if (length > longest_header || length > file_size - sizeof length)
        fail(path, "its header would take " + std::to_string(length) + " of the file's " +
                       std::to_string(file_size) + " bytes: truncated, or not a safetensors file");
    std::string text(length, '\0');
    in.read(text.data(), std::streamsize(length));
    const json header = parse_header(path, text);

    std::vector<Place> places;
    for (const auto& [name, tensor] : parameters)
        places.push_back(place_of(path, header, name, tensor));
    for (const auto& [name, entry] : header.items())
        if (name != "__metadata__" &&
            std::none_of(parameters.begin(), parameters.end(),
                         [&wanted = name](const auto& p) { return p.first == wanted; }))
            fail(path, "the model has no tensor " + shown(name));

    // Side by side, from the first byte to the last.
    std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t end = 0;
    for (const Place& place : places) {
        if (place.begin != end)
            fail(path, "its tensors overlap or leave a gap at byte " + std::to_string(end) +
                           " of the data");
        end = place.end;
    }
    const std::uint64_t size = file_size - sizeof length - length;
    if (end != size)
        fail(path, "its tensors fill " + std::to_string(end) + " bytes, but " +
                       std::to_string(size) + " follow the header: truncated or damaged");

    // All is read before anything is changed.
    std::vector<char> data(size);
    in.read(data.data(), std::streamsize(size));
    if (!in) fail(path, "cannot be read to its end");
    for (const Place& place : places)
        for_each_number(place, data, [&](std::int64_t, auto value) {
            if (std::isfinite(value) && !std::isfinite(real(value)))
                fail(path, "it holds " + shown(value) + ", which is too large for a float");
        });
    for (const Place& place : places)
        for_each_number(place, data,
                        [&](std::int64_t i, auto value) { place.to[i] = real(value); });
}

}  // namespace nn::inline HOURGLASS_PRECISION
