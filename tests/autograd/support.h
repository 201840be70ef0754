#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/check_gradients.h"
#include "autograd/tensor.h"

// What the tests of the engine share.
namespace tests {

using autograd::real;
using autograd::Shape;
using autograd::Tensor;

using Numbers = std::vector<real>;
using Function = std::function<Tensor(const std::vector<Tensor>&)>;

// Numbers in [low, high), the same in every run.
inline Tensor random(const Shape& shape, std::uint64_t seed, double low = -2, double high = 2) {
    autograd::Rng rng(seed);
    return autograd::uniform(shape, low, high, rng);
}

// Numbers in [-2, 2) that stay `distance` or more away from a kink at 0.
inline Tensor random_away_from_0(const Shape& shape, std::uint64_t seed, double distance = 0.1) {
    Tensor x = random(shape, seed);
    for (std::int64_t i = 0; i < x.size(); ++i) {
        real& v = x.mutable_data()[i];
        v += static_cast<real>(v < 0 ? -distance : distance);
    }
    return x;
}

// 1, 2, 3, ... in row-major order: values by which an element's origin can be told.
inline Tensor counting(const Shape& shape) {
    Tensor x = autograd::empty(shape);
    for (std::int64_t i = 0; i < x.size(); ++i) x.mutable_data()[i] = static_cast<real>(i + 1);
    return x;
}

// The engine's first and second derivatives of f against central differences.
inline void expect_gradients(const std::string& what, const Function& f,
                             const std::vector<Tensor>& inputs) {
    const autograd::GradientCheck check = autograd::check_gradients(f, inputs, 2);
    EXPECT_TRUE(check.ok) << what << ": " << check.message;
}

// f must throw std::invalid_argument with a message that contains `part`.
inline void expect_invalid(const std::function<void()>& f, const std::string& part) {
    try {
        f();
    } catch (const std::invalid_argument& error) {
        EXPECT_NE(std::string(error.what()).find(part), std::string::npos)
            << "the message is \"" << error.what() << "\", without \"" << part << "\"";
        return;
    } catch (const std::exception& error) {
        ADD_FAILURE() << "another exception: " << error.what();
        return;
    }
    ADD_FAILURE() << "nothing thrown, where the message should contain \"" << part << "\"";
}

}  // namespace tests
