#include "lessons/support/panels.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <stdexcept>

#include "lessons/support/text.h"

namespace support {
namespace {

// The style that all figures share. Okabe & Ito's colours, told apart by the colour-blind, in an
// order of varying lightness; line and point types differ as well, for print in grey.
const std::vector<std::string> colours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                          "#E69F00", "#56B4E9", "#000000"};
const std::vector<std::string> dashes = {"1",      "(15,7)",     "(5,6)", "(20,6,5,6)",
                                         "(30,8)", "(10,5,3,5)", "(3,5)"};
const std::vector<int> marks = {
    7, 5, 9, 13, 11, 6, 4};  // disc, square, triangle, diamond, triangle down, ring, box
const char* ink = "#303030";
constexpr double letter = 15;  // px, about the width of a letter at that size

// Letters, not bytes, of a UTF-8 text: of its longest line.
double text_width(const std::string& text) {
    double longest = 0, width = 0;
    for (unsigned char c : text) {
        if (c == '\n')
            width = 0;
        else if ((c & 0xC0) != 0x80)
            longest = std::max(longest, ++width);
    }
    return longest * letter;
}

}  // namespace

std::string number(double v) { return std::isfinite(v) ? format("%.9g", v) : "NaN"; }

// In gnuplot's single quotes nothing but the quote itself is special.
std::string quote(const std::string& text) {
    std::string out = "'";
    for (char c : text) {
        if (c == '\n') {
            out += "'.\"\\n\".'";
        } else {
            out += c;
            if (c == '\'') out += c;
        }
    }
    return out + "'";
}

std::string Area::margins(double left, double right, double top, double bottom) const {
    std::ostringstream out;
    out << "set lmargin at screen " << (x + left) / figure.width << "\n"
        << "set rmargin at screen " << (x + width - right) / figure.width << "\n"
        << "set tmargin at screen " << 1 - (y + top) / figure.height << "\n"
        << "set bmargin at screen " << 1 - (y + height - bottom) / figure.height << "\n";
    return out.str();
}

// ---- Plot ----

Size natural_size(const Plot& plot, bool alone) {
    if (plot.equal_axes) return alone ? Size{1000, 960} : Size{800, 780};
    return alone ? Size{1200, 800} : Size{900, 660};
}

void check(const Plot& plot) {
    for (const auto& layer : plot.layers) {
        for (const auto& column : layer.columns) {
            if (column.size() != layer.columns[0].size()) {
                throw std::invalid_argument("plot '" + plot.title + "': series '" + layer.name +
                                            "' has " + std::to_string(layer.columns[0].size()) +
                                            " x values but " + std::to_string(column.size()) +
                                            " of another column");
            }
        }
    }
}

