#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "lessons/13_edges/patches.h"
#include "lessons/support/png.h"
#include "lessons/support/text.h"

namespace lessons {

// Every PNG of a folder, by name. std::runtime_error where there is none, or one that is not grey.
inline std::vector<Photograph> photographs(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    if (!std::filesystem::is_directory(folder))
        support::fail(folder, "no such folder: name one with grey photographs by --data");
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".png") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    if (files.empty())
        support::fail(folder, "no PNG in this folder: name one with grey photographs by --data");
    std::vector<Photograph> all;
    for (const auto& file : files) {
        const support::GreyImage image = support::read_png_grey(file);
        all.push_back({file.string(), image.height, image.width, {}});
        for (const std::uint8_t byte : image.pixels) all.back().pixels.push_back(byte / 255.0f);
    }
    return all;
}

}  // namespace lessons
