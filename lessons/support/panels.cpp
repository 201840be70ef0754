#include "lessons/support/panels.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <stdexcept>

#include "lessons/support/text.h"

namespace support {

std::string number(double v) { return std::isfinite(v) ? format("%.9g", v) : "NaN"; }

// In gnuplot's single quotes nothing but the quote itself is special.
std::string quote(const std::string& text) {
    std::string out = "'";
    for (char c : text) out += c == '\n' ? "'.\"\\n\".'" : c == '\'' ? "''" : std::string(1, c);
    return out + "'";
}

namespace {

// The width of a text, px: letters, not bytes, of UTF-8.
int text_width(const std::string& text) {
    return 15 * static_cast<int>(std::count_if(text.begin(), text.end(),
                                               [](char c) { return (c & 0xC0) != 0x80; }));
}

int text_width(const std::vector<std::string>& texts) {
    int most = 0;
    for (const auto& text : texts) most = std::max(most, text_width(text));
    return most;
}

std::string join(const std::vector<std::string>& parts) {
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : ", ") + part;
    return out;
}

// Names along an axis, at first, first + step, ...
void tics(std::ostream& out, char axis, const std::vector<std::string>& names, double first = 0,
          double step = 1) {
    if (names.empty()) {
        out << "unset " << axis << "tics\n";
        return;
    }
    std::vector<std::string> at;
    for (const auto& name : names)
        at.push_back(quote(name) + " " + number(first + step * static_cast<double>(at.size())));
    out << "set " << axis << "tics (" << join(at) << ") noenhanced\n";
}

void data_block(std::ostream& out, const std::string& name, std::size_t rows, std::size_t columns,
                const auto& value) {
    out << name << " << END\n";
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c)
            out << number(value(r, c)) << (c + 1 < columns ? ' ' : '\n');
    out << "END\n";
}

void labels(std::ostream& out, const auto& panel) {
    out << "set title " << quote(panel.title) << "\nset xlabel " << quote(panel.x_label)
        << "\nset ylabel " << quote(panel.y_label) << "\n";
}

// ---- Plot ----

// A range that is no interval (a training has diverged) is none.
bool valid(const std::optional<Range>& range) {
    return range && std::isfinite(range->min) && std::isfinite(range->max) &&
           range->min < range->max;
}

// The points that gnuplot can draw: it gives up on axes without any.
std::vector<Values> drawn(const Plot& plot) {
    const auto fits = [](double v, bool log, const std::optional<Range>& range) {
        return std::isfinite(v) && (!log || v > 0) &&
               (!valid(range) || (v >= range->min && v <= range->max));
    };
    std::vector<Values> points(2);
    for (const auto& layer : plot.layers) {
        if (layer.columns.size() < 2) continue;
        for (std::size_t i = 0; i < layer.columns[0].size(); ++i) {
            const double x = layer.columns[0][i], y = layer.columns[1][i];
            if (fits(x, plot.log_x, plot.x_range) && fits(y, plot.log_y, plot.y_range))
                points[0].push_back(x), points[1].push_back(y);
        }
    }
    return points;
}

// The tics of a logarithmic axis: at the values themselves where they are few (2, 8, 32, ...); over
// two decades or less at 1, 2, 5, 10, ...; else at each power of ten.
void log_axis(std::ostream& out, char axis, const Values& points,
              const std::optional<Range>& range) {
    std::set<double> values(points.begin(), points.end());
    if (valid(range) && range->min > 0) values.insert({range->min, range->max});
    const double least = *values.begin(), most = *values.rbegin();
    const bool few = axis == 'x' && !valid(range) && values.size() <= 10;
    out << "set logscale " << axis << "\nset format " << axis
        << (!few && most / least > 9e3 ? " '10^{%L}'\n" : " '%g'\n");
    if (few) {
        std::vector<std::string> at;
        for (double v : values) at.push_back(number(v));
        out << "set xtics (" << join(at) << ")\nset xrange [" << number(least / 1.15) << ":"
            << number(most * 1.15) << "]\n";
    } else if (most / least <= 100) {
        out << "set " << axis << "tics (1)\ndo for [p = " << std::floor(std::log10(least)) - 1
            << ":" << std::ceil(std::log10(most)) << "] { set " << axis
            << "tics add (10.**p, 2 * 10.**p, 5 * 10.**p) }\n";
    }
}

