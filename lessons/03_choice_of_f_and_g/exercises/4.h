#pragma once

#include "lessons/03_choice_of_f_and_g/choices.h"

// Exercise 03.4: f(z) = 3 tanh(z), and the range that it can't leave.
namespace lessons::activation {
inline Tensor three_tanh(const Tensor& z) { return z; }                           // to be written
inline const Activation stretched = {"3 tanh", three_tanh, -infinity, infinity};  // to be mended
}  // namespace lessons::activation
