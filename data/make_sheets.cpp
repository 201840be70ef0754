// Makes the contact sheets in data/mnist/ from the original IDX files:
//   make_sheets IDX_DIR OUT_DIR
// A sheet is a grey PNG of 100 x 100 images, 28 x 28 pixels each, which anyone can open and look
// at; beside it a text file has a line of 100 digits for each row of tiles.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "lessons/support/dataset.h"
#include "lessons/support/png.h"

namespace {

using std::filesystem::path;
using support::Images;

constexpr int tiles = 100, side = 28, sheet_images = tiles * tiles;

// The images from `from` on, 10,000 of them.
void write_sheet(const path& folder, const std::string& name, const Images& images, int from) {
    support::GreyImage sheet{tiles * side, tiles * side, {}};
    sheet.pixels.resize(std::size_t(sheet.height) * std::size_t(sheet.width));
    for (int y = 0; y < sheet.height; ++y) {
        for (int x = 0; x < sheet.width; ++x) {
            const int image = from + y / side * tiles + x / side;
            sheet.pixels[std::size_t(y * sheet.width + x)] =
                images.pixels[std::size_t((image * side + y % side) * side + x % side)];
        }
    }
    support::write_png_grey(folder / (name + ".png"), sheet);

    std::string text;
    for (int i = 0; i < sheet_images; ++i) {
        const int label = images.labels[std::size_t(from + i)];
        if (label > 9)
            throw std::runtime_error("image " + std::to_string(from + i) + " has the label " +
                                     std::to_string(label) + ": sheets need a digit");
        text += char('0' + label);
        if (i % tiles == tiles - 1) text += '\n';
    }
    std::ofstream out(folder / (name + ".txt"), std::ios::binary);
    out << text;
    out.close();
    if (!out) throw std::runtime_error((folder / (name + ".txt")).string() + ": cannot write here");
}

bool same(const Images& a, const Images& b) {
    return a.count == b.count && a.height == b.height && a.width == b.width &&
           a.pixels == b.pixels && a.labels == b.labels;
}

void make_sheets(const path& from, const path& to) {
    const auto [train, test] = support::load_dataset(from);
    for (const auto& [images, count] : {std::pair(&train, 6 * sheet_images), {&test, sheet_images}})
        if (images->count != count || images->height != side || images->width != side)
            throw std::runtime_error(from.string() +
                                     ": sheets hold 60000 training and 10000 test images "
                                     "of 28 x 28 pixels, this data set is of another size");

    // Everything is written aside and read back before any of it takes its place.
    const path aside = to / "make_sheets.tmp";
    std::filesystem::remove_all(aside);
    std::filesystem::create_directories(aside);
    try {
        for (int sheet = 0; sheet < 6; ++sheet)
            write_sheet(aside, "train-" + std::to_string(sheet), train, sheet * sheet_images);
        write_sheet(aside, "test", test, 0);
        const support::Dataset back = support::load_dataset(aside);
        if (!same(back.train, train) || !same(back.test, test))
            throw std::runtime_error(to.string() + ": what was written reads back different");
        std::vector<path> files;
        for (const auto& entry : std::filesystem::directory_iterator(aside))
            files.push_back(entry.path());
        for (const path& file : files) std::filesystem::rename(file, to / file.filename());
        std::filesystem::remove(aside);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove_all(aside, ignored);
        throw;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: make_sheets IDX_DIR OUT_DIR\n");
        return 2;
    }
    try {
        make_sheets(argv[1], argv[2]);
        std::printf("%s: 7 sheets, 70000 images, the same bit for bit as in %s\n", argv[2],
                    argv[1]);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "make_sheets: %s\n", error.what());
        return 1;
    }
}
