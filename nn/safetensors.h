#pragma once

#include <filesystem>

#include "nn/module.h"

// Weights on disk, in the safetensors format: eight bytes of header length (little-endian), a
// header in JSON that gives each tensor's name, type, shape and place, then the numbers,
// little-endian and row-major. Python's `safetensors` package reads and writes the same files.
// (https://github.com/huggingface/safetensors, section Format)
namespace nn::inline HOURGLASS_PRECISION {

// Writes the parameters under their names, to a temporary file that is then renamed: the file at
// `path` is whole or untouched. The type is real's own: F32, or F64 in the double build.
// std::runtime_error when it can't be written.
void save(const std::filesystem::path& path, const NamedParameters& parameters);

// Fills the parameters with the tensors of the same names; F32 and F64 are read. Each name must be
// there with the right shape, and nothing else may be. std::runtime_error, with nothing changed,
// for a file that is missing, truncated, damaged or doesn't fit.
void load(const std::filesystem::path& path, const NamedParameters& parameters);

// Both throw std::invalid_argument when two parameters have the same name.

}  // namespace nn::inline HOURGLASS_PRECISION
