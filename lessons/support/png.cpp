#include "lessons/support/png.h"

#include <png.h>

#include <algorithm>

#include "lessons/support/text.h"

namespace support {

namespace {

void write_png(const std::filesystem::path& file, int height, int width, unsigned kind,
               std::span<const std::uint8_t> pixels) {
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    png.height = unsigned(height), png.width = unsigned(width);
    png.format = kind;
    if (height < 1 || width < 1 || pixels.size() != PNG_IMAGE_SIZE(png))
        fail(file, format("%zu bytes do not make an image of %d x %d pixels, %d bytes each",
                          pixels.size(), height, width, PNG_IMAGE_PIXEL_CHANNELS(kind)));
    std::filesystem::path temporary = file;
    temporary += ".tmp";
    std::error_code error;
    const bool written =
        png_image_write_to_file(&png, temporary.c_str(), 0, pixels.data(), 0, nullptr);
    if (written) std::filesystem::rename(temporary, file, error);
    if (!written || error) {
        std::filesystem::remove(temporary, error);
        fail(file, "cannot write here: is the folder there and writable, the disk not full?");
    }
}

}  // namespace

GreyImage read_png_grey(const std::filesystem::path& file) {
    const std::string bytes = read_file(file);
    png_image png{};
    png.version = PNG_IMAGE_VERSION;
    const auto damaged = [&](const char* what) {
        fail(file, format("not a PNG image, or truncated or damaged (%s): get a fresh copy", what));
    };
    // libpng reads no further than the pixels.
    if (!bytes.ends_with(std::string("\0\0\0\0IEND\xAE\x42\x60\x82", 12))) damaged("no end");
    if (!png_image_begin_read_from_memory(&png, bytes.data(), bytes.size())) damaged(png.message);
    if (png.format != PNG_FORMAT_GRAY || std::max(png.height, png.width) > 8192) {
        png_image_free(&png);
        fail(file, "expected a grey PNG image of 8 bits a pixel, at most 8192 x 8192");
    }
    GreyImage image{int(png.height), int(png.width), {}};
    image.pixels.resize(PNG_IMAGE_SIZE(png));
    if (!png_image_finish_read(&png, nullptr, image.pixels.data(), 0, nullptr))
        damaged(png.message);
    return image;
}

void write_png_grey(const std::filesystem::path& file, const GreyImage& image) {
    write_png(file, image.height, image.width, PNG_FORMAT_GRAY, image.pixels);
}

void write_png_rgb(const std::filesystem::path& file, int height, int width,
                   std::span<const std::uint8_t> pixels) {
    write_png(file, height, width, PNG_FORMAT_RGB, pixels);
}

}  // namespace support
