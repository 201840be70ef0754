#include "lessons/support/plot.h"

#include <gnuplot-iostream.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <set>
#include <sstream>
#include <stdexcept>

#include "lessons/support/dataset.h"
#include "lessons/support/files.h"
#include "lessons/support/png.h"
#include "lessons/support/text.h"

namespace support {

Plot& Plot::histogram(const Values& samples, int bins, std::string name) {
    Values finite, x;
    std::ranges::copy_if(samples, std::back_inserter(finite),
                         [](double v) { return std::isfinite(v); });
    if (finite.empty()) return line({}, {}, std::move(name));
    const auto [low, high] = std::ranges::minmax(finite);
    const double min = x_range ? x_range->min : low, max = x_range ? x_range->max : high;
    const double width = max > min ? (max - min) / bins : 1;
    Values share(std::vector<double>(bins, 0.0));
    for (int i = 0; i < bins; ++i) x.push_back(min + (i + 0.5) * width);
    for (double v : finite)
        if (v >= min && v <= max)
            share[std::min(bins - 1, int((v - min) / width))] += 1.0 / double(finite.size());
    return line(std::move(x), std::move(share), std::move(name));
}

ImageGrid& ImageGrid::tiles_like(const Images& images) {
    tile_width = images.width, tile_height = images.height;
    return *this;
}

ImageGrid& ImageGrid::add(const Values& values, std::string row_label) {
    if (!row_label.empty()) {  // the rest of the row before stays empty
        const std::size_t row = std::size_t(columns) * tile_width * tile_height;
        pixels.resize((pixels.size() + row - 1) / row * row, std::nanf(""));
        row_labels.resize(pixels.size() / row);
        row_labels.push_back(std::move(row_label));
    }
    for (double v : values) pixels.push_back(float(v));
    return *this;
}

namespace {

std::string number(double v) { return std::isfinite(v) ? format("%.9g", v) : "NaN"; }

std::string replace_all(std::string text, char c, const std::string& by) {
    for (std::size_t at = 0; (at = text.find(c, at)) != std::string::npos; at += by.size())
        text.replace(at, 1, by);
    return text;
}

// In single quotes, nothing but the quote is special to gnuplot.
std::string quote(const std::string& text) {
    return "'" + replace_all(replace_all(text, '\'', "''"), '\n', "'.\"\\n\".'") + "'";
}

std::string join(const std::vector<std::string>& parts) {
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : ", ") + part;
    return out;
}

// About as wide as the widest text, px.
int text_width(const std::vector<std::string>& texts) {
    std::size_t most = 0;
    for (const auto& text : texts) most = std::max(most, text.size());
    return 15 * int(most);
}

// ---- What gnuplot is told -----------------------------------------------------------------------

// A panel's size, px, and the commands that draw it in the style of style.gp.
struct Drawing {
    int width, height;
    std::string script = {};
};

// Names along an axis, at first, first + step, ...
std::string tics(char axis, const std::vector<std::string>& names, double first = 0,
                 double step = 1) {
    std::vector<std::string> at;
    for (const auto& name : names)
        at.push_back(quote(name) + " " + number(first + step * double(at.size())));
    return names.empty() ? format("unset %ctics\n", axis)
                         : format("set %ctics (", axis) + join(at) + ") noenhanced\n";
}

std::string labels(const auto& panel) {
    return "set title " + quote(panel.title) + "\nset xlabel " + quote(panel.x_label) +
           "\nset ylabel " + quote(panel.y_label) + "\n";
}

std::string data_block(const std::string& name, std::size_t rows, std::size_t columns,
                       const auto& value) {
    std::string out = name + " << END\n";
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c)
            out += number(value(r, c)) + (c + 1 < columns ? ' ' : '\n');
    return out + "END\n";
}

std::string set_range(char axis, const std::string& from, const std::string& to) {
    return format("set %crange [%s:%s]\n", axis, from.c_str(), to.c_str());
}

// A range that is no interval (a training has diverged) is none.
bool valid(const std::optional<Range>& range) {
    return range && std::isfinite(range->min) && std::isfinite(range->max) &&
           range->min < range->max;
}

// Where on an axis, 0: x, 1: y, the points lie that gnuplot can draw.
std::set<double> drawn(const Plot& plot, std::size_t axis) {
    const auto fits = [](double v, bool log, const std::optional<Range>& range) {
        return std::isfinite(v) && (!log || v > 0) &&
               (!valid(range) || (v >= range->min && v <= range->max));
    };
    std::set<double> values;
    for (const auto& layer : plot.layers)
        for (std::size_t i = 0; layer.columns.size() > 1 && i < layer.columns[0].size(); ++i)
            if (fits(layer.columns[0][i], plot.log_x, plot.x_range) &&
                fits(layer.columns[1][i], plot.log_y, plot.y_range))
                values.insert(layer.columns[axis][i]);
    return values;
}

