// page_losses FILE: trains lesson 02's part for a page outside any page. Writes the bytes of the
// digits to FILE and prints the losses, for losses_test.mjs, which trains the same in WebAssembly.
#include <cstdio>
#include <fstream>

#include "lessons/book/wasm/part.h"
#include "lessons/support/dataset.h"

namespace lessons::book {
std::unique_ptr<Part> make_02(const Settings&, const Data&);
}

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const support::Images digits =
        support::first(support::load_dataset(support::default_data_dir()).train, 2000);
    std::ofstream(argv[1], std::ios::binary)
        .write(reinterpret_cast<const char*>(digits.pixels.data()),
               std::streamsize(digits.pixels.size()));

    const lessons::book::Images images{digits.pixels, digits.count, digits.width, digits.height};
    const auto part = lessons::book::make_02({}, {{"train-0", images}, {"test", images}});
    for (int step = 0; step < 100; ++step) std::printf("%.17g\n", part->step());
}