namespace {

// A range that is no interval (a training has diverged) is none.
bool valid(const std::optional<Range>& range) {
    return range && std::isfinite(range->min) && std::isfinite(range->max) &&
           range->min < range->max;
}

// Whether gnuplot would find anything to draw: it gives up on axes without a single point.
bool any_point(const Plot& plot) {
    const auto drawn = [](double v, bool log, const std::optional<Range>& range) {
        return std::isfinite(v) && (!log || v > 0) &&
               (!valid(range) || (v >= range->min && v <= range->max));
    };
    for (const auto& layer : plot.layers) {
        if (layer.columns.size() < 2) continue;
        for (std::size_t i = 0; i < layer.columns[0].size(); ++i) {
            if (drawn(layer.columns[0][i], plot.log_x, plot.x_range) &&
                drawn(layer.columns[1][i], plot.log_y, plot.y_range))
                return true;
        }
    }
    return false;
}

// The tics of a logarithmic axis: at the values themselves where they are few (2, 8, 32, ...); over
// two decades or less at 1, 2, 5, 10, ...; else at each power of ten.
void log_axis(std::ostream& out, const Plot& plot, char axis) {
    const std::optional<Range>& range = axis == 'x' ? plot.x_range : plot.y_range;
    std::set<double> values;
    for (const auto& layer : plot.layers) {
        if (layer.columns.size() < 2) continue;
        for (double v : layer.columns[axis - 'x']) {
            if (std::isfinite(v) && v > 0 &&
                (!valid(range) || (v >= range->min && v <= range->max)))
                values.insert(v);
        }
    }
    if (valid(range) && range->min > 0) values.insert({range->min, range->max});
    out << "set logscale " << axis << "\n";
    const auto tics = [&](const std::vector<double>& at) {
        out << "set " << axis << "tics (";
        for (std::size_t i = 0; i < at.size(); ++i) out << (i ? ", " : "") << number(at[i]);
        out << ")\nset format " << axis << " '%g'\n";
    };
    const double least = *values.begin(), most = *values.rbegin();
    if (axis == 'x' && !valid(range) && values.size() <= 10) {
        tics({values.begin(), values.end()});
        out << "set xrange [" << number(least / 1.15) << ":" << number(most * 1.15) << "]\n";
    } else if (most / least <= 100) {
        std::vector<double> at;
        for (double power = std::pow(10, std::floor(std::log10(least)) - 1); power <= 10 * most;
             power *= 10)
            for (const double digit : {1, 2, 5}) at.push_back(digit * power);
        tics(at);
    } else {
        out << "set format " << axis << (most / least > 9e3 ? " '10^{%L}'\n" : " '%g'\n");
    }
}

void data_block(std::ostream& out, const std::string& name, const std::vector<Values>& columns) {
    out << name << " << END\n";
    for (std::size_t i = 0; i < columns[0].size(); ++i) {
        for (const auto& column : columns) out << number(column[i]) << ' ';
        out << '\n';
    }
    out << "END\n";
}

}  // namespace

