#include "nn/safetensors.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>
#include <thread>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/autograd/support.h"

namespace {

namespace fs = std::filesystem;
using autograd::tensor;
using tests::expect_invalid;
using tests::Numbers;
using tests::Tensor;

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& path, const std::string& bytes) {
    fs::remove(path);  // some file systems write a file out at once when it is overwritten: slow
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string length_prefix(std::uint64_t length) {
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    return bytes;
}

// A file with this header, as it stands, and `data_bytes` of data.
std::string file_of(const std::string& header, std::size_t data_bytes) {
    return length_prefix(header.size()) + header + std::string(data_bytes, '\0');
}

std::string with(std::string text, const std::string& old_part, const std::string& new_part) {
    const std::size_t at = text.find(old_part);
    EXPECT_NE(at, std::string::npos) << old_part;
    return text.replace(at, old_part.size(), new_part);
}

std::string repeated(const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
}

// Each test gets an empty folder of its own, and a model: a of shape [2, 3], b of shape [2].
class Safetensors : public testing::Test {
  protected:
    Safetensors() {
        std::string name = (fs::temp_directory_path() / "safetensors_testXXXXXX").string();
        folder = mkdtemp(name.data());
        path = folder / "weights.safetensors";
    }
    ~Safetensors() override { fs::remove_all(folder); }

    nn::NamedParameters model() const { return {{"a", a}, {"b", b}}; }

    // Loading `bytes` fails with one line that names the file and contains `part`; nothing changes.
    void expect_refused(const std::string& bytes, const std::string& part) {
        SCOPED_TRACE(part);
        write(path, bytes);
        expect_load_fails(part);
    }
    void expect_load_fails(const std::string& part) {
        const Numbers old_a = a.to_vector(), old_b = b.to_vector();
        try {
            nn::load(path, model());
            ADD_FAILURE() << "loaded, where the message should contain \"" << part << "\"";
        } catch (const std::runtime_error& error) {
            const std::string message = error.what();
            EXPECT_TRUE(message.starts_with(path.string() + ": ")) << message;
            EXPECT_NE(message.find(part), std::string::npos) << message;
            EXPECT_EQ(message.find('\n'), std::string::npos) << message;
            EXPECT_LT(message.size(), path.string().size() + 250);
        }
        EXPECT_EQ(a.to_vector(), old_a);
        EXPECT_EQ(b.to_vector(), old_b);
    }

    const std::string header = R"({"a":{"dtype":"F64","shape":[2,3],"data_offsets":[0,48]},)"
                               R"("b":{"dtype":"F64","shape":[2],"data_offsets":[48,64]}})";
    fs::path folder, path;
    Tensor a = tensor({{1, 2, 3}, {4, 5, 6}}).requires_grad_(), b = tensor({7, 8});
};

}  // namespace

TEST_F(Safetensors, WritesTheseBytes) {
    nn::save(path, {{"w", tensor({{1, -2}})}, {"b", Tensor(0.5)}});
    const std::string expected = std::string("\x70\0\0\0\0\0\0\0", 8) +
                                 R"({"w":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},)"
                                 R"("b":{"dtype":"F64","shape":[],"data_offsets":[16,24]}})"
                                 " " +
                                 std::string(
                                     "\0\0\0\0\0\0\xf0\x3f"
                                     "\0\0\0\0\0\0\0\xc0"
                                     "\0\0\0\0\0\0\xe0\x3f",
                                     24);
    EXPECT_EQ(read(path), expected);
}

// In another order than the model's, with metadata, unpadded, in single precision.
TEST_F(Safetensors, ReadsWhatOthersWrite) {
    const float numbers[] = {-7, -8, 10, 20, 30, 40, 50, 0.1f};
    std::string data(sizeof numbers, '\0');
    std::memcpy(data.data(), numbers, sizeof numbers);
    write(path, file_of(R"({"__metadata__": {"format": "pt"}, )"
                        R"("b": {"shape": [2], "data_offsets": [0, 8], "dtype": "F32"}, )"
                        R"("a": {"dtype": "F32", "data_offsets": [8, 32], "shape": [2, 3]} })",
                        0) +
                    data);
    nn::load(path, model());
    EXPECT_EQ(a.to_vector(), (Numbers{10, 20, 30, 40, 50, 0.1f}));
    EXPECT_EQ(b.to_vector(), (Numbers{-7, -8}));
    EXPECT_TRUE(a.requires_grad());
}