// The tics of a logarithmic axis: at the values themselves where they are few (2, 8, 32, ...); over
// two decades or less at 1, 2, 5, 10, ...; else at each power of ten.
std::string log_axis(char axis, std::set<double> values, const std::optional<Range>& range) {
    const bool few = axis == 'x' && !valid(range) && values.size() <= 10;
    if (valid(range) && range->min > 0) values.insert({range->min, range->max});
    const double least = *values.begin(), most = *values.rbegin();
    std::string out = format("set logscale %c\nset format %c '%s'\n", axis, axis,
                             !few && most / least > 9e3 ? "10^{%L}" : "%g");
    if (few) {
        std::vector<std::string> at;
        for (double v : values) at.push_back(number(v));
        out += "set xtics (" + join(at) + ")\n" +
               set_range('x', number(least / 1.15), number(most * 1.15));
    } else if (most / least <= 100) {
        out += format(
            "set %ctics (1)\ndo for [p = -20:20] { set %ctics add (10.**p, 2 * 10.**p, "
            "5 * 10.**p) }\n",
            axis, axis);
    }
    return out;
}

Drawing prepare(const Plot& plot, bool alone) {
    for (const auto& layer : plot.layers)
        for (const auto& column : layer.columns)
            if (column.size() != layer.columns[0].size())
                throw std::invalid_argument(
                    format("plot '%s': series '%s' has %zu x values but %zu of another column",
                           plot.title.c_str(), layer.name.c_str(), layer.columns[0].size(),
                           column.size()));
    Drawing drawing = plot.equal_axes ? Drawing{800, 780} : Drawing{900, 660};
    if (alone) drawing.width += plot.equal_axes ? 200 : 300, drawing.height += 140;
    std::string& out = drawing.script;
    out = labels(plot) + "set key " + plot.legend + "\n";
    if (plot.equal_axes) out += "set size ratio -1\n";

    const std::set<double> x = drawn(plot, 0), y = drawn(plot, 1);
    if (x.empty()) {  // gnuplot gives up on axes without any points
        out +=
            "set label 'no values in range' at graph 0.5, graph 0.5 center\n"
            "set xrange [0:1]\nset yrange [0:1]\nplot NaN notitle\n";
        return drawing;
    }

    std::vector<std::string> commands;
    std::set<double> references[2];
    int line_type = 1;
    for (const auto& layer : plot.layers) {
        const std::size_t rows = layer.columns[0].size();
        if (layer.columns.size() == 1) {
            const double v = layer.columns[0][0];
            if (!std::isfinite(v)) continue;
            out +=
                "name = " + quote(layer.name) + "; eval " + layer.style + "(" + number(v) + ")\n";
            references[layer.style == "horizontal"].insert(v);
            continue;
        }
        const std::string block = format("$layer%zu", commands.size());
        out += data_block(block, rows, layer.columns.size(),
                          [&](std::size_t r, std::size_t c) { return layer.columns[c][r]; });
        std::string how = " with @" + layer.style;
        if (layer.style == "points") how += rows > 300 ? " ps 0.6 * mark" : " ps 1.6 * mark";
        if (layer.style == "arrows") how += format(" lw %d", 8 / line_type);  // to tell in print
        commands.push_back(block + how + format(" lt %d title ", line_type) + quote(layer.name));
        if (layer.style == "bars") references[1].insert(0);  // they stand on zero
        // A band belongs to the line that follows it, in the same colour.
        if (layer.style != "band") ++line_type;
    }

    for (const int axis : {0, 1}) {
        const auto& range = axis ? plot.y_range : plot.x_range;
        const auto& at = references[axis];
        if (valid(range))
            out += set_range("xy"[axis], number(range->min), number(range->max));
        else if (!at.empty())  // as far as the points, and to the reference lines
            out += set_range("xy"[axis], "*<" + number(*at.begin()), number(*at.rbegin()) + "<*");
    }
    if (!plot.x_names.empty())
        out += tics('x', plot.x_names) + "set xtics scale 0\nset grid noxtics\n" +
               set_range('x', "-0.6", number(double(plot.x_names.size()) - 0.4));
    if (plot.log_x) out += log_axis('x', x, plot.x_range);
    if (plot.log_y) out += log_axis('y', y, plot.y_range);
    out += "plot " + join(commands) + "\n";
    return drawing;
}