void script(std::ostream& out, const Plot& plot, const Area& area) {
    out << "set origin " << double(area.x) / area.figure.width << ","
        << 1 - double(area.y + area.height) / area.figure.height << "\n"
        << "set size " << double(area.width) / area.figure.width << ","
        << double(area.height) / area.figure.height << "\n"
        << "set title " << quote(plot.title) << " noenhanced\n"
        << "set xlabel " << quote(plot.x_label) << " noenhanced\n"
        << "set ylabel " << quote(plot.y_label) << " noenhanced\n"
        << "set border 3 lc rgb '" << ink << "' lw 1.5\n"
        << "set tics nomirror out scale 0.6\n"
        << "set grid lc rgb '#E4E4E4' lw 1.2 lt 1\n"
        << "set style fill solid 0.85 border lc rgb '" << ink << "'\n"
        << (plot.legend == "outside" ? "" : "set rmargin 3\n");
    if (plot.legend == "off") {
        out << "set key off\n";
    } else {
        out << "set key "
            << (plot.legend == "outside" ? "outside right top" : "inside " + plot.legend)
            << " Left reverse samplen 2.5 spacing 1.15 noenhanced opaque fillcolor rgb "
               "'#50FFFFFF'\n";
    }
    if (plot.equal_axes) out << "set size ratio -1\n";
    const bool two_lines = !plot.x_names.empty() && plot.x_names[0].find('\n') != std::string::npos;
    if (two_lines || !plot.x_label.empty()) out << "set bmargin 4\n";  // neighbours in line
    if (valid(plot.x_range))
        out << "set xrange [" << plot.x_range->min << ":" << plot.x_range->max << "]\n";
    if (valid(plot.y_range))
        out << "set yrange [" << plot.y_range->min << ":" << plot.y_range->max << "]\n";
    if (!plot.x_names.empty()) {
        out << "set xtics scale 0 (";
        for (std::size_t i = 0; i < plot.x_names.size(); ++i) {
            out << (i ? ", " : "") << quote(plot.x_names[i]) << " " << i;
        }
        out << ") noenhanced\nset grid noxtics\n"
            << "set xrange [-0.6:" << double(plot.x_names.size()) - 0.4 << "]\n";
    }
    if (!any_point(plot)) {
        out << "set label 'no values in range' at graph 0.5, graph 0.5 center\n"
            << "unset logscale\nset xrange [0:1]\nset yrange [0:1]\nset format '%g'\nplot NaN "
               "notitle\n";
        return;
    }

    if (plot.log_x) log_axis(out, plot, 'x');
    if (plot.log_y) log_axis(out, plot, 'y');

    // Bars of several series stand side by side.
    int bar_series = 0;
    double step = INFINITY;
    bool from_zero = false;
    for (const auto& layer : plot.layers) {
        if (layer.kind != Plot::Kind::bars) continue;
        ++bar_series;
        for (std::size_t i = 1; i < layer.columns[0].size(); ++i) {
            step = std::min(step, std::abs(layer.columns[0][i] - layer.columns[0][i - 1]));
        }
        from_zero = from_zero || std::all_of(layer.columns[1].begin(), layer.columns[1].end(),
                                             [](double v) { return v >= 0; });
    }
    if (!std::isfinite(step)) step = 1;
    if (from_zero && !plot.y_range && !plot.log_y) out << "set yrange [0:*]\n";

    for (std::size_t i = 0; i < plot.layers.size(); ++i) {
        data_block(out, "$layer" + std::to_string(i), plot.layers[i].columns);
    }
    std::vector<std::string> commands;
    int style = 0, bar = 0, arrow_series = 0;
    auto reference = [&, i = 0](const Plot::Layer& layer, bool horizontal) mutable {
        const std::string v = number(layer.columns[0][0]);
        ++i;
        out << "set arrow from "
            << (horizontal ? "graph 0, first " + v + " to graph 1, first " + v
                           : "first " + v + ", graph 0 to first " + v + ", graph 1")
            << " nohead lw 2 dt 3 lc rgb '" << ink << "' front\n";
        if (layer.name.empty()) return;
        out << "set label " << quote(layer.name) << " at "
            << (horizontal ? "graph 0.99, first " + v + " right offset 0,-0.7"
                           : "first " + v + ", graph 0.98 right rotate by 90 offset -0.9,0")
            << " noenhanced tc rgb '" << ink << "' front\n";
    };
    // Reference lines are arrows across the axes, which do not stretch the range; an invisible
    // point does.
    Values mid_x, mid_y;
    for (const auto& layer : plot.layers) {
        if (layer.columns.size() < 2) continue;
        for (std::size_t i = 0; i < layer.columns[0].size() && mid_x.empty(); ++i) {
            const double x = layer.columns[0][i], y = layer.columns[1][i];
            if (std::isfinite(x) && std::isfinite(y)) mid_x = {x}, mid_y = {y};
        }
    }
    for (std::size_t i = 0; i < plot.layers.size(); ++i) {
        const auto& layer = plot.layers[i];
        const std::string block = "$layer" + std::to_string(i);
        const std::string colour = " lc rgb '" + colours[style % colours.size()] + "'";
        const std::string title = layer.name.empty() ? " notitle" : " title " + quote(layer.name);
        const std::string dash = " dt " + dashes[style % dashes.size()];
        const std::string mark = " pt " + std::to_string(marks[style % marks.size()]);
        switch (layer.kind) {
            case Plot::Kind::line:
                commands.push_back(block + " using 1:2 with lines lw 3.5" + dash + colour + title);
                break;
            case Plot::Kind::points: {
                // Many points are small.
                const double size = layer.columns[0].size() > 300 ? 0.6 : 1.6;
                commands.push_back(block + " using 1:2 with points ps " + number(size) + mark +
                                   colour + title);
                break;
            }
            case Plot::Kind::line_points:
                commands.push_back(block + " using 1:2 with linespoints lw 3 ps 1.7" + dash + mark +
                                   colour + title);
                break;
            case Plot::Kind::bars: {
                const double width = (bar_series > 1 ? 0.8 : 0.9) * step / bar_series;
                const double shift = (bar++ - 0.5 * (bar_series - 1)) * width;
                commands.push_back(block + " using ($1+(" + number(shift) + ")):2:(" +
                                   number(width) + ") with boxes lw 1" + colour + title);
                break;
            }
            case Plot::Kind::band:
                commands.push_back(
                    block + " using 1:2:3 with filledcurves fs transparent solid 0.25 noborder" +
                    colour + title);
                break;
            case Plot::Kind::arrows: {
                const bool field = layer.columns[0].size() > 16;       // not just a few directions
                const std::string width = arrow_series++ ? "2" : "4";  // told apart without colour
                commands.push_back(block + " using 1:2:3:4 with vectors filled head size graph " +
                                   (field ? "0.012,20 lw 1.6" : "0.03,20 lw " + width) + colour +
                                   title);
                break;
            }
            case Plot::Kind::horizontal:
            case Plot::Kind::vertical: {
                const bool horizontal = layer.kind == Plot::Kind::horizontal;
                reference(layer, horizontal);
                commands.push_back(block + " using (" + (horizontal ? number(mid_x[0]) : "$1") +
                                   "):(" + (horizontal ? "$1" : number(mid_y[0])) +
                                   ") with points pt -1 notitle");
                continue;  // takes no colour
            }
        }
        // A band belongs to the line that follows it, in the same colour.
        if (layer.kind != Plot::Kind::band) ++style;
    }
    out << "plot ";
    for (std::size_t i = 0; i < commands.size(); ++i)
        out << (i ? ", \\\n     " : "") << commands[i];
    out << "\n";
}

