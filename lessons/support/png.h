#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace support {

// A grey image, 8 bits a pixel.
struct GreyImage {
    int height = 0, width = 0;
    std::vector<std::uint8_t> pixels;  // [height, width], 0 = black ... 255 = white
};

// Reads an 8-bit grey PNG of at most 8192 x 8192 pixels. std::runtime_error, naming the file, when
// it is missing, damaged (each chunk's checksum is compared) or another kind of image.
GreyImage read_png_grey(const std::filesystem::path& file);

// Both write beside the file first and then rename: whoever looks sees the old file or the new one,
// whole. std::runtime_error when that fails.
void write_png_grey(const std::filesystem::path& file, const GreyImage& image);
void write_png_rgb(const std::filesystem::path& file, int height, int width,
                   std::span<const std::uint8_t> pixels);  // [height, width, 3]

}  // namespace support
