#pragma once

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/tensor.h"
#include "lessons/book/wasm/part.h"
#include "lessons/support/dataset.h"

// Between what a page hands over and what a lesson works on.
namespace lessons::book {

// The images of that name as the lessons know them, without labels: what to_tensor and
// reconstruction_error take. std::invalid_argument where the page has not loaded them.
inline support::Images images(const Data& data, std::string_view name) {
    const auto found = data.find(name);
    if (found == data.end())
        throw std::invalid_argument("the page has not loaded the images " + std::string(name));
    const Images& from = found->second;
    return {from.count, from.height, from.width, from.pixels, {}};
}

// The first of them, at most so many, with their labels, which the page hands over as images of one
// pixel, "NAME labels".
inline support::Images labelled_images(const Data& data, std::string_view name, int at_most) {
    support::Images result = images(data, name);
    result.labels = images(data, std::string(name) + " labels").pixels;
    result.count = std::min(result.count, at_most);
    return result;
}

// What a page has given, in rows of so many numbers.   result: [n / columns, columns]
inline autograd::Tensor rows_of(std::span<const float> given, std::int64_t columns) {
    if (given.empty() || std::int64_t(given.size()) % columns != 0)
        throw std::invalid_argument("the page gives " + std::to_string(given.size()) +
                                    " numbers, not rows of " + std::to_string(columns));
    return autograd::tensor(std::vector<float>(given.begin(), given.end()),
                            {std::int64_t(given.size()) / columns, columns});
}

inline std::vector<float> floats(const autograd::Tensor& x) {
    return {x.data(), x.data() + x.size()};
}

}  // namespace lessons::book
