#pragma once

#include <cstdint>
#include <filesystem>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/tensor.h"

namespace support {

// Images of one size with their labels, in the data set's own order. They stay bytes, a quarter of
// their size as floats; to_tensor() below makes numbers of the few that a training step asks for.
struct Images {
    int count = 0, height = 0, width = 0;
    std::vector<std::uint8_t> pixels;  // [count, height, width], 0 = background ... 255 = ink
    std::vector<std::uint8_t> labels;  // [count]
    int size() const { return height * width; }  // pixels in an image
};

struct Dataset {
    Images train, test;
};

// Reads a folder of sheets (train-0.png ... train-5.png, test.png, and the labels of each in
// train-0.txt ...) or of IDX files ({train,t10k}-images-idx3-ubyte, {train,t10k}-labels-idx1-ubyte;
// also spelt .idx3-ubyte, and each plain or .gz). Of the sheets only those that hold the first
// `train` training images, as decoding takes time. std::runtime_error, saying which file, what is
// wrong and what to do.
Dataset load_dataset(const std::filesystem::path& folder, std::size_t train = 60'000);

struct Options;  // see lesson.h

// What a lesson works on: from --data, with --limit the first so many training images only, and
// with --quick 1000 held-out ones. Errors as above.
Dataset load_dataset(const Options& options);

// The folder of MNIST in the source tree; where that is gone, data/mnist in the current folder.
std::filesystem::path default_data_dir();

// The first n images, or all where there are fewer. std::invalid_argument for n < 1.
Images first(Images images, int n);

// The readers that load_dataset is made of, each for one pair of files; errors as above.
// A sheet is a PNG of tiles x tiles images, side x side pixels each, and a text of as many digits,
// so that line r, column c labels tile (r, c). Writes pixels [tiles^2, side, side], labels
// [tiles^2].
void read_sheet(const std::filesystem::path& png, const std::filesystem::path& text, int tiles,
                int side, std::uint8_t* pixels, std::uint8_t* labels);
// IDX files as http://yann.lecun.com/exdb/mnist describes them, plain or compressed.
Images read_idx(const std::filesystem::path& images, const std::filesystem::path& labels);

// The images `rows`, counted from 0, as a tensor [rows, pixels] of numbers in [0, 1]: byte / 255.
// std::invalid_argument for a row that is not there. Inline, because `real` is float in one program
// and double in another, and this library is built once for both.
inline autograd::Tensor to_tensor(const Images& images, std::span<const int> rows) {
    autograd::Tensor x = autograd::empty({std::int64_t(rows.size()), images.size()});
    autograd::real* to = x.mutable_data();
    for (const int row : rows) {
        if (row < 0 || row >= images.count)
            throw std::invalid_argument("to_tensor: there is no image " + std::to_string(row) +
                                        " among " + std::to_string(images.count));
        const std::uint8_t* from =
            images.pixels.data() + std::size_t(row) * std::size_t(images.size());
        for (int i = 0; i < images.size(); ++i) to[i] = autograd::real(from[i]) / 255;
        to += images.size();
    }
    return x;
}

// All the images, [count, pixels].
inline autograd::Tensor to_tensor(const Images& images) {
    std::vector<int> rows(std::size_t(images.count));
    std::iota(rows.begin(), rows.end(), 0);
    return to_tensor(images, rows);
}

}  // namespace support