TEST_F(Safetensors, RoundTripsEveryBit) {
    autograd::Rng rng(1);
    const nn::Sequential net{nn::Linear(7, 3, rng), nn::Sigmoid(), nn::Linear(3, 7, rng)},
        other{nn::Linear(7, 3, rng), nn::Sigmoid(), nn::Linear(3, 7, rng)};
    const Tensor odd = tensor({0.1, -0.0, std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::denorm_min(), std::nan("")});
    Tensor odd_too = autograd::zeros({5});
    auto parameters = net.named_parameters(), targets = other.named_parameters();
    const auto add = [&](const std::string& name, const Tensor& from, const Tensor& to) {
        parameters.emplace_back(name, from);
        targets.emplace_back(name, to);
    };
    add("odd", odd, odd_too);
    add("empty", autograd::zeros({0, 4}), autograd::zeros({0, 4}));
    add("4 axes", tests::counting({1, 2, 3, 4}), autograd::zeros({1, 2, 3, 4}));
    add("", tensor({1}), tensor({2}));
    add("\"quoted\"\n\\ \u00e9", tensor({1}), tensor({2}));

    nn::save(path, parameters);
    nn::load(path, targets);
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        const Tensor &from = parameters[k].second, &to = targets[k].second;
        EXPECT_EQ(std::memcmp(from.data(), to.data(), from.size() * sizeof(double)), 0)
            << parameters[k].first;
    }
    const std::string bytes = read(path);
    EXPECT_EQ(static_cast<unsigned char>(bytes[0]) % 8, 0);  // the data begin at a multiple of 8

    nn::save(path, {});
    EXPECT_EQ(read(path), file_of("{}      ", 0));
    nn::load(path, {});
}