// A line across the axes, which does not stretch the range, with its label; and the invisible
// point that does.
std::string reference(std::ostream& out, const Plot::Layer& layer, double x, double y) {
    const std::string v = number(layer.columns[0][0]);
    const bool level = layer.kind == Plot::Kind::horizontal;
    out << "set arrow from "
        << (level ? "graph 0, first " + v + " to graph 1, first " + v
                  : "first " + v + ", graph 0 to first " + v + ", graph 1")
        << " nohead lw 2 dt 3 lc rgb ink front\nset label " << quote(layer.name) << " at "
        << (level ? "graph 0.99, first " + v + " right offset 0,-0.7"
                  : "first " + v + ", graph 0.98 right rotate by 90 offset -0.9,0")
        << " noenhanced tc rgb ink front\n";
    return level ? " using (" + number(x) + "):1" : " using 1:(" + number(y) + ")";
}

}  // namespace

Size natural_size(const Plot& plot, bool alone) {
    for (const auto& layer : plot.layers)
        for (const auto& column : layer.columns)
            if (column.size() != layer.columns[0].size())
                throw std::invalid_argument(
                    format("plot '%s': series '%s' has %zu x values but %zu of another column",
                           plot.title.c_str(), layer.name.c_str(), layer.columns[0].size(),
                           column.size()));
    if (plot.equal_axes) return alone ? Size{1000, 960} : Size{800, 780};
    return alone ? Size{1200, 800} : Size{900, 660};
}

void script(std::ostream& out, const Plot& plot, const Cell&) {
    labels(out, plot);
    const bool outside = plot.legend == "outside";
    if (!outside) out << "set rmargin 3\n";
    out << "set key "
        << (outside                ? "outside right top"
            : plot.legend == "off" ? "off"
                                   : "inside " + plot.legend)
        << "\n";
    if (plot.equal_axes) out << "set size ratio -1\n";
    const bool two_lines = !plot.x_names.empty() && plot.x_names[0].find('\n') != std::string::npos;
    if (two_lines || !plot.x_label.empty()) out << "set bmargin 4\n";  // neighbours in line
    for (const auto& [axis, range] : {std::pair{'x', plot.x_range}, std::pair{'y', plot.y_range}})
        if (valid(range))
            out << "set " << axis << "range [" << range->min << ":" << range->max << "]\n";
    if (!plot.x_names.empty()) {
        tics(out, 'x', plot.x_names);
        out << "set xtics scale 0\nset grid noxtics\nset xrange [-0.6:"
            << double(plot.x_names.size()) - 0.4 << "]\n";
    }
    const std::vector<Values> points = drawn(plot);
    if (points[0].empty()) {
        out << "set label 'no values in range' at graph 0.5, graph 0.5 center\n"
               "set xrange [0:1]\nset yrange [0:1]\nplot NaN notitle\n";
        return;
    }
    if (plot.log_x) log_axis(out, 'x', points[0], plot.x_range);
    if (plot.log_y) log_axis(out, 'y', points[1], plot.y_range);

    // Bars of several series stand side by side, and on zero.
    int bar_series = 0, style = 1, bar = 0, arrow_series = 0;
    double step = INFINITY;
    for (const auto& layer : plot.layers) {
        if (layer.kind != Plot::Kind::bars) continue;
        ++bar_series;
        const Values &x = layer.columns[0], &y = layer.columns[1];
        for (std::size_t i = 1; i < x.size(); ++i) step = std::min(step, std::abs(x[i] - x[i - 1]));
        const bool positive = std::all_of(y.begin(), y.end(), [](double v) { return v >= 0; });
        if (positive && !plot.y_range && !plot.log_y) out << "set yrange [0:*]\n";
    }
    if (!std::isfinite(step)) step = 1;

    std::vector<std::string> commands;
    for (const auto& layer : plot.layers) {
        const std::string block = "$layer" + std::to_string(commands.size());
        const std::size_t rows = layer.columns[0].size();
        data_block(out, block, rows, layer.columns.size(),
                   [&](std::size_t r, std::size_t c) { return layer.columns[c][r]; });
        std::string how;
        switch (layer.kind) {
            case Plot::Kind::line:
                how = " using 1:2 with lines lw 3.5";
                break;
            case Plot::Kind::points:  // many are small
                how = std::string(" using 1:2 with points ps ") + (rows > 300 ? "0.6" : "1.6");
                break;
            case Plot::Kind::line_points:
                how = " using 1:2 with linespoints lw 3 ps 1.7";
                break;
            case Plot::Kind::bars: {
                const double width = (bar_series > 1 ? 0.8 : 0.9) * step / bar_series;
                how = " using ($1+(" + number((bar++ - 0.5 * (bar_series - 1)) * width) + ")):2:(" +
                      number(width) + ") with boxes lw 1";
                break;
            }
            case Plot::Kind::band:
                how = " using 1:2:3 with filledcurves fs transparent solid 0.25 noborder";
                break;
            case Plot::Kind::arrows:  // a field of many, or a few that line width tells apart
                how = std::string(" using 1:2:3:4 with vectors filled head size graph ") +
                      (rows > 16        ? "0.012,20 dt 1 lw 1.6"
                       : arrow_series++ ? "0.03,20 dt 1 lw 2"
                                        : "0.03,20 dt 1 lw 4");
                break;
            case Plot::Kind::horizontal:
            case Plot::Kind::vertical:  // takes no colour
                commands.push_back(block + reference(out, layer, points[0][0], points[1][0]) +
                                   " with points pt -1 notitle");
                continue;
        }
        commands.push_back(block + how + " lt " + std::to_string(style) + " title " +
                           quote(layer.name));
        // A band belongs to the line that follows it, in the same colour.
        if (layer.kind != Plot::Kind::band) ++style;
    }
    out << "plot " << join(commands) << "\n";
}