constexpr int gap = 2;  // pixels between tiles

// All tiles as one picture.
struct Mosaic {
    int width, height;
    std::vector<float> pixels = {};  // [height, width], NaN where there is nothing
    double most = 0;                 // |value|, the end of a diverging scale; never 0
};

Mosaic mosaic(const ImageGrid& grid) {
    const int tile = grid.tile_width * grid.tile_height, all = int(grid.pixels.size());
    if (grid.columns < 1 || tile < 1 || all == 0 || all % tile != 0)
        throw std::invalid_argument(
            format("image grid '%s': %d pixels are not a whole number of %d x %d tiles",
                   grid.title.c_str(), all, grid.tile_width, grid.tile_height));
    const int rows = (all / tile + grid.columns - 1) / grid.columns;
    const int across = grid.tile_width + gap, down = grid.tile_height + gap;
    Mosaic m{grid.columns * across - gap, rows * down - gap};
    m.pixels.assign(std::size_t(m.width) * m.height, std::nanf(""));
    for (int i = 0; i < all; ++i) {
        const int t = i / tile, x = t % grid.columns * across + i % grid.tile_width;
        const int y = t / grid.columns * down + i % tile / grid.tile_width;
        m.pixels[std::size_t(y) * m.width + x] = grid.pixels[i];
        if (std::isfinite(grid.pixels[i]))
            m.most = std::max<double>(m.most, std::abs(grid.pixels[i]));
    }
    if (m.most == 0) m.most = 1;
    return m;
}

Drawing prepare(const ImageGrid& grid, bool alone) {
    const Mosaic m = mosaic(grid);
    // Each pixel is `zoom` by `zoom` screen pixels, so edges stay crisp. Row labels stand on the
    // left of the picture, its scale on the right.
    const int zoom = std::clamp(
        std::min((alone ? 1040 : 900) / m.width, (alone ? 1000 : 620) / m.height), 1, 16);
    const int width = zoom * m.width, height = zoom * m.height;
    const int left = text_width(grid.row_labels) + 40, right = grid.scale_label.empty() ? 130 : 170;
    const int top = grid.title.empty() ? 30 : 75, bottom = grid.column_labels.empty() ? 30 : 70;
    const int across = grid.tile_width + gap, down = grid.tile_height + gap;
    Drawing drawing{std::max(left + width + right, text_width({grid.title}) + 60),
                    top + std::max({height, text_width({grid.scale_label}), 120}) + bottom};
    std::string& out = drawing.script;
    out = format("eval picture(%d, %d); eval place(%d, %d, %d, %d, %d, %d)\n", m.width, m.height,
                 left, right, top, bottom, width, height) +
          "set title " + quote(grid.title) + "\nset cblabel " + quote(grid.scale_label) + "\n" +
          tics('x', grid.column_labels, grid.tile_width / 2.0, across) +
          tics('y', grid.row_labels, grid.tile_height / 2.0, down);
    if (grid.scale == Scale::grey)
        out += "eval grey\n";
    else {  // white is a value here: frames show where a tile ends
        out += format("eval diverging(%.9g)\n", m.most);
        const std::size_t tile = std::size_t(grid.tile_width) * std::size_t(grid.tile_height);
        for (int t = 0; std::size_t(t) * tile < grid.pixels.size(); ++t)
            if (!std::isnan(
                    grid.pixels[std::size_t(t) * tile]))  // a row may be filled up with none
                out += format("eval tile_frame(%d, %d, %d, %d)\n", t % grid.columns * across,
                              t / grid.columns * down, grid.tile_width, grid.tile_height);
    }
    // As bytes: reading so many numbers as text would take gnuplot longer than all the rest.
    out += format("plot '-' binary array=(%d,%d) format='%%float' with image notitle\n", m.width,
                  m.height);
    out.append(reinterpret_cast<const char*>(m.pixels.data()), m.pixels.size() * sizeof(float));
    return drawing;
}

// Has it one of printf's conversions of a double, of a width and precision that can be meant?
bool writes_one_number(const std::string& format) {
    const std::size_t percent = format.find('%'),
                      kind = format.find_first_not_of("-+ #0123456789.", percent + 1);
    return percent != std::string::npos && kind != std::string::npos && kind - percent <= 6 &&
           std::string("eEfgG").find(format[kind]) != std::string::npos &&
           format.find('%', kind) == std::string::npos;
}

