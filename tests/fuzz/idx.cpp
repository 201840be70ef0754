// support::read_idx refuses a pair of files with std::runtime_error, or returns as many pixels and
// labels as it says.
#include <zlib.h>

#include <cstring>
#include <stdexcept>

#include "lessons/support/dataset.h"
#include "tests/fuzz/fuzz.h"

std::vector<std::string> fuzz::seeds() {
    const std::string images =
        std::string("\0\0\x08\3\0\0\0\2\0\0\0\2\0\0\0\3", 16) + "twelve bytes";
    const std::string labels = std::string("\0\0\x08\1\0\0\0\2\0\1", 10);
    const auto compressed = [](const std::string& bytes) {
        const fs::path file = folder() / "seed.gz";
        gzFile out = gzopen(file.c_str(), "wb");
        gzwrite(out, bytes.data(), unsigned(bytes.size()));
        gzclose(out);
        return read(file);
    };
    return {joined(images, labels), joined(compressed(images), compressed(labels)),
            joined(images.substr(0, 20), labels)};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using fuzz::require;
    const auto [images, labels] = fuzz::split(data, size);
    try {
        const support::Images read =
            support::read_idx(fuzz::write(fuzz::folder() / "images", images),
                              fuzz::write(fuzz::folder() / "labels", labels));
        require(read.count > 0 && read.height > 0 && read.width > 0, "no axis is empty");
        require(read.pixels.size() == std::size_t(read.count) * std::size_t(read.size()),
                "all pixels are there");
        require(read.labels.size() == std::size_t(read.count), "all labels are there");
        require(support::to_tensor(support::first(read, 1)).size() == read.size(),
                "an image can be taken");
    } catch (const std::runtime_error& error) {
        require(std::strchr(error.what(), '\n') == nullptr, "a message is one line");
    }
    return 0;
}