// ---- ImageGrid ----

Mosaic mosaic(const ImageGrid& grid) {
    const int tile = grid.tile_width * grid.tile_height, all = static_cast<int>(grid.pixels.size());
    if (grid.columns < 1 || tile < 1 || all == 0 || all % tile != 0)
        throw std::invalid_argument(
            format("image grid '%s': %d pixels are not a whole number of %d x %d tiles",
                   grid.title.c_str(), all, grid.tile_width, grid.tile_height));
    const int rows = (all / tile + grid.columns - 1) / grid.columns;
    const int across = grid.tile_width + Mosaic::gap, down = grid.tile_height + Mosaic::gap;
    Mosaic m{grid.columns * across - Mosaic::gap, rows * down - Mosaic::gap, {}};
    m.pixels.assign(static_cast<std::size_t>(m.width) * m.height, std::nanf(""));
    for (int i = 0; i < all; ++i) {
        const int t = i / tile, x = i % grid.tile_width, y = i % tile / grid.tile_width;
        m.pixels[static_cast<std::size_t>(t / grid.columns * down + y) * m.width +
                 t % grid.columns * across + x] = grid.pixels[i];
    }
    return m;
}

double largest(const ImageGrid& grid) {
    double most = 0;
    for (double v : grid.pixels)
        if (std::isfinite(v)) most = std::max(most, std::abs(v));
    return most > 0 ? most : 1;
}

namespace {

// The room around a grid's picture, px: row labels left, the scale right.
struct Frame {
    int left, right, top, bottom;
    explicit Frame(const ImageGrid& grid)
        : left(text_width(grid.row_labels) + 40),
          right(grid.scale_label.empty() ? 130 : 170),
          top(grid.title.empty() ? 30 : 75),
          bottom(grid.column_labels.empty() ? 30 : 70) {}
};

}  // namespace

Size natural_size(const ImageGrid& grid, bool alone) {
    const Mosaic m = mosaic(grid);
    const Frame frame(grid);
    const int zoom = std::clamp(
        std::min((alone ? 1000 : 900) / m.width, (alone ? 1000 : 620) / m.height), 1, 16);
    return {
        std::max(frame.left + zoom * m.width + frame.right, text_width(grid.title) + 60),
        frame.top + std::max({zoom * m.height, text_width(grid.scale_label), 120}) + frame.bottom};
}

