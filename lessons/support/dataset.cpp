#include "lessons/support/dataset.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <future>
#include <memory>

#include "lessons/support/files.h"
#include "lessons/support/lesson.h"
#include "lessons/support/png.h"
#include "lessons/support/text.h"

namespace support {
namespace {

using std::filesystem::path;

bool is_there(const path& file) {
    std::error_code ignored;
    return std::filesystem::exists(file, ignored);
}

// ---- Contact sheets -----------------------------------------------------------------------------

constexpr int sheet_tiles = 100, sheet_side = 28;  // MNIST: 10,000 images a sheet
constexpr int sheet_images = sheet_tiles * sheet_tiles;
constexpr std::array sheet_names = {"train-0", "train-1", "train-2", "train-3",
                                    "train-4", "train-5", "test"};

void read_sheet_labels(const path& file, int tiles, std::uint8_t* labels) {
    const std::string text = read_file(file);
    const std::size_t line = std::size_t(tiles) + 1, size = line * std::size_t(tiles);
    const auto wrong = [&](const char* what, std::size_t at) {
        fail(file, format("%s at line %zu, column %zu; expected %d lines of %d digits", what,
                          at / line + 1, at % line + 1, tiles, tiles));
    };
    for (std::size_t at = 0; at < size; ++at) {
        if (at >= text.size()) wrong("ends too early,", at);
        const char c = text[at];
        const bool ends = at % line == line - 1;
        if (ends ? c != '\n' : c < '0' || c > '9') wrong("wrong character", at);
        if (!ends) *labels++ = std::uint8_t(c - '0');
    }
    if (text.size() > size) wrong("too long, more follows", size);
}

// The sheets that the first `train` training images lie on, and the test sheet.
Dataset load_sheets(const path& folder, std::size_t train) {
    const auto make = [](std::size_t count) {
        return Images{int(count), sheet_side, sheet_side,
                      std::vector<std::uint8_t>(count * sheet_side * sheet_side),
                      std::vector<std::uint8_t>(count)};
    };
    constexpr std::size_t test = sheet_names.size() - 1;
    const std::size_t sheets = std::min(test, (train + sheet_images - 1) / sheet_images);
    Dataset data{make(sheets * sheet_images), make(sheet_images)};
    const auto load = [&](std::size_t sheet) {
        const std::string name = sheet_names[sheet];
        Images& to = sheet == test ? data.test : data.train;
        const std::size_t from = sheet == test ? 0 : sheet * sheet_images;
        read_sheet(folder / (name + ".png"), folder / (name + ".txt"), sheet_tiles, sheet_side,
                   &to.pixels[from * std::size_t(to.size())], &to.labels[from]);
    };
    // Decoding is all the work: the test sheet and half of the others on a second thread.
    std::future<void> others = std::async(std::launch::async, [&] {
        load(test);
        for (std::size_t sheet = 1; sheet < sheets; sheet += 2) load(sheet);
    });
    for (std::size_t sheet = 0; sheet < sheets; sheet += 2) load(sheet);
    others.get();
    return data;
}

// ---- IDX ----------------------------------------------------------------------------------------

constexpr std::size_t idx_limit = (std::size_t{1} << 31) - 1;  // bytes

// Under either spelling, plain or compressed; where there is none, the first.
path find_idx(const path& folder, const std::string& name, const std::string& kind) {
    for (const char* joint : {"-", "."})
        for (const char* suffix : {"", ".gz"})
            if (const path file = folder / (name + joint + kind + suffix); is_there(file))
                return file;
    return folder / (name + "-" + kind);
}

// zlib reads a file that isn't compressed as it is. Memory is used only as bytes come in.
std::vector<std::uint8_t> read_compressed(const path& file) {
    const std::unique_ptr<gzFile_s, decltype(&gzclose)> in(gzopen(file.c_str(), "rb"), gzclose);
    if (!in) fail(file, "no such file, or cannot open it: get the whole set, plain or .gz");
    std::array<std::uint8_t, 1 << 16> chunk;
    std::vector<std::uint8_t> bytes;
    for (int got = 1; got > 0;) {
        if (bytes.size() > idx_limit) fail(file, "more than 2 GB");
        got = gzread(in.get(), chunk.data(), chunk.size());
        int error = Z_OK;
        gzerror(in.get(), &error);
        if (error == Z_BUF_ERROR) fail(file, "this compressed file is truncated: get a fresh copy");
        if (got < 0 || error < Z_OK)
            fail(file, "cannot read this file, or it is damaged: get a fresh copy");
        bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + got);
    }
    return bytes;
}

struct Idx {
    std::vector<int> sizes;           // of each dimension
    std::vector<std::uint8_t> bytes;  // row-major
};

// An IDX file: two zero bytes, the type of the elements (8: unsigned byte), the number of
// dimensions, each dimension's size in four bytes, the highest first, and then the elements.
Idx read_idx_file(const path& file, int rank) {
    Idx idx{{}, read_compressed(file)};
    const std::size_t header = 4 + 4 * std::size_t(rank);
    const std::array<std::uint8_t, 4> magic = {0, 0, 8, std::uint8_t(rank)};
    if (idx.bytes.size() < 4 || !std::equal(magic.begin(), magic.end(), idx.bytes.begin()))
        fail(file, format("not an IDX file of bytes in %d dimension%s: its first four bytes are "
                          "wrong",
                          rank, rank == 1 ? "" : "s"));
    if (idx.bytes.size() < header) fail(file, "truncated: it ends within its header");

    double size = 1;
    std::string says;
    for (std::size_t at = 4; at < header; at += 4) {
        const std::uint8_t* p = &idx.bytes[at];
        const unsigned n = unsigned{p[0]} << 24 | p[1] << 16 | p[2] << 8 | p[3];
        says += (at == 4 ? "its header says " : " x ") + std::to_string(n);
        size *= n;
        idx.sizes.push_back(int(n));
    }
    says += " bytes";
    idx.bytes.erase(idx.bytes.begin(), idx.bytes.begin() + std::ptrdiff_t(header));
    if (size < 1 || size > idx_limit) fail(file, says + ": impossible, it is damaged");
    if (idx.bytes.size() < size)
        fail(file, "truncated: " + says + format(", but only %zu follow", idx.bytes.size()));
    if (idx.bytes.size() > size) fail(file, says + ", but more follow: damaged, or another format");
    return idx;
}

Images load_idx(const path& folder, const std::string& set) {
    return read_idx(find_idx(folder, set + "-images", "idx3-ubyte"),
                    find_idx(folder, set + "-labels", "idx1-ubyte"));
}

}  // namespace