Drawing prepare(const Heatmap& map, bool) {
    const std::size_t rows = map.values.size(), columns = rows ? map.values[0].size() : 0;
    for (const auto& row : map.values)
        if (row.size() != columns)
            throw std::invalid_argument("heatmap '" + map.title + "': its rows differ in length");
    if (columns == 0) throw std::invalid_argument("heatmap '" + map.title + "': it is empty");
    if (!writes_one_number(map.format))
        throw std::invalid_argument("heatmap '" + map.title + "': its format '" + map.format +
                                    "' does not write one number, as %.3g does");
    return {900, 560,
            labels(map) + tics('x', map.column_labels) + tics('y', map.row_labels) +
                format("eval picture(%zu, %zu); eval blues\n", columns, rows) +
                data_block("$map", rows, columns,
                           [&](std::size_t r, std::size_t c) { return map.values[r][c]; }) +
                "plot $map matrix with image pixels notitle, $map matrix using 1:2:(sprintf(" +
                quote(map.format) + ", $3)) with labels notitle\n"};
}

// ---- Without gnuplot ----------------------------------------------------------------------------

using Table = std::vector<std::vector<std::string>>;

void write_csv(const std::string& file, const Table& table) {
    std::ofstream out(file);
    for (const auto& row : table)
        for (std::size_t i = 0; i < row.size(); ++i) {
            const bool plain = row[i].find_first_of(",\"\n") == std::string::npos;
            out << (plain ? row[i] : '"' + replace_all(row[i], '"', "\"\"") + '"')
                << (i + 1 < row.size() ? ',' : '\n');
        }
    if (!out.flush()) fail(file, "cannot write here (is the disk full?)");
}

void write_plain(const std::string& base, const Plot& plot) {
    Table table = {{"series", "x", "y", "..."}};
    for (const auto& layer : plot.layers)
        for (std::size_t i = 0; i < layer.columns[0].size(); ++i) {
            auto& row = table.emplace_back(1, layer.name);
            if (layer.style == "horizontal") row.push_back("");  // at no x
            for (const auto& column : layer.columns) row.push_back(number(column[i]));
        }
    write_csv(base + ".csv", table);
}

void write_plain(const std::string& base, const Heatmap& map) {
    Table table = {{""}};
    for (const auto& name : map.column_labels) table[0].push_back(name);
    for (std::size_t r = 0; r < map.values.size(); ++r) {
        auto& row = table.emplace_back(1, r < map.row_labels.size() ? map.row_labels[r] : "");
        for (double v : map.values[r]) row.push_back(number(v));
    }
    write_csv(base + ".csv", table);
}

void write_plain(const std::string& base, const ImageGrid& grid) {
    const Mosaic m = mosaic(grid);
    const int zoom = std::clamp(1000 / std::max(m.width, m.height), 1, 16);
    const int width = m.width * zoom, height = m.height * zoom;
    std::vector<std::uint8_t> rgb;
    for (int i = 0; i < width * height; ++i) {
        const double v = m.pixels[i / width / zoom * m.width + i % width / zoom], s = v / m.most;
        std::array<double, 3> colour = {1, 1, 1};  // of nothing, too
        if (std::isfinite(v) && grid.scale == Scale::grey) colour = {v, v, v};
        if (std::isfinite(v) && grid.scale == Scale::diverging)
            colour = {1 + s, 1 - std::abs(s), 1 - s};
        for (double c : colour)
            rgb.push_back(std::uint8_t(std::lround(255 * std::clamp(c, 0.0, 1.0))));
    }
    write_png_rgb(base + ".png", height, width, rgb);
}

// ---- gnuplot ------------------------------------------------------------------------------------

void say_once(const std::string& text) {
    static std::mutex one_at_a_time;
    static std::set<std::string> said;
    const std::lock_guard lock(one_at_a_time);
    if (said.insert(text).second) std::cerr << text << std::endl;
}