// ---- ImageGrid ----

namespace {

// The scale, right of a picture that ends at `right` and spans `height` from `top`, in px of its
// area.
void colour_box(std::ostream& out, const Area& area, double right, double top, double height,
                const std::string& label) {
    const double tall = std::min(height, 320.0);
    const double x = (area.x + right + 18) / area.figure.width;
    const double y = 1 - (area.y + top + height / 2 + tall / 2) / area.figure.height;
    out << "set colorbox user origin screen " << x << ", screen " << y << " size screen "
        << 22.0 / area.figure.width << ", screen " << tall / area.figure.height << "\n"
        << "set cblabel " << quote(label) << " noenhanced\n";
}

}  // namespace

void check(const ImageGrid& grid) {
    const std::size_t tile = static_cast<std::size_t>(grid.tile_width) * grid.tile_height;
    if (grid.columns < 1 || tile == 0 || grid.pixels.empty() || grid.pixels.size() % tile != 0) {
        throw std::invalid_argument(
            "image grid '" + grid.title + "': " + std::to_string(grid.pixels.size()) +
            " pixels are not a whole number of " + std::to_string(grid.tile_width) + " x " +
            std::to_string(grid.tile_height) + " tiles");
    }
}

Mosaic mosaic(const ImageGrid& grid) {
    const std::size_t tile = static_cast<std::size_t>(grid.tile_width) * grid.tile_height;
    check(grid);
    const int tiles = static_cast<int>(grid.pixels.size() / tile);
    const int rows = (tiles + grid.columns - 1) / grid.columns;
    Mosaic m{rows,
             grid.columns * (grid.tile_width + Mosaic::gap) - Mosaic::gap,
             rows * (grid.tile_height + Mosaic::gap) - Mosaic::gap,
             {}};
    m.pixels.assign(static_cast<std::size_t>(m.width) * m.height, std::nanf(""));
    for (int t = 0; t < tiles; ++t) {
        const int x0 = t % grid.columns * (grid.tile_width + Mosaic::gap);
        const int y0 = t / grid.columns * (grid.tile_height + Mosaic::gap);
        for (int y = 0; y < grid.tile_height; ++y) {
            for (int x = 0; x < grid.tile_width; ++x) {
                m.pixels[static_cast<std::size_t>(y0 + y) * m.width + x0 + x] =
                    grid.pixels[t * tile + static_cast<std::size_t>(y) * grid.tile_width + x];
            }
        }
    }
    return m;
}

double largest(const ImageGrid& grid) {
    double most = 0;
    for (float v : grid.pixels) {
        if (std::isfinite(v)) most = std::max(most, std::abs(static_cast<double>(v)));
    }
    return most > 0 ? most : 1;
}

