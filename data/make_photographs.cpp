// Makes the grey photographs in data/photographs/ from the colour ones of Debian's python3-skimage:
//   make_photographs SKIMAGE_DATA_DIR OUT_DIR
// Colour becomes luminance, (77 red + 150 green + 29 blue) / 256; nothing else is changed.
#define STB_IMAGE_IMPLEMENTATION
#include <stb/stb_image.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "lessons/support/png.h"

namespace {

using std::filesystem::path;

void make(const path& from, const path& to) {
    int width = 0, height = 0, channels = 0;
    const std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> pixels(
        stbi_load(from.c_str(), &width, &height, &channels, 1), &stbi_image_free);
    if (!pixels) throw std::runtime_error(from.string() + ": " + stbi_failure_reason());
    support::write_png_grey(
        to,
        {height, width, {pixels.get(), pixels.get() + std::size_t(width) * std::size_t(height)}});
    std::printf("%s: %d x %d\n", to.c_str(), width, height);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: make_photographs SKIMAGE_DATA_DIR OUT_DIR\n");
        return 2;
    }
    try {
        std::filesystem::create_directories(argv[2]);
        for (const char* name : {"astronaut.png", "camera.png", "chelsea.png", "coffee.png",
                                 "grass.png", "gravel.png", "rocket.jpg"})
            make(path(argv[1]) / name, path(argv[2]) / path(name).replace_extension(".png"));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "make_photographs: %s\n", error.what());
        return 2;
    }
}
