#include "nn/safetensors.h"

#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "tests/autograd/support.h"

namespace {

namespace fs = std::filesystem;
using autograd::tensor;
using tests::Numbers;
using tests::Tensor;

class SafetensorsFloat : public testing::Test {
  protected:
    SafetensorsFloat() {
        std::string name = (fs::temp_directory_path() / "safetensors_testXXXXXX").string();
        folder = mkdtemp(name.data());
        path = folder / "weights.safetensors";
    }
    ~SafetensorsFloat() override { fs::remove_all(folder); }
    fs::path folder, path;
};

}  // namespace

TEST_F(SafetensorsFloat, WritesTheseBytes) {
    nn::save(path, {{"w", tensor({{1, -2}})}, {"b", Tensor(0.5)}});
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const std::string expected = std::string("\x70\0\0\0\0\0\0\0", 8) +
                                 R"({"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
                                 R"("b":{"dtype":"F32","shape":[],"data_offsets":[8,12]}})"
                                 "   " +
                                 std::string(
                                     "\0\0\x80\x3f"
                                     "\0\0\0\xc0"
                                     "\0\0\0\x3f",
                                     12);
    EXPECT_EQ(bytes, expected);
}

TEST_F(SafetensorsFloat, RoundTripsEveryBit) {
    const Tensor from = tests::random({20, 30}, 1), to = autograd::zeros({20, 30});
    nn::save(path, {{"x", from}});
    nn::load(path, {{"x", to}});
    EXPECT_EQ(to.to_vector(), from.to_vector());
}

// Each number of the double build becomes the nearest float.
TEST_F(SafetensorsFloat, ReadsDoubles) {
    const double numbers[] = {0.1, 1 + 0x1p-30, -3};
    std::string data(sizeof numbers, '\0');
    std::memcpy(data.data(), numbers, sizeof numbers);
    std::ofstream(path, std::ios::binary)
        << std::string("\x37\0\0\0\0\0\0\0", 8)
        << R"({"x":{"dtype":"F64","shape":[3],"data_offsets":[0,24]}})" << data;
    Tensor x = autograd::zeros({3});
    nn::load(path, {{"x", x}});
    EXPECT_EQ(x.to_vector(), (Numbers{0.1f, 1, -3}));
}

TEST_F(SafetensorsFloat, RefusesADoubleOutsideItsRange) {
    const double numbers[] = {1, 1e300};
    std::string data(sizeof numbers, '\0');
    std::memcpy(data.data(), numbers, sizeof numbers);
    std::ofstream(path, std::ios::binary)
        << std::string("\x37\0\0\0\0\0\0\0", 8)
        << R"({"x":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}})" << data;
    Tensor x = autograd::zeros({2});
    EXPECT_THROW(nn::load(path, {{"x", x}}), std::runtime_error);
    EXPECT_EQ(x.to_vector(), (Numbers{0, 0}));
}
