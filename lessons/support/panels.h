#pragma once

#include <iosfwd>
#include <string>

#include "lessons/support/plot.h"

// Between plot.cpp and panels.cpp: what each kind of panel asks for, and the gnuplot commands that
// draw it.
namespace support {

constexpr int font_size = 20, title_size = 23;

struct Size {
    int width, height;
};

// The rectangle of a panel in the whole figure, px from the top left.
struct Area {
    int x, y, width, height;
    Size figure;

    // Margins of the axes, in px from the rectangle's edges.
    std::string margins(double left, double right, double top, double bottom) const;
};

// How large a panel wants to be; alone in its figure it may take more room.
Size natural_size(const Plot& plot, bool alone);
Size natural_size(const ImageGrid& grid, bool alone);
Size natural_size(const Heatmap& map, bool alone);

// std::invalid_argument if the panel's columns, tiles or rows do not fit together.
void check(const Plot& plot);
void check(const ImageGrid& grid);
void check(const Heatmap& map);

// The gnuplot commands that draw the panel into its area.
void script(std::ostream& out, const Plot& plot, const Area& area);
void script(std::ostream& out, const ImageGrid& grid, const Area& area);
void script(std::ostream& out, const Heatmap& map, const Area& area);

// All tiles as one picture, a gap of `gap` pixels between them.
struct Mosaic {
    static constexpr int gap = 2;
    int rows, width, height;
    std::vector<float> pixels;  // NaN where there is nothing
};

Mosaic mosaic(const ImageGrid& grid);
double largest(const ImageGrid& grid);  // absolute value: the end of a diverging scale

// Where a grid's picture lies in its panel. Each pixel is `zoom` by `zoom` screen pixels, so edges
// stay crisp.
struct GridLayout {
    int zoom, left, right, top, bottom;
};

GridLayout layout(const ImageGrid& grid, const Mosaic& m, bool alone);

std::string number(double v);                // NaN for what cannot be drawn
std::string quote(const std::string& text);  // as a gnuplot string

}  // namespace support