GridLayout layout(const ImageGrid& grid, const Mosaic& m, bool alone) {
    const int target_width = alone ? 1000 : 900, target_height = alone ? 1000 : 620;
    GridLayout l{};
    l.zoom = std::clamp(std::min(target_width / m.width, target_height / m.height), 1, 16);
    double label = 0;
    for (const auto& text : grid.row_labels) label = std::max(label, text_width(text));
    l.left = static_cast<int>(label) + 40;
    l.right = 130 + (grid.scale_label.empty() ? 0 : 40);
    l.top = 30 + (grid.title.empty() ? 0 : 45);
    l.bottom = 30 + (grid.column_labels.empty() ? 0 : 40);
    return l;
}

Size natural_size(const ImageGrid& grid, bool alone) {
    const Mosaic m = mosaic(grid);
    const GridLayout l = layout(grid, m, alone);
    const int width = std::max<int>(l.left + l.zoom * m.width + l.right,
                                    static_cast<int>(text_width(grid.title)) + 60);
    const int label = static_cast<int>(text_width(grid.scale_label));
    return {width, l.top + std::max({l.zoom * m.height, label, 120}) + l.bottom};
}

void script(std::ostream& out, const ImageGrid& grid, const Area& area) {
    const Mosaic m = mosaic(grid);
    GridLayout l =
        layout(grid, m, area.width == area.figure.width && area.height == area.figure.height);
    // Beside larger panels there may be room for more.
    l.zoom = std::max(l.zoom, std::min((area.width - l.left - l.right) / m.width,
                                       (area.height - l.top - l.bottom) / m.height));
    const int width = l.zoom * m.width, height = l.zoom * m.height;
    // Centred in what the row of panels leaves free.
    const int left = l.left + (area.width - l.left - l.right - width) / 2;
    const int top = l.top + (area.height - l.top - l.bottom - height) / 2;
    out << area.margins(left, area.width - left - width, top, area.height - top - height)
        << "set title " << quote(grid.title) << " noenhanced\n"
        << "unset border\nset tics scale 0 nomirror\nset key off\n"
        << "unset xtics\nunset ytics\n"
        << "set xrange [-0.5:" << m.width - 0.5 << "]\nset yrange [" << m.height - 0.5
        << ":-0.5]\n";
    if (grid.scale == Scale::grey) {
        out << "set palette grey\nset cbrange [0:1]\nset cbtics 0.5\n";
    } else {
        // The negative end is darker than the positive one: in print without colour the sign can
        // still be told.
        const double most = largest(grid);
        out << "set palette defined (-1 '#08306B', -0.5 '#4A90C4', 0 '#FFFFFF', 0.5 '#F4A582', 1 "
               "'#D6402B')\n"
            << "set cbrange [" << -most << ":" << most << "]\n"
            << "set cbtics ('" << -std::round(most * 100) / 100 << "' " << -most << ", '0' 0, '"
            << std::round(most * 100) / 100 << "' " << most << ")\n";
    }
    colour_box(out, area, left + width, top, height, grid.scale_label);

    const int row_height = grid.tile_height + Mosaic::gap,
              column_width = grid.tile_width + Mosaic::gap;
    for (std::size_t r = 0; r < grid.row_labels.size(); ++r) {
        out << "set label " << quote(grid.row_labels[r]) << " at graph 0, first "
            << r * row_height + grid.tile_height / 2.0 << " right offset -0.8,0 noenhanced\n";
    }
    for (std::size_t c = 0; c < grid.column_labels.size(); ++c) {
        out << "set label " << quote(grid.column_labels[c]) << " at first "
            << c * column_width + grid.tile_width / 2.0
            << ", graph 0 center offset 0,-0.8 noenhanced\n";
    }
    if (grid.scale == Scale::diverging) {  // white is a value here: frames show where a tile ends
        const std::size_t tiles = grid.pixels.size() / grid.tile_width / grid.tile_height;
        for (std::size_t t = 0; t < tiles; ++t) {
            const double x = static_cast<double>(t % grid.columns) * column_width - 0.75;
            const double y = static_cast<double>(t / grid.columns) * row_height - 0.75;
            out << "set object rectangle from first " << x << "," << y << " to first "
                << x + grid.tile_width + 0.5 << "," << y + grid.tile_height + 0.5
                << " front fs empty border lc rgb '#A0A0A0' lw 1\n";
        }
    }
    out << "$grid << END\n";
    for (int y = 0; y < m.height; ++y) {
        for (int x = 0; x < m.width; ++x) {
            const float v = m.pixels[static_cast<std::size_t>(y) * m.width + x];
            out << (std::isfinite(v) ? format("%.4g ", static_cast<double>(v)) : "NaN ");
        }
        out << '\n';
    }
    out << "END\nplot $grid matrix with image notitle\n";
}

