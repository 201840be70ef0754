// nn::load refuses a file with std::runtime_error and changes nothing, or what it has loaded can be
// saved and loaded again.
#include <cstring>
#include <stdexcept>

#include "autograd/tensor.h"
#include "nn/safetensors.h"
#include "tests/fuzz/fuzz.h"

namespace {

nn::NamedParameters model() {
    return {{"a", autograd::full({2, 3}, 1)}, {"b", autograd::full({2}, 1)}, {"c", 1.0}};
}

bool same(const nn::NamedParameters& a, const nn::NamedParameters& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
        if (std::memcmp(a[i].second.data(), b[i].second.data(),
                        sizeof(autograd::real) * std::size_t(a[i].second.size())) != 0)
            return false;
    return true;
}

std::string file_of(const std::string& header, const std::string& data) {
    std::string length(8, '\0');
    const std::uint64_t n = header.size();
    std::memcpy(length.data(), &n, 8);
    return length + header + data;
}

}  // namespace

// A header and the data, whose lengths fit, if the last byte is odd; otherwise any bytes at all.
std::vector<std::string> fuzz::seeds() {
    const fs::path file = folder() / "seed.safetensors";
    nn::save(file, model());
    const std::string numbers(72, '\1');
    return {joined(read(file), "") + '\0',
            joined(R"({"__metadata__":{"format":"pt"},)"
                   R"("c":{"dtype":"F64","shape":[],"data_offsets":[32,40]},)"
                   R"("b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},)"
                   R"("a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})",
                   numbers.substr(0, 40)) +
                '\1',
            joined(R"({"a":{"dtype":"F64","shape":[2,3],"data_offsets":[0,48]},)"
                   R"("b":{"dtype":"F64","shape":[2],"data_offsets":[48,64]},)"
                   R"("c":{"dtype":"F64","shape":[],"data_offsets":[64,72]}})",
                   numbers) +
                '\1'};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using fuzz::require;
    if (size < 3) return 0;
    const auto [header, numbers] = fuzz::split(data, size - 1);
    const auto file = fuzz::write(fuzz::folder() / "weights",
                                  data[size - 1] & 1 ? file_of(header, numbers) : header + numbers);
    const nn::NamedParameters parameters = model();
    try {
        nn::load(file, parameters);
    } catch (const std::runtime_error& error) {
        require(same(parameters, model()), "a refused file changes nothing");
        require(std::strchr(error.what(), '\n') == nullptr, "a message is one line");
        return 0;
    }
    const nn::NamedParameters again = model();
    nn::save(file, parameters);
    nn::load(file, again);
    require(same(parameters, again), "what is saved is what is loaded");
    return 0;
}
