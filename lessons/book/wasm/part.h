#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What a page of the book asks of a lesson that runs in it. NN.cpp is lesson NN's answer: a class
// derived from Part over the lesson's own header, never a second model, and the function
//     std::unique_ptr<Part> make_NN(const Settings& settings, const Data& data);
// page.cpp hands it to the browser. It is ordinary C++ and runs outside a browser, too.
namespace lessons::book {

// What the page's sliders say, by name.
using Settings = std::map<std::string, double, std::less<>>;

// Images of one size: grey bytes, row after row, image after image.
struct Images {
    std::vector<std::uint8_t> pixels;
    int count, width, height;
};

// What the page has loaded, by name: the sheets "train-0", "test" and others, and photographs. It
// stays where it is as long as there is a part.
using Data = std::map<std::string, Images, std::less<>>;

// A model that trains in the page. What it throws ends it: the page says what() and makes another.
class Part {
  public:
    virtual ~Part() = default;

    // One step of training; its loss.
    virtual double step() = 0;

    // Numbers by name, e.g. read("reconstructions", {}), or read("decode", code) for a code that
    // the page gives. An unknown name throws std::invalid_argument. Float in either precision:
    // what is drawn needs no more.
    virtual std::vector<float> read(std::string_view what, std::span<const float> given) = 0;
};

// The setting of that name; where the page has none, the lesson's own default.
inline double get(const Settings& settings, std::string_view name, double lessons_own) {
    const auto found = settings.find(name);
    return found == settings.end() ? lessons_own : found->second;
}

}  // namespace lessons::book
