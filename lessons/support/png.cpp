#include "lessons/support/png.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>

namespace {

constexpr int max_side = 8192;
constexpr std::size_t max_bytes = std::size_t{2} * max_side * max_side;

// stb_image believes the compressed data, which can grow a thousandfold: refuse to go along.
void* bounded_realloc(void* block, std::size_t size) {
    return size > max_bytes ? nullptr : std::realloc(block, size);
}

// stb_image_write's own compressor is simple: it makes the sheets of digits half as large again.
unsigned char* deflate_with_zlib(unsigned char* data, int size, int* compressed_size, int level) {
    uLongf room = compressBound(uLong(size));
    auto* compressed = static_cast<unsigned char*>(std::malloc(room));
    if (compressed) compress2(compressed, &room, data, uLong(size), level);  // there is room
    *compressed_size = int(room);
    return compressed;
}

}  // namespace

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS max_side
#define STBI_MALLOC std::malloc
#define STBI_REALLOC bounded_realloc
#define STBI_FREE std::free
#include <stb/stb_image.h>

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#define STBIW_ZLIB_COMPRESS deflate_with_zlib
#include <stb/stb_image_write.h>

#include "lessons/support/files.h"
#include "lessons/support/text.h"

namespace support {
namespace {

std::uint32_t big_endian(const std::uint8_t* p) {
    return std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 | p[3];
}

// A PNG is a signature of 8 bytes, then chunks: length, name of four letters, data, CRC-32 of name
// and data; the last is IEND. stb_image does not look at the checksums, and would hand out a
// damaged image as if nothing were wrong.
void check_chunks(const std::filesystem::path& file, std::span<const std::uint8_t> bytes) {
    if (bytes.size() < 33 || bytes.size() > max_bytes || big_endian(&bytes[0]) != 0x89504e47)
        fail(file, "not a PNG image");
    for (std::size_t at = 8, length; at + 12 <= bytes.size(); at += 12 + length) {
        length = big_endian(&bytes[at]);
        if (length > bytes.size() - at - 12) break;
        const std::uint8_t* name = &bytes[at + 4];
        if (crc32(0, name, uInt(4 + length)) != big_endian(name + 4 + length))
            fail(file, "this PNG image is damaged (a checksum differs): get a fresh copy");
        if (std::equal(name, name + 4, "IEND") && at + 12 + length == bytes.size()) return;
    }
    fail(file, "this PNG image is truncated: get a fresh copy");
}

void write_png(const std::filesystem::path& file, int height, int width, int channels,
               std::span<const std::uint8_t> pixels) {
    if (std::min(height, width) < 1 || std::max(height, width) > max_side ||
        pixels.size() != std::size_t(height) * std::size_t(width) * std::size_t(channels))
        fail(file, format("%zu bytes do not make an image of %d x %d pixels, %d bytes each",
                          pixels.size(), height, width, channels));
    const Unfinished unfinished(file);
    std::ofstream out(unfinished.part("image"), std::ios::binary);
    const auto append = [](void* to, void* data, int size) {
        static_cast<std::ofstream*>(to)->write(static_cast<const char*>(data), size);
    };
    const bool encoded =
        stbi_write_png_to_func(append, &out, width, height, channels, pixels.data(), 0);
    unfinished.publish(unfinished.part("image"), encoded && out.flush());
}

}  // namespace

GreyImage read_png_grey(const std::filesystem::path& file) {
    const std::string content = read_file(file);
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
    check_chunks(file, bytes);
    int width, height, channels;
    const std::unique_ptr<stbi_uc, decltype(&std::free)> pixels(
        stbi_load_from_memory(bytes.data(), int(bytes.size()), &width, &height, &channels, 1),
        std::free);
    if (!pixels) {  // without a reason where memory was short
        const char* const given = stbi_failure_reason();
        std::string reason = given ? given : "outofmem";  // it may name a chunk of the file
        if (reason == "outofmem") reason = "out of memory";
        std::ranges::replace_if(
            reason, [](char c) { return c < ' ' || c > '~'; }, '?');
        fail(file, "cannot decode this PNG image: " + reason);
    }
    if (channels != 1 || bytes[24] != 8)  // stb_image would convert it
        fail(file, "expected a grey PNG image of 8 bits a pixel; this is another kind: convert it");
    return {height, width, {pixels.get(), pixels.get() + std::size_t(height) * std::size_t(width)}};
}

void write_png_grey(const std::filesystem::path& file, const GreyImage& image) {
    write_png(file, image.height, image.width, 1, image.pixels);
}

void write_png_rgb(const std::filesystem::path& file, int height, int width,
                   std::span<const std::uint8_t> pixels) {
    write_png(file, height, width, 3, pixels);
}

}  // namespace support
