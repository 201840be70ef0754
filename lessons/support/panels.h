#pragma once

#include <iosfwd>
#include <string>

#include "lessons/support/plot.h"

// Between plot.cpp and panels.cpp: the size of each kind of panel, and the gnuplot commands that
// draw it in the style of style.gp.
namespace support {

struct Size {
    int width, height;  // px
};

// A panel's place in the figure, px from the top left.
struct Cell {
    int x, y;
    Size size, figure;
};

// How large a panel wants to be; alone in its figure it may take more room. std::invalid_argument
// if the panel's columns, tiles or rows do not fit together.
Size natural_size(const Plot& plot, bool alone);
Size natural_size(const ImageGrid& grid, bool alone);
Size natural_size(const Heatmap& map, bool alone);

// The gnuplot commands that draw the panel.
void script(std::ostream& out, const Plot& plot, const Cell& cell);
void script(std::ostream& out, const ImageGrid& grid, const Cell& cell);
void script(std::ostream& out, const Heatmap& map, const Cell& cell);

// All tiles as one picture, a gap of `gap` pixels between them.
struct Mosaic {
    static constexpr int gap = 2;
    int width, height;
    std::vector<float> pixels;  // [height, width], NaN where there is nothing
};

// std::invalid_argument if the pixels are no whole number of tiles.
Mosaic mosaic(const ImageGrid& grid);
// The largest absolute value, the end of a diverging scale; 1 where all are 0 or not finite.
double largest(const ImageGrid& grid);

std::string number(double v);                // NaN for what cannot be drawn
std::string quote(const std::string& text);  // as a gnuplot string

}  // namespace support