// Runs a shell command that reads the script. If it ends early, the lesson must not: no SIGPIPE
// reaches this thread meanwhile, nor is one left over.
void run(const std::string& command, const std::string& script) {
    sigset_t broken_pipe, before;
    sigemptyset(&broken_pipe), sigaddset(&broken_pipe, SIGPIPE);
    std::optional<Gnuplot> gnuplot(command);  // before that, because a child would inherit it
    pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
    *gnuplot << script;
    gnuplot.reset();  // waits for its end
    const timespec now{};
    while (sigtimedwait(&broken_pipe, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

// Draws into a file, which ends as files of its kind end.
void draw_into(const std::filesystem::path& file, const std::string& script,
               const std::string& ending) {
    const Unfinished unfinished(file);
    const auto picture = unfinished.part("picture"), log = unfinished.part("log"),
               drawn = unfinished.part("drawn");
    // Nothing of the user's may change a figure: no settings file (-d), no variables.
    run("{ /usr/bin/env -i PATH=\"$PATH\" LC_ALL=C.UTF-8 gnuplot -d >" + shell_word(picture) +
            " 2>" + shell_word(log) + " && : >" + shell_word(drawn) + "; } || :",
        script);
    const std::string messages = exists(drawn) || !exists(log) ? "" : read_file(log);
    if (!messages.empty())
        throw std::runtime_error("gnuplot could not draw " + file.filename().string() + ": " +
                                 messages);
    // gnuplot does not notice a disk that is full.
    unfinished.publish(picture, exists(drawn) && read_file(picture).ends_with(ending));
}

// In whatever plain font the reader has, as large as in the PNG. Pictures are in it as PNG, and
// their pixels stay squares however large they are shown.
void draw_svg(const std::filesystem::path& file, const std::string& script) {
    draw_into(file,
              "set terminal svg enhanced standalone font 'sans-serif,20' fontscale 1.25" + script,
              "</svg>\n\n");
    std::string text = read_file(file);
    const std::string image = "<image ";
    for (std::size_t at = 0; (at = text.find(image, at)) != std::string::npos; at += image.size())
        text.insert(at + image.size(), "style='image-rendering:pixelated' ");
    if (!(std::ofstream(file) << text).flush()) fail(file, "cannot write here (is the disk full?)");
}

const std::string gnuplot_for_windows = "/usr/bin/env -u GNUTERM gnuplot -d ";

// A terminal that can open windows here, or none.
std::string window_terminal() {
    if (std::getenv("DISPLAY") || std::getenv("WAYLAND_DISPLAY"))
        for (std::string terminal : {"qt", "wxt", "x11"})
            if (succeeds(gnuplot_for_windows + "-e 'set terminal " + terminal + "'"))
                return terminal;
    return "";
}

}  // namespace

bool can_draw_figures() { return succeeds("command -v gnuplot"); }

bool draw(const std::filesystem::path& file, const std::vector<Panel>& panels, int columns,
          bool show, bool svg) {
    if (panels.empty() || columns < 1)
        throw std::invalid_argument("figure " + file.string() + ": it has no panels");
    const int count = int(panels.size()), across = std::min(columns, count),
              down = (count + across - 1) / across;
    std::vector<Drawing> drawings;
    int width = 0, height = 0;  // all panels are as large as the largest
    for (const auto& panel : panels) {
        drawings.push_back(
            std::visit([&](const auto& p) { return prepare(p, count == 1); }, panel));
        width = std::max(width, drawings.back().width);
        height = std::max(height, drawings.back().height);
    }

    if (!can_draw_figures()) {
        say_once(
            "gnuplot is not installed (on Debian: apt install gnuplot-nox); figures are written as "
            "CSV, image grids as plain PNG");
        for (int i = 0; i < count; ++i) {
            std::string base = std::filesystem::path(file).replace_extension();
            if (count > 1) base += format("-%d", i + 1);
            std::visit([&](const auto& panel) { write_plain(base, panel); }, panels[i]);
        }
        return false;
    }

    std::string script = format(
        " size %d,%d background rgb '#FFFFFF'\nmark = GPVAL_TERM eq 'svg' ? 0.45 : 1\n"
        "set multiplot layout %d,%d\nwidth = %d.; height = %d.\n",
        across * width, down * height, down, across, across * width, down * height);
    for (int i = 0; i < count; ++i)
        script += "load " + quote(HOURGLASS_STYLE) +
                  format("\npanel_left = %d; panel_top = %d; panel_width = %d; panel_height = %d\n",
                         i % across * width, i / across * height, width, height) +
                  drawings[i].script;
    script += "unset multiplot\n";

    draw_into(file, "set terminal pngcairo enhanced font 'DejaVu Sans,20'" + script,
              "IEND\xAE\x42\x60\x82");  // the chunk that ends a PNG
    if (svg) draw_svg(std::filesystem::path(file).replace_extension(".svg"), script);
    if (!show) return true;
    static const std::string terminal = window_terminal();
    if (terminal.empty())
        say_once(
            "--show: gnuplot can open no window here (no display, or install gnuplot-qt); see the "
            "PNG files");
    else
        run(gnuplot_for_windows + "-persist >/dev/null 2>&1 || :",
            "set terminal " + terminal + " enhanced font 'DejaVu Sans,20' title " +
                quote(file.filename().string()) + script);
    return true;
}

}  // namespace support
