// page_losses FILE: trains lesson 02's part for a page outside any page. Writes the pixels of its
// images to FILE and prints the losses, for losses_test.mjs, which trains the same in WebAssembly.
#include <cstdio>
#include <fstream>

#include "lessons/book/wasm/part.h"

namespace lessons::book {
std::unique_ptr<Part> make_02(const Settings&, const Data&);
}

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    // Squares at different places: 28 - 8 = 20 places in either direction.
    lessons::book::Images squares{{}, 2000, 28, 28};
    for (int i = 0; i < squares.count; ++i)
        for (int y = 0; y < 28; ++y)
            for (int x = 0; x < 28; ++x) {
                const int left = i % 20, top = i / 20 % 20;
                const bool inside = x >= left && x < left + 8 && y >= top && y < top + 8;
                squares.pixels.push_back(inside ? 255 : 0);
            }
    std::ofstream(argv[1], std::ios::binary)
        .write(reinterpret_cast<const char*>(squares.pixels.data()),
               std::streamsize(squares.pixels.size()));

    const auto part = lessons::book::make_02({}, {{"train-0", squares}, {"test", squares}});
    for (int step = 0; step < 100; ++step) std::printf("%.17g\n", part->step());
}
