#pragma once

#include <filesystem>
#include <string>

namespace support {

// Is Graphviz there, which draws?
bool can_draw_graphs();

// Writes a graph, text in the DOT language (autograd/dot.h), into a file: as it is if the name ends
// in .dot or .gv, drawn by Graphviz if it ends in .png or .svg. The file is whole or not there.
// Throws std::runtime_error when it can't be written or drawn.
void write_graph(const std::string& dot, const std::filesystem::path& file);

// What would keep write_graph from doing its work with a file of this name, or "".
std::string graph_problem(const std::filesystem::path& file);

}  // namespace support
