#pragma once

#include <initializer_list>
#include <span>

namespace autograd {

// What a function reads several of: a vector, an array, a span, or a list in braces, from which a
// std::span can be made only as of C++26. For parameters: it owns nothing.
template <class T>
struct List : std::span<const T> {
    using std::span<const T>::span;
    List(std::span<const T> elements) : std::span<const T>(elements) {}
    List(std::initializer_list<T> elements)
        : std::span<const T>(elements.begin(), elements.size()) {}
};

}  // namespace autograd