void read_sheet(const path& png, const path& text, int tiles, int side, std::uint8_t* pixels,
                std::uint8_t* labels) {
    const GreyImage sheet = read_png_grey(png);
    if (sheet.height != tiles * side || sheet.width != tiles * side)
        fail(png, format("is %d x %d pixels; a sheet has %d x %d", sheet.width, sheet.height,
                         tiles * side, tiles * side));
    for (int r = 0; r < tiles; ++r)
        for (int c = 0; c < tiles; ++c)
            for (int y = 0; y < side; ++y)
                pixels =
                    std::copy_n(&sheet.pixels[std::size_t((r * side + y) * sheet.width + c * side)],
                                side, pixels);
    read_sheet_labels(text, tiles, labels);
}

Images read_idx(const path& images, const path& labels) {
    Idx x = read_idx_file(images, 3), y = read_idx_file(labels, 1);
    if (x.sizes[0] != y.sizes[0])
        fail(labels, format("%d labels, but %s holds %d images: they are not of one set",
                            y.sizes[0], images.filename().c_str(), x.sizes[0]));
    return {x.sizes[0], x.sizes[1], x.sizes[2], std::move(x.bytes), std::move(y.bytes)};
}

Dataset load_dataset(const path& folder, std::size_t train) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored))
        fail(folder, "no such folder; --data takes the folder of a data set, such as data/mnist");
    const bool sheets = std::any_of(sheet_names.begin(), sheet_names.end(), [&](std::string name) {
        return is_there(folder / (name + ".png"));
    });
    if (sheets) return load_sheets(folder, train);
    if (!is_there(find_idx(folder, "train-images", "idx3-ubyte")) &&
        !is_there(find_idx(folder, "t10k-images", "idx3-ubyte")))
        fail(folder,
             "no data set in this folder: neither sheets (train-0.png ...) nor IDX files "
             "(train-images-idx3-ubyte or train-images.idx3-ubyte, plain or .gz); "
             "see data/README.md");
    Dataset data{load_idx(folder, "train"), load_idx(folder, "t10k")};
    if (data.train.height != data.test.height || data.train.width != data.test.width)
        fail(folder,
             format("its training images are %d x %d pixels, its test images %d x %d",
                    data.train.height, data.train.width, data.test.height, data.test.width));
    return data;
}

Dataset load_dataset(const Options& options) {
    Dataset data = options.limit ? load_dataset(options.data, std::size_t(options.limit))
                                 : load_dataset(options.data);
    if (options.limit) data.train = first(std::move(data.train), options.limit);
    if (options.quick) data.test = first(std::move(data.test), 1000);
    return data;
}

path default_data_dir() {
    return is_there(HOURGLASS_DATA_DIR) ? path(HOURGLASS_DATA_DIR) : path("data") / "mnist";
}

Images first(Images images, int n) {
    if (n < 1) throw std::invalid_argument(format("first %d images: at least 1 is needed", n));
    if (n >= images.count) return images;
    images.count = n;
    images.pixels.resize(std::size_t(n) * std::size_t(images.size()));
    images.labels.resize(std::size_t(n));
    images.pixels.shrink_to_fit();
    return images;
}

}  // namespace support
