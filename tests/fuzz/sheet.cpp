// support::read_sheet refuses a sheet or its labels with std::runtime_error, or fills both arrays,
// with labels from 0 to 9.
#include <zlib.h>

#include <algorithm>
#include <stdexcept>

#include "lessons/support/dataset.h"
#include "lessons/support/png.h"
#include "tests/fuzz/fuzz.h"

namespace {

constexpr int tiles = 2, side = 3, pixels = tiles * side;

// Chance does not find a checksum: with right ones, the chunks' contents are looked at, too.
void mend_checksums(std::string& png) {
    const auto byte = [&](std::size_t i) { return std::size_t{std::uint8_t(png[i])}; };
    for (std::size_t at = 8; at + 12 <= png.size();) {
        const std::size_t length =
            byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3);
        if (length > png.size() - at - 12) return;
        const uLong crc = crc32(0, reinterpret_cast<const Bytef*>(&png[at + 4]), uInt(4 + length));
        for (int i = 0; i < 4; ++i)
            png[at + 8 + length + std::size_t(i)] = char(crc >> (24 - 8 * i));
        at += 12 + length;
    }
}

}  // namespace

// A last byte says whether the checksums are mended.
std::vector<std::string> fuzz::seeds() {
    const fs::path file = folder() / "seed.png";
    support::GreyImage image{pixels, pixels, std::vector<std::uint8_t>(pixels * pixels)};
    for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = std::uint8_t(i * i);
    support::write_png_grey(file, image);
    const std::string grey = read(file), labels = "01\n23\n";
    support::write_png_rgb(file, pixels, pixels, std::vector<std::uint8_t>(3 * pixels * pixels));
    return {joined(grey, labels) + '\1', joined(grey, labels) + '\0',
            joined(read(file), labels) + '\1', joined(grey, "0x\n2") + '\1'};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using fuzz::require;
    if (size < 3) return 0;
    auto [png, labels] = fuzz::split(data, size - 1);
    if (data[size - 1] & 1) mend_checksums(png);
    constexpr std::uint8_t untouched = 77;
    std::vector<std::uint8_t> to(pixels * pixels), digits(tiles * tiles, untouched);
    try {
        support::read_sheet(fuzz::write(fuzz::folder() / "sheet.png", png),
                            fuzz::write(fuzz::folder() / "sheet.txt", labels), tiles, side,
                            to.data(), digits.data());
        require(std::ranges::all_of(digits, [](int digit) { return digit <= 9; }),
                "labels are digits");
    } catch (const std::runtime_error&) {  // what it should throw
    }
    return 0;
}