void script(std::ostream& out, const ImageGrid& grid, const Cell& cell) {
    const Mosaic m = mosaic(grid);
    const Frame frame(grid);
    // Each pixel is `zoom` by `zoom` screen pixels, so edges stay crisp; the picture is centred in
    // the room that its frame leaves.
    const int room_x = cell.size.width - frame.left - frame.right;
    const int room_y = cell.size.height - frame.top - frame.bottom;
    const int zoom = std::max(1, std::min(room_x / m.width, room_y / m.height));
    const int width = zoom * m.width, height = zoom * m.height;
    const int left = cell.x + frame.left + (room_x - width) / 2;
    const int top = cell.y + frame.top + (room_y - height) / 2;
    const double w = cell.figure.width, h = cell.figure.height, tall = std::min(height, 320);
    out << "eval picture\nset title " << quote(grid.title) << "\nset cblabel "
        << quote(grid.scale_label) << "\nset lmargin at screen " << left / w
        << "\nset rmargin at screen " << (left + width) / w << "\nset tmargin at screen "
        << 1 - top / h << "\nset bmargin at screen " << 1 - (top + height) / h
        << "\nset colorbox user origin graph " << 1 + 18.0 / width << ", graph "
        << 0.5 - tall / height / 2 << " size graph " << 22.0 / width << ", graph " << tall / height
        << "\nset xrange [-0.5:" << m.width - 0.5 << "]\nset yrange [" << m.height - 0.5
        << ":-0.5]\n";
    const int across = grid.tile_width + Mosaic::gap, down = grid.tile_height + Mosaic::gap;
    tics(out, 'x', grid.column_labels, grid.tile_width / 2.0, across);
    tics(out, 'y', grid.row_labels, grid.tile_height / 2.0, down);
    if (grid.scale == Scale::grey) {
        out << "eval grey\n";
    } else {  // white is a value here: frames show where a tile ends
        out << "eval diverging(" << largest(grid)
            << ")\ndo for [t = 0:" << grid.pixels.size() / grid.tile_width / grid.tile_height - 1
            << "] { x = t % " << grid.columns << " * " << across << " - 0.75; y = t / "
            << grid.columns << " * " << down << " - 0.75; set object rectangle from x, y to x + "
            << grid.tile_width + 0.5 << ", y + " << grid.tile_height + 0.5
            << " front fs empty border lc rgb '#A0A0A0' lw 1 }\n";
    }
    data_block(out, "$grid", m.height, m.width,
               [&](std::size_t r, std::size_t c) { return m.pixels[r * m.width + c]; });
    out << "plot $grid matrix with image notitle\n";
}

// ---- Heatmap ----

Size natural_size(const Heatmap& map, bool alone) {
    if (map.values.empty())
        throw std::invalid_argument("heatmap '" + map.title + "': it has no rows");
    for (const auto& row : map.values)
        if (row.size() != map.values[0].size() || row.empty())
            throw std::invalid_argument("heatmap '" + map.title + "': its rows differ in length");
    const int columns = static_cast<int>(map.values[0].size());
    const int rows = static_cast<int>(map.values.size()), cell = alone ? 130 : 110;
    return {std::max({text_width(map.row_labels) + cell * columns + 240, text_width(map.title) + 60,
                      alone ? 700 : 500}),
            200 + std::max(2 * cell / 3, 60) * rows};
}

void script(std::ostream& out, const Heatmap& map, const Cell&) {
    double min = INFINITY, max = -INFINITY;
    for (const auto& row : map.values)
        for (double v : row)
            if (std::isfinite(v)) min = std::min(min, v), max = std::max(max, v);
    if (!(min < max)) min = (std::isfinite(min) ? min : 0) - 0.5, max = min + 1;
    const std::size_t rows = map.values.size(), columns = map.values[0].size();
    labels(out, map);
    tics(out, 'x', map.column_labels);
    tics(out, 'y', map.row_labels);
    out << "eval picture; eval blues\nset cbrange [" << number(min) << ":" << number(max)
        << "]\nset xrange [-0.5:" << double(columns) - 0.5 << "]\nset yrange ["
        << double(rows) - 0.5 << ":-0.5]\n";
    data_block(out, "$map", rows, columns,
               [&](std::size_t r, std::size_t c) { return map.values[r][c]; });
    out << "plot $map matrix with image pixels notitle, $map matrix using 1:2:(sprintf("
        << quote(map.format) << ", $3)):($3 > " << number(min + 0.6 * (max - min))
        << " ? 0xFFFFFF : 0) with labels tc rgb variable notitle\n";
}

}  // namespace support
