#pragma once

#include <filesystem>

#include "nn/module.h"

// Weights on disk, in the safetensors format: eight bytes of header length (little-endian), a
// header in JSON that gives each tensor's name, type, shape and place, then the numbers,
// little-endian and row-major. Python's `safetensors` package reads and writes the same files.
// (https://github.com/huggingface/safetensors, section Format)
namespace nn::inline HOURGLASS_PRECISION {

// Writes the parameters under their names, to a temporary file that is brought to the disk and then
// renamed: the file at `path` is whole or untouched, whoever else writes there. It keeps its mode;
// a link stays one and what it leads to is written, in a folder that is made if it is missing; what
// is no plain file is written in place. The type is real's own: F32, or F64 in the double build.
// std::runtime_error when it can't be written, std::invalid_argument for a name that is not UTF-8.
void save(const std::filesystem::path& path, const NamedParameters& parameters);

// Fills the parameters with the tensors of the same names; F32 and F64 are read. Each name must be
// there with the right shape, and nothing else may be. std::runtime_error, with nothing changed,
// for a file that is missing, truncated, damaged or doesn't fit, or that holds a double outside
// float's range where real is float.
void load(const std::filesystem::path& path, const NamedParameters& parameters);

// Both throw std::invalid_argument when two parameters have the same name.

}  // namespace nn::inline HOURGLASS_PRECISION
