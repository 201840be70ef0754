#include "lessons/support/dataset.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <fstream>
#include <functional>
#include <random>

#include "lessons/support/lesson.h"
#include "lessons/support/png.h"

namespace {

using std::filesystem::path;
using Bytes = std::vector<std::uint8_t>;

const path fashion_mnist = "/usr/share/datasets/fashion-mnist";  // Debian's dataset-fashion-mnist

Bytes read(const path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// A new file each time: one that is truncated and written again is flushed to the disk.
void write(const path& file, const Bytes& bytes) {
    std::filesystem::remove(file);
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
}

void write_text(const path& file, const std::string& text) {
    write(file, {text.begin(), text.end()});
}

void put_big_endian(std::uint8_t* to, std::uint32_t n) {
    for (int i = 0; i < 4; ++i) to[i] = std::uint8_t(n >> (24 - 8 * i));
}

// An IDX file whose elements are 0, 1, 2, ...
Bytes idx(std::vector<std::uint32_t> sizes) {
    Bytes bytes(4 + 4 * sizes.size());
    bytes[2] = 8;
    bytes[3] = std::uint8_t(sizes.size());
    std::size_t size = 1;
    for (std::size_t d = 0; d < sizes.size(); ++d) {
        put_big_endian(&bytes[4 + 4 * d], sizes[d]);
        size *= sizes[d];
    }
    for (std::size_t i = 0; i < size; ++i) bytes.push_back(std::uint8_t(i));
    return bytes;
}

void write_gz(const path& file, const Bytes& bytes) {
    gzFile out = gzopen(file.c_str(), "wb");
    gzwrite(out, bytes.data(), unsigned(bytes.size()));
    gzclose(out);
}

void expect_error(const std::function<void()>& f, const std::vector<std::string>& parts) {
    try {
        f();
        ADD_FAILURE() << "no error, expected one that says: " << parts[0];
    } catch (const std::runtime_error& error) {
        for (const std::string& part : parts)
            EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
}

// Each test gets an empty folder of its own.
class DatasetTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "dataset_testXXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        dir = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(dir); }

    // 3 training images of 2 x 5 pixels, 2 test images.
    void write_idx_set() {
        write(dir / "train-images-idx3-ubyte", idx({3, 2, 5}));
        write(dir / "train-labels-idx1-ubyte", idx({3}));
        write(dir / "t10k-images-idx3-ubyte", idx({2, 2, 5}));
        write(dir / "t10k-labels-idx1-ubyte", idx({2}));
    }
    void expect_idx_error(const Bytes& image_file, const Bytes& label_file,
                          const std::vector<std::string>& parts) {
        write(dir / "images", image_file);
        write(dir / "labels", label_file);
        expect_error([&] { support::read_idx(dir / "images", dir / "labels"); }, parts);
    }

    // A sheet of 2 x 2 images, 3 x 3 pixels each: the pixel (y, x) is 10 y + x.
    support::GreyImage small_sheet() {
        support::GreyImage sheet{6, 6, {}};
        for (int y = 0; y < 6; ++y)
            for (int x = 0; x < 6; ++x) sheet.pixels.push_back(std::uint8_t(10 * y + x));
        return sheet;
    }
    void read_small_sheet() {
        pixels.assign(36, 99);
        labels.assign(4, 99);
        support::read_sheet(dir / "s.png", dir / "s.txt", 2, 3, pixels.data(), labels.data());
    }

    // The real data set, file by file as links, so that a test can spoil one.
    void link_sheets() {
        for (const auto& file : std::filesystem::directory_iterator(support::default_data_dir()))
            std::filesystem::create_symlink(file.path(), dir / file.path().filename());
    }

    path dir;
    Bytes pixels, labels;
};

// The checksums are those of the original IDX files behind their headers, by another program.
TEST_F(DatasetTest, MnistIsTheOriginalBitForBit) {
    const support::Dataset data = support::load_dataset(support::default_data_dir());
    const auto crc = [](const Bytes& bytes) { return crc32(0, bytes.data(), uInt(bytes.size())); };
    ASSERT_EQ(data.train.count, 60000);
    ASSERT_EQ(data.test.count, 10000);
    ASSERT_EQ(data.train.size(), 784);
    ASSERT_EQ(data.train.pixels.size(), 60000u * 784);
    ASSERT_EQ(data.test.pixels.size(), 10000u * 784);
    EXPECT_EQ(crc(data.train.pixels), 0xf3639b56u);
    EXPECT_EQ(crc(data.train.labels), 0xba07e8efu);
    EXPECT_EQ(crc(data.test.pixels), 0xe4ca5f57u);
    EXPECT_EQ(crc(data.test.labels), 0xee8604d9u);
}

TEST_F(DatasetTest, FashionMnistLoadsAsItIs) {
    if (!std::filesystem::exists(fashion_mnist))
        GTEST_SKIP() << "dataset-fashion-mnist is not installed";
    const support::Dataset data = support::load_dataset(fashion_mnist);
    EXPECT_EQ(data.train.count, 60000);
    EXPECT_EQ(data.test.count, 10000);
    EXPECT_EQ(data.train.size(), 784);
    EXPECT_EQ(data.train.labels[0], 9);  // an ankle boot
}

TEST_F(DatasetTest, IdxUnderEitherSpellingPlainOrCompressed) {
    for (const std::string joint : {"-", "."}) {
        for (const bool compressed : {false, true}) {
            for (const auto& file : std::filesystem::directory_iterator(dir))
                std::filesystem::remove(file);
            const auto put = [&](const std::string& name, const std::string& kind,
                                 const Bytes& bytes) {
                const path file = dir / (name + joint + kind);
                compressed ? write_gz(file.string() + ".gz", bytes) : write(file, bytes);
            };
            put("train-images", "idx3-ubyte", idx({3, 2, 5}));
            put("train-labels", "idx1-ubyte", idx({3}));
            put("t10k-images", "idx3-ubyte", idx({2, 2, 5}));
            put("t10k-labels", "idx1-ubyte", idx({2}));
            const support::Dataset data = support::load_dataset(dir);
            EXPECT_EQ(data.train.count, 3);
            EXPECT_EQ(data.train.height, 2);
            EXPECT_EQ(data.train.width, 5);
            ASSERT_EQ(data.train.pixels.size(), 30u);
            EXPECT_EQ(data.train.pixels[29], 29);
            EXPECT_EQ(data.train.labels, (Bytes{0, 1, 2}));
            EXPECT_EQ(data.test.count, 2);
            EXPECT_EQ(data.test.labels, (Bytes{0, 1}));
        }
    }
}

TEST_F(DatasetTest, ASheetIsReadTileByTile) {
    support::write_png_grey(dir / "s.png", small_sheet());
    write_text(dir / "s.txt", "31\n41\n");
    read_small_sheet();
    EXPECT_EQ(labels, (Bytes{3, 1, 4, 1}));
    EXPECT_EQ(Bytes(pixels.begin() + 9, pixels.begin() + 18),
              (Bytes{3, 4, 5, 13, 14, 15, 23, 24, 25}));
    EXPECT_EQ(Bytes(pixels.begin() + 18, pixels.begin() + 27),
              (Bytes{30, 31, 32, 40, 41, 42, 50, 51, 52}));
}

TEST_F(DatasetTest, FirstTakesAtMostN) {
    write_idx_set();
    const support::Images train = support::load_dataset(dir).train;
    const support::Images two = support::first(train, 2);
    EXPECT_EQ(two.count, 2);
    EXPECT_EQ(two.labels, (Bytes{0, 1}));
    EXPECT_EQ(two.pixels, Bytes(train.pixels.begin(), train.pixels.begin() + 20));
    EXPECT_EQ(support::first(train, 4).count, 3);
    EXPECT_THROW(support::first(train, 0), std::invalid_argument);
}

TEST_F(DatasetTest, AtLimitFewerAreTrainedOnAndAtQuickFewerAreHeldOut) {
    const Bytes many = idx({1200, 1, 1}), named = idx({1200});
    write(dir / "train-images-idx3-ubyte", many), write(dir / "train-labels-idx1-ubyte", named);
    write(dir / "t10k-images-idx3-ubyte", many), write(dir / "t10k-labels-idx1-ubyte", named);
    const auto counts = [&](int limit, bool quick) {
        const auto data = support::load_dataset({.limit = limit, .data = dir, .quick = quick});
        return std::pair(data.train.count, data.test.count);
    };
    EXPECT_EQ(counts(0, false), std::pair(1200, 1200));
    EXPECT_EQ(counts(7, false), std::pair(7, 1200));
    EXPECT_EQ(counts(0, true), std::pair(1200, 1000));
}

TEST_F(DatasetTest, ToTensorDividesBy255) {
    const support::Images images{2, 1, 3, {0, 51, 255, 1, 2, 3}, {0, 0}};
    const autograd::Tensor all = support::to_tensor(images);
    EXPECT_EQ(autograd::to_string(all.shape()), "[2, 3]");
    EXPECT_EQ(all.to_vector(),
              (std::vector<autograd::real>{0, autograd::real(0.2), 1, autograd::real(1) / 255,
                                           autograd::real(2) / 255, autograd::real(3) / 255}));
    const std::vector<int> rows = {1, 0, 1};
    const autograd::Tensor some = support::to_tensor(images, rows);
    EXPECT_EQ(autograd::to_string(some.shape()), "[3, 3]");
    EXPECT_EQ(some.at({0, 2}), autograd::real(3) / 255);
    EXPECT_EQ(some.at({1, 2}), 1);
    EXPECT_EQ(some.at({2, 0}), autograd::real(1) / 255);
    for (const int row : {-1, 2})
        EXPECT_THROW(support::to_tensor(images, std::vector<int>{row}), std::invalid_argument);
}

// ---- What can be wrong with a folder ------------------------------------------------------------

TEST_F(DatasetTest, FolderMissing) {
    expect_error([&] { support::load_dataset(dir / "none"); },
                 {"none: no such folder", "data/mnist"});
}

TEST_F(DatasetTest, FolderWithoutADataSetSaysWhatWasLookedFor) {
    expect_error(
        [&] { support::load_dataset(dir); },
        {"no data set", "train-0.png", "train-images-idx3-ubyte", ".gz", "data/README.md"});
}

TEST_F(DatasetTest, SheetMissing) {
    link_sheets();
    std::filesystem::remove(dir / "train-3.png");
    expect_error([&] { support::load_dataset(dir); }, {"train-3.png: no such file", "restore it"});
    // Nobody needs it who trains on the sheets before it alone.
    EXPECT_EQ(support::load_dataset({.limit = 30'000, .data = dir}).train.count, 30'000);
    EXPECT_ANY_THROW(support::load_dataset({.limit = 30'001, .data = dir}));
}

TEST_F(DatasetTest, SheetTruncated) {
    link_sheets();
    const path file = dir / "train-0.png";  // the first that is read
    Bytes bytes = read(file);
    bytes.resize(bytes.size() / 2);
    std::filesystem::remove(file);
    write(file, bytes);
    expect_error([&] { support::load_dataset(dir); }, {"train-0.png", "truncated"});
}

TEST_F(DatasetTest, LabelsMissing) {
    link_sheets();
    std::filesystem::remove(dir / "test.txt");
    expect_error([&] { support::load_dataset(dir); }, {"test.txt: no such file"});
}

TEST_F(DatasetTest, IdxFileMissing) {
    for (const std::string name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                   "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}) {
        write_idx_set();
        std::filesystem::remove(dir / name);
        expect_error([&] { support::load_dataset(dir); }, {name + ": no such file"});
    }
}

TEST_F(DatasetTest, TrainingAndTestImagesOfDifferentSizes) {
    write_idx_set();
    write(dir / "t10k-images-idx3-ubyte", idx({2, 3, 5}));
    expect_error([&] { support::load_dataset(dir); }, {"2 x 5", "3 x 5"});
    write(dir / "t10k-images-idx3-ubyte", idx({2, 2, 6}));
    expect_error([&] { support::load_dataset(dir); }, {"2 x 5", "2 x 6"});
}

// ---- What can be wrong with a sheet -------------------------------------------------------------

TEST_F(DatasetTest, SheetDamagedOrOfAnotherKind) {
    support::write_png_grey(dir / "s.png", small_sheet());
    write_text(dir / "s.txt", "31\n41\n");
    const Bytes good = read(dir / "s.png");
    const auto expect = [&](const Bytes& bytes, const std::string& message) {
        write(dir / "s.png", bytes);
        expect_error([&] { read_small_sheet(); }, {"s.png", message});
    };
    for (std::size_t n = 0; n < good.size(); ++n)
        expect(Bytes(good.begin(), good.begin() + std::ptrdiff_t(n)),
               n < 33 ? "not a PNG" : "truncated");
    expect(Bytes(100, 'x'), "not a PNG");
    for (const std::size_t at :
         {std::size_t{20}, std::size_t{45}, good.size() - 14}) {  // IHDR, IDAT, its checksum
        Bytes bytes = good;
        bytes[at] ^= 4;
        expect(bytes, "damaged");
    }
    Bytes longer = good;
    longer.push_back(0);
    expect(longer, "truncated");

    // A chunk that no reader knows: its name, which the message repeats, holds a line's end.
    Bytes chunk = {0, 0, 0, 0, 'I', 'G', '\r', '\n'};
    const auto sum = crc32(0, &chunk[4], 4);
    for (const int shift : {24, 16, 8, 0}) chunk.push_back(std::uint8_t(sum >> shift));
    Bytes strange = good;
    strange.insert(strange.begin() + 33, chunk.begin(), chunk.end());
    expect(strange, "IG??");

    support::write_png_rgb(dir / "s.png", 6, 6, Bytes(108));
    expect_error([&] { read_small_sheet(); }, {"s.png", "expected a grey PNG"});
    support::write_png_grey(dir / "s.png", {6, 5, Bytes(30)});
    expect_error([&] { read_small_sheet(); }, {"s.png", "is 5 x 6 pixels", "6 x 6"});
    std::filesystem::remove(dir / "s.png");
    expect_error([&] { read_small_sheet(); }, {"s.png", "cannot open"});
}

TEST_F(DatasetTest, LabelTextWrong) {
    support::write_png_grey(dir / "s.png", small_sheet());
    const auto expect = [&](const std::string& text, const std::string& message) {
        write_text(dir / "s.txt", text);
        expect_error([&] { read_small_sheet(); }, {"s.txt", message, "2 lines of 2 digits"});
    };
    expect("", "ends too early, at line 1, column 1");
    expect("31\n4", "ends too early, at line 2, column 2");
    expect("31\n41", "ends too early, at line 2, column 3");
    expect("3a\n41\n", "wrong character at line 1, column 2");
    expect("3\n141\n", "wrong character at line 1, column 2");
    expect("31415\n", "wrong character at line 1, column 3");
    expect("31\n41\n5", "too long");
    std::filesystem::remove(dir / "s.txt");
    expect_error([&] { read_small_sheet(); }, {"s.txt", "cannot open"});
}

// ---- What can be wrong with an IDX file ---------------------------------------------------------

TEST_F(DatasetTest, IdxDamaged) {
    const Bytes images = idx({3, 2, 5}), three = idx({3});
    for (const int at : {0, 1, 2, 3}) {
        Bytes bytes = images;
        bytes[std::size_t(at)] ^= 1;
        expect_idx_error(bytes, three, {"images", "not an IDX file", "3 dimensions"});
    }
    expect_idx_error({}, three, {"images", "not an IDX file"});
    expect_idx_error(images, images, {"labels", "not an IDX file", "1 dimension"});
    expect_idx_error(Bytes(images.begin(), images.begin() + 10), three,
                     {"images", "within its header"});
    expect_idx_error(Bytes(images.begin(), images.end() - 17), three,
                     {"images", "truncated", "3 x 2 x 5"});
    expect_idx_error(Bytes(images.begin(), images.end() - 1), three, {"images", "only 29 follow"});
    Bytes longer = images;
    longer.push_back(0);
    expect_idx_error(longer, three, {"images", "more follow"});
    expect_idx_error(images, idx({2}), {"labels", "2 labels", "3 images"});
    expect_error([&] { support::read_idx(dir / "none", dir / "labels"); }, {"none", "cannot open"});
    expect_error([&] { support::read_idx(dir, dir / "labels"); }, {"cannot read"});
}

// Neither a product that overflows nor 4 GB asked for on a header's word.
TEST_F(DatasetTest, IdxWithAbsurdSizes) {
    for (const std::vector<std::uint32_t>& sizes :
         {std::vector<std::uint32_t>{0xffffffff, 0xffffffff, 0xffffffff},
          {0x80000000, 0x80000000, 4},  // 2^64
          {1u << 16, 1u << 16, 1u << 16},
          {1, 65536, 65536},
          {0, 28, 28},
          {3, 0, 5}}) {
        Bytes bytes = idx({3, 2, 5});
        for (std::size_t d = 0; d < 3; ++d) put_big_endian(&bytes[4 + 4 * d], sizes[d]);
        expect_idx_error(bytes, idx({3}),
                         {"images", "impossible", std::to_string(sizes[0]) + " x "});
        write_gz(dir / "images", bytes);
        expect_error([&] { support::read_idx(dir / "images", dir / "labels"); },
                     {"images", "impossible"});
    }
}

TEST_F(DatasetTest, CompressedIdxDamaged) {
    write_gz(dir / "images", idx({3, 20, 50}));
    write(dir / "labels", idx({3}));
    const Bytes good = read(dir / "images");
    const auto expect = [&](const Bytes& bytes, const std::string& message) {
        write(dir / "images", bytes);
        expect_error([&] { support::read_idx(dir / "images", dir / "labels"); },
                     {"images", message});
    };
    expect(Bytes(good.begin(), good.begin() + std::ptrdiff_t(good.size() / 2)), "truncated");
    expect(Bytes(good.begin(), good.end() - 1), "truncated");
    Bytes bytes = good;
    bytes[bytes.size() - 6] ^= 1;  // the checksum at its end
    expect(bytes, "damaged");
    bytes = idx({3, 20, 50});
    bytes.resize(bytes.size() - 100);
    write_gz(dir / "images", bytes);
    expect(read(dir / "images"), "only 2900 follow");
}

// ---- Thousands of damaged files -----------------------------------------------------------------

// Changes a byte, cuts the end off, inserts or removes a byte: one to three times, half of them
// within the first 64 bytes, where the sizes are.
Bytes mutate(Bytes bytes, std::mt19937& random) {
    const auto below = [&](std::size_t n) { return std::size_t(random() % n); };
    for (std::size_t edits = 1 + below(3); edits > 0 && !bytes.empty(); --edits) {
        const std::size_t at =
            below(below(2) ? bytes.size() : std::min<std::size_t>(bytes.size(), 64));
        const auto where = bytes.begin() + std::ptrdiff_t(at);
        switch (below(5)) {
            case 0:
                bytes[at] ^= std::uint8_t(1 << below(8));
                break;
            case 1:
                bytes[at] = std::uint8_t(random());
                break;
            case 2:
                bytes.insert(where, std::uint8_t(random()));
                break;
            case 3:
                bytes.erase(where);
                break;
            case 4:
                bytes.resize(bytes.size() - below(std::min<std::size_t>(bytes.size(), 64)));
                break;
        }
    }
    return bytes;
}

// Makes the checksums of a PNG right again, so that the decoder behind them gets to see the damage.
Bytes repair_checksums(Bytes png) {
    for (std::size_t at = 8; at + 12 <= png.size();) {
        const std::size_t length = std::size_t{png[at]} << 24 | std::size_t{png[at + 1]} << 16 |
                                   std::size_t{png[at + 2]} << 8 | png[at + 3];
        if (length > png.size() - at - 12) break;
        put_big_endian(&png[at + 8 + length],
                       std::uint32_t(crc32(0, &png[at + 4], uInt(length + 4))));
        at += 12 + length;
    }
    return png;
}

// Loads or throws std::runtime_error, nothing else; the sanitizers watch the rest. Both must occur.
void expect_robust(int times, const std::function<void(std::mt19937&)>& load_mutated) {
    std::mt19937 random(1);
    int loaded = 0, refused = 0;
    for (int i = 0; i < times; ++i) {
        try {
            load_mutated(random);
            ++loaded;
        } catch (const std::runtime_error& error) {
            ++refused;
            ASSERT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
        }
    }
    EXPECT_GT(loaded, 0);
    EXPECT_GT(refused, times / 4);
}

TEST_F(DatasetTest, MutatedSheets) {
    support::write_png_grey(dir / "s.png", small_sheet());
    write_text(dir / "s.txt", "31\n41\n");
    const Bytes good = read(dir / "s.png");
    expect_robust(3000, [&](std::mt19937& random) {
        const Bytes bytes = mutate(good, random);
        write(dir / "s.png", random() % 4 ? repair_checksums(bytes) : bytes);
        read_small_sheet();
    });
}

TEST_F(DatasetTest, MutatedLabelTexts) {
    support::write_png_grey(dir / "s.png", small_sheet());
    const std::string text = "31\n41\n";
    expect_robust(2000, [&](std::mt19937& random) {
        write(dir / "s.txt", mutate({text.begin(), text.end()}, random));
        read_small_sheet();
    });
}

TEST_F(DatasetTest, MutatedIdx) {
    write(dir / "labels", idx({3}));
    for (const bool labels_too : {false, true}) {
        expect_robust(700, [&](std::mt19937& random) {
            write(dir / "images", labels_too ? idx({3, 2, 5}) : mutate(idx({3, 2, 5}), random));
            if (labels_too) write(dir / "labels", mutate(idx({3}), random));
            support::read_idx(dir / "images", dir / "labels");
        });
    }
}

TEST_F(DatasetTest, MutatedCompressedIdx) {
    write(dir / "labels", idx({3}));
    write_gz(dir / "images", idx({3, 20, 30}));
    const Bytes good = read(dir / "images");
    expect_robust(3000, [&](std::mt19937& random) {
        write(dir / "images", mutate(good, random));
        support::read_idx(dir / "images", dir / "labels");
    });
}

// ---- PNG ----------------------------------------------------------------------------------------

TEST_F(DatasetTest, PngComesBackAsItWas) {
    support::GreyImage image{37, 53, {}};
    std::mt19937 random(1);
    for (int i = 0; i < 37 * 53; ++i) image.pixels.push_back(std::uint8_t(random()));
    support::write_png_grey(dir / "a.png", image);
    const support::GreyImage back = support::read_png_grey(dir / "a.png");
    EXPECT_EQ(back.height, 37);
    EXPECT_EQ(back.width, 53);
    EXPECT_EQ(back.pixels, image.pixels);
}

TEST_F(DatasetTest, PngIsWrittenWholeOrNotAtAll) {
    expect_error(
        [&] {
            support::write_png_grey(dir / "none" / "a.png", {1, 1, {0}});
        },
        {"a.png", "cannot write"});
    std::filesystem::create_directories(dir / "taken.png" / "full");  // cannot be renamed over
    expect_error([&] { support::write_png_rgb(dir / "taken.png", 1, 1, Bytes(3)); },
                 {"taken.png", "cannot write"});
    expect_error(
        [&] {
            support::write_png_grey(dir / "a.png", {2, 2, Bytes(3)});
        },
        {"3 bytes", "2 x 2"});
    expect_error([&] { support::write_png_grey(dir / "a.png", {0, 0, {}}); }, {"0 x 0"});
    int files = 0;
    for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(dir)) ++files;
    EXPECT_EQ(files, 1);
}

}  // namespace