// ---- Heatmap ----

void check(const Heatmap& map) {
    for (const auto& row : map.values) {
        if (row.size() != map.values[0].size() || row.empty()) {
            throw std::invalid_argument("heatmap '" + map.title + "': its rows differ in length");
        }
    }
    if (map.values.empty())
        throw std::invalid_argument("heatmap '" + map.title + "': it has no rows");
}

Size natural_size(const Heatmap& map, bool alone) {
    double label = 0;
    for (const auto& text : map.row_labels) label = std::max(label, text_width(text));
    const int columns = static_cast<int>(map.values[0].size()),
              rows = static_cast<int>(map.values.size());
    const int cell = alone ? 130 : 110;
    return {std::max({static_cast<int>(label) + 100 + cell * columns + 140,
                      static_cast<int>(text_width(map.title)) + 60, alone ? 700 : 500}),
            90 + std::max(2 * cell / 3, 60) * rows + 110};
}

void script(std::ostream& out, const Heatmap& map, const Area& area) {
    double label = 0;
    for (const auto& text : map.row_labels) label = std::max(label, text_width(text));
    const double left = label + 40 + (map.y_label.empty() ? 0 : 40);
    double min = INFINITY, max = -INFINITY;
    for (const auto& row : map.values) {
        for (double v : row) {
            if (std::isfinite(v)) min = std::min(min, v), max = std::max(max, v);
        }
    }
    if (!(min < max)) min = (std::isfinite(min) ? min : 0) - 0.5, max = min + 1;
    const std::size_t rows = map.values.size(), columns = map.values[0].size();
    const double right = 130, top = 75, bottom = 40 + (map.x_label.empty() ? 0 : 60);
    colour_box(out, area, area.width - right, top, area.height - top - bottom, "");
    out << area.margins(left, right, top, bottom) << "set title " << quote(map.title)
        << " noenhanced\n"
        << "set xlabel " << quote(map.x_label) << " noenhanced\n"
        << "set label " << quote(map.y_label) << " at graph "
        << -(label + 40) / (area.width - left - right)
        << ", graph 0.5 center rotate by 90 noenhanced\n"
        << "unset border\nset tics scale 0 nomirror\nset key off\n"
        << "set palette defined (0 '#F7FBFF', 0.5 '#6BAED6', 1 '#08306B')\n"
        << "set cbrange [" << number(min) << ":" << number(max) << "]\n"
        << "set xrange [-0.5:" << double(columns) - 0.5 << "]\nset yrange [" << double(rows) - 0.5
        << ":-0.5]\n";
    auto tics = [&](char axis, const std::vector<std::string>& labels) {
        out << "set " << axis << "tics (";
        for (std::size_t i = 0; i < labels.size(); ++i)
            out << (i ? ", " : "") << quote(labels[i]) << " " << i;
        out << ") noenhanced\n";
    };
    tics('x', map.column_labels);
    tics('y', map.row_labels);
    out << "$map << END\n";
    for (const auto& row : map.values) {
        for (double v : row) out << number(v) << ' ';
        out << '\n';
    }
    out << "END\n";
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            const double v = map.values[r][c];
            out << "set label " << quote(format(map.format.c_str(), v)) << " at " << c << "," << r
                << " center front noenhanced tc rgb '"
                << ((v - min) / (max - min) > 0.6 ? "#FFFFFF" : "#000000") << "'\n";
        }
    }
    out << "plot $map matrix with image pixels notitle\n";
}

}  // namespace support