TEST_F(Safetensors, SavingLeavesNothingBeside) {
    write(path, "an older file");
    nn::save(path, model());
    EXPECT_EQ(read(path).substr(8, header.size()), header);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

TEST_F(Safetensors, WhatCannotBeWrittenIsLeftAsItWas) {
    const auto expect_failure = [&](const fs::path& to) {
        try {
            nn::save(to, model());
            ADD_FAILURE() << "saved";
        } catch (const std::runtime_error& error) {
            EXPECT_EQ(std::string(error.what()),
                      to.string() +
                          ": cannot be written: is the folder there and writable, the disk "
                          "not full?");
        }
    };
    expect_failure(folder / "missing" / "w.safetensors");
    EXPECT_TRUE(fs::is_empty(folder));

    fs::create_directory(path);
    expect_failure(path);  // a folder stands in its place: the renaming fails
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
    fs::remove(path);

    write(path, "an older file");
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{50, before.rlim_max};  // files of 50 bytes at most play a full disk
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    expect_failure(path);
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_EQ(read(path), "an older file");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

TEST_F(Safetensors, FollowsLinksKeepsTheModeAndWritesDevicesInPlace) {
    fs::create_symlink("target", folder / "link");  // which is not there yet
    nn::save(folder / "link", model());
    EXPECT_TRUE(fs::is_symlink(folder / "link"));
    ASSERT_TRUE(fs::is_regular_file(folder / "target"));
    fs::permissions(folder / "target", fs::perms::owner_read | fs::perms::owner_write);
    nn::save(folder / "link", model());
    EXPECT_EQ(fs::status(folder / "target").permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
    nn::load(folder / "link", model());
    ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
    std::string piped;
    std::thread reader([&] { piped = read(folder / "pipe"); });
    nn::save(folder / "pipe", model());
    reader.join();
    EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
    EXPECT_EQ(piped, read(folder / "target"));
}

TEST_F(Safetensors, ADanglingLinkIsWrittenThrough) {
    fs::create_directory(folder / "links");
    fs::create_symlink("../runs/1/weights", folder / "links" / "relative");
    fs::create_symlink(folder / "runs" / "2" / "weights", folder / "links" / "absolute");
    fs::create_symlink("absolute", folder / "links" / "twice");
    for (const char* const name : {"relative", "absolute", "twice"}) {
        nn::save(folder / "links" / name, model());
        EXPECT_TRUE(fs::is_symlink(folder / "links" / name));
        nn::load(folder / "links" / name, model());
    }
    EXPECT_TRUE(fs::is_regular_file(folder / "runs" / "1" / "weights"));
    EXPECT_TRUE(fs::is_regular_file(folder / "runs" / "2" / "weights"));

    write(folder / "file", "");
    fs::create_symlink("../file/weights", folder / "links" / "blocked");
    try {
        nn::save(folder / "links" / "blocked", model());
        ADD_FAILURE() << "a file has become a folder";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("a link to "), std::string::npos) << error.what();
    }
    EXPECT_TRUE(fs::is_symlink(folder / "links" / "blocked"));
}

// Two that save under one path, and one that loads: it always finds a whole file of one of them.
TEST_F(Safetensors, ManyMayWriteOneFile) {
    nn::save(path, {{"w", autograd::full({1000}, 1)}});
    std::vector<std::thread> writers;
    for (const int value : {1, 2})
        writers.emplace_back([this, value] {
            for (int i = 0; i < 50; ++i) nn::save(path, {{"w", autograd::full({1000}, value)}});
        });
    for (int i = 0; i < 100; ++i) {
        const Tensor w = autograd::zeros({1000});
        nn::load(path, {{"w", w}});
        const Numbers numbers = w.to_vector();
        EXPECT_EQ(numbers, Numbers(1000, numbers[0]));
    }
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

TEST_F(Safetensors, NamesAreUtf8) {
    expect_invalid([&] { nn::save(path, {{"caf\xe9", a}}); }, "a name is not UTF-8");
    EXPECT_TRUE(fs::is_empty(folder));
    nn::save(path, {{"caf\xc3\xa9", a}});
    nn::load(path, {{"caf\xc3\xa9", a}});
}

TEST_F(Safetensors, NamesMustDiffer) {
    const nn::NamedParameters twice = {{"a", a}, {"b", b}, {"a", b}},
                              reserved = {{"__metadata__", a}};
    expect_invalid([&] { nn::save(path, twice); }, "the name \"a\" occurs twice");
    expect_invalid([&] { nn::save(path, reserved); }, "the name \"__metadata__\" is reserved");
    EXPECT_TRUE(fs::is_empty(folder));
    write(path, file_of(header, 64));
    expect_invalid([&] { nn::load(path, twice); }, "the name \"a\" occurs twice");
}

TEST_F(Safetensors, RefusesFilesThatAreNone) {
    expect_load_fails("cannot be read: is it there?");
    fs::create_directory(path);
    expect_load_fails("cannot be read: is it there?");
    fs::remove(path);
    expect_refused("", "it has 0 bytes: not a safetensors file");
    expect_refused("1234567", "it has 7 bytes: not a safetensors file");
    expect_refused(length_prefix(0), "its header is not JSON");
    const std::string good = file_of(header, 64);
    expect_refused(good.substr(0, 20), "its header would take " + std::to_string(header.size()) +
                                           " of the file's 20 bytes");
    expect_refused(good.substr(0, 8 + header.size() - 1), "truncated");
    expect_refused(length_prefix(0xffffffffffffffff) + header,
                   "18446744073709551615 of the file's");
    expect_refused(length_prefix(0xfffffffffffffff8) + header, "would take");
    expect_refused("\x89PNG\r\n\x1a\n and so on", "not a safetensors file");
}

// A header may take 100 million bytes, no more, even if the file is as long.
TEST_F(Safetensors, RefusesAHugeHeader) {
    write(path, length_prefix(100'000'001) + "{");
    fs::resize_file(path, 200'000'000);  // zeros that take no room on the disk
    expect_load_fails("its header would take 100000001 of the file's 200000000 bytes");
}

TEST_F(Safetensors, RefusesWhatIsNotJson) {
    const char* const no_json = "its header is not JSON: is this a safetensors file?";
    expect_refused(file_of("nonsense", 0), no_json);
    expect_refused(file_of("[1, 2]", 0), no_json);
    expect_refused(file_of("\"a\"", 0), no_json);
    expect_refused(file_of(" " + header, 64), no_json);
    expect_refused(file_of("\xef\xbb\xbf" + header, 64), no_json);
    expect_refused(file_of(header.substr(0, header.size() - 1), 64), no_json);
    expect_refused(file_of(header + "}", 64), no_json);
    expect_refused(file_of(header + std::string("\0}", 2), 64), no_json);
    expect_refused(file_of("{\"\xff\":1}", 0), no_json);
    expect_refused(file_of(with(header, "48", "1e999"), 64), no_json);
    expect_refused(file_of(R"({"a":)", 0), no_json);
}

TEST_F(Safetensors, RefusesDeepNesting) {
    const char* const deep = "nested too deep";
    expect_refused(file_of(R"({"a":{"shape":[[2]]}})", 0), deep);
    expect_refused(file_of(repeated(R"({"a":)", 1'000'000), 0), deep);
    expect_refused(file_of(R"({"a":)" + repeated("[", 1'000'000), 0), deep);
    expect_refused(file_of(R"({"__metadata__":)" + repeated(R"({"a":)", 1'000'000), 0), deep);
}

TEST_F(Safetensors, RefusesNamesThatDoNotFit) {
    const auto renamed = [&](const std::string& from, const std::string& to) {
        return file_of(with(header, '"' + from + "\":", to + ":"), 64);
    };
    expect_refused(renamed("b", R"("c")"), "there is no tensor \"b\" in it");
    expect_refused(renamed("b", R"("a")"), "its header has \"a\" twice");
    expect_refused(renamed("b", R"("\u0061")"), "its header has \"a\" twice");
    expect_refused(renamed("shape", R"("dtype")"), "its header has \"dtype\" twice");
    expect_refused(file_of("{}", 0), "there is no tensor \"a\"");
    const std::string entry = R"(:{"dtype":"F64","shape":[0],"data_offsets":[64,64]},)";
    expect_refused(file_of(with(header, "{", R"({"extra")" + entry), 64),
                   "the model has no tensor \"extra\"");
    // What the file calls its tensors does not spoil the message.
    expect_refused(
        file_of(with(header, "{", R"({"two\nlines\u001b[2J)" + std::string(500, 'x') + '"' + entry),
                64),
        R"(the model has no tensor "two\nlines\u001b[2Jxxx)");
}

TEST_F(Safetensors, RefusesEntriesThatDoNotFit) {
    const auto changed = [&](const std::string& from, const std::string& to) {
        return file_of(with(header, from, to), 64);
    };
    for (const char* entry : {"1", "null", "[]", "{}", "\"F64\""})
        expect_refused(file_of(std::string(R"({"a":)") + entry + "}", 64),
                       "tensor \"a\": its entry in the header has no dtype");
    expect_refused(changed("\"shape\":[2,3],", ""), "its entry in the header has no shape");
    expect_refused(changed(",\"data_offsets\":[0,48]", ""), "has no data_offsets");

    expect_refused(changed("F64", "F16"),
                   "tensor \"a\": its type is \"F16\": F32 and F64 can be read");
    expect_refused(changed("\"F64\"", "64"), "its type is 64");
    expect_refused(changed("\"F64\"", "[\"F64\"]"), "its type is [\"F64\"]");

    expect_refused(changed("[2,3]", "[3,2]"),
                   "tensor \"a\": its shape is [3,2], but the model's is [2,3]");
    for (const char* shape :
         {"[6]", "[2,3,1]", "[]", "[2.0,3]", "[-2,-3]", "[\"2\",3]", "6", "null", "[4294967298,3]",
          "[18446744073709551615,18446744073709551615]"})
        expect_refused(changed("[2,3]", shape), std::string("its shape is ") + shape);
    expect_refused(changed("[2,3]", "[2" + repeated(",1", 10'000) + "]"), "its shape is [2,1,1");

    for (const char* offsets : {"[0]", "[0,24,48]", "[-1,47]", "[0.0,48]", "[\"0\",48]", "48",
                                "null", "[0,18446744073709551616]", "{\"0\":48}"})
        expect_refused(changed("[0,48]", offsets), "tensor \"a\": its data_offsets ");
    for (const char* offsets : {"[0,47]", "[0,24]", "[48,0]", "[0,0]", "[0,18446744073709551615]",
                                "[18446744073709551568,0]", "[18446744073709551600,32]"})
        expect_refused(changed("[0,48]", offsets),
                       std::string("its data_offsets ") + offsets + " do not hold 48 bytes");
}

TEST_F(Safetensors, RefusesDataThatDoNotFit) {
    const auto moved = [&](const std::string& a_at, const std::string& b_at, std::size_t bytes) {
        return file_of(with(with(header, "[0,48]", a_at), "[48,64]", b_at), bytes);
    };
    expect_refused(moved("[0,48]", "[0,16]", 48), "overlap or leave a gap at byte 16 of the data");
    expect_refused(moved("[0,48]", "[40,56]", 56), "overlap or leave a gap at byte 48 of the data");
    expect_refused(moved("[0,48]", "[56,72]", 72), "overlap or leave a gap at byte 48 of the data");
    expect_refused(moved("[8,56]", "[56,72]", 72), "overlap or leave a gap at byte 0 of the data");
    expect_refused(moved("[16,64]", "[64,80]", 64), "overlap or leave a gap at byte 0 of the data");
    expect_refused(file_of(header, 63), "its tensors fill 64 bytes, but 63 follow the header");
    expect_refused(file_of(header, 65), "its tensors fill 64 bytes, but 65 follow the header");
    expect_refused(file_of(header, 0), "but 0 follow the header: truncated or damaged");
    write(path, moved("[16,64]", "[0,16]", 64));  // the other way round is no gap
    nn::load(path, model());
    EXPECT_EQ(a.to_vector(), Numbers(6, 0));
}

TEST_F(Safetensors, AResultOfAGraphIsNotOverwritten) {
    write(path, file_of(header, 64));
    const nn::NamedParameters parameters = {{"a", a}, {"b", b + autograd::sum(a)}};
    expect_invalid([&] { nn::load(path, parameters); }, "mutable_data");
    EXPECT_EQ(a.to_vector(), (Numbers{1, 2, 3, 4, 5, 6}));
}

// Thousands of damaged files: each is loaded (what was hit is a number, or a space) or refused with
// one line. The sanitizers watch the rest.
TEST_F(Safetensors, SurvivesDamage) {
    nn::save(path, model());
    const std::string good = read(path);
    const std::size_t header_end = good.size() - 64;
    std::mt19937_64 random(1);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    // What stands in headers, so that some damaged ones are still JSON.
    const std::string tokens[] = {"[",  "]",     "{",     "}",   ",",  ":",  "\"", "0",
                                  "9",  "-",     ".5",    "e9",  "1",  " ",  "48", "64",
                                  "F3", "null",  "\"a\"", "[]",  "{}", "\\", "\n", "\xff",
                                  "a",  "shape", "true",  "[0,", "2]", "16"};
    int loaded = 0, refused = 0;
    for (int round = 0; round < 6000; ++round) {
        std::string bytes = good;
        for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
            const std::size_t at = below(bytes.size());
            const std::size_t in_header = 8 + below(std::min(header_end, bytes.size()) - 8);
            switch (below(6)) {
                case 0:
                    bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                    break;
                case 1:
                    bytes[at] = static_cast<char>(below(256));
                    break;
                case 2:
                    bytes.resize(std::max<std::size_t>(at, 16));
                    break;
                case 3:
                    bytes.insert(at, 1 + below(9), static_cast<char>(below(256)));
                    break;
                case 4:
                    bytes.insert(in_header, tokens[below(std::size(tokens))]);
                    break;
                case 5:
                    bytes.replace(in_header, 1, tokens[below(std::size(tokens))]);
                    break;
            }
        }
        // Half of them get the right header length again, so that the parser sees the damage.
        if (below(2) && bytes.size() > 72)
            bytes.replace(0, 8, length_prefix(bytes.size() - 64 - 8));
        write(path, bytes);
        a = tensor({{1, 2, 3}, {4, 5, 6}});
        b = tensor({7, 8});
        try {
            nn::load(path, model());
            ++loaded;
        } catch (const std::runtime_error& error) {
            ++refused;
            const std::string message = error.what();
            ASSERT_TRUE(message.starts_with(path.string() + ": ")) << message;
            ASSERT_EQ(message.find('\n'), std::string::npos) << message;
            ASSERT_EQ(a.to_vector(), (Numbers{1, 2, 3, 4, 5, 6})) << message;
            ASSERT_EQ(b.to_vector(), (Numbers{7, 8})) << message;
        }
    }
    EXPECT_GT(loaded, 300);
    EXPECT_GT(refused, 3000);
}
