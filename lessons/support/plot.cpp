#include "lessons/support/plot.h"

#include <gnuplot-iostream.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "lessons/support/dataset.h"
#include "lessons/support/panels.h"
#include "lessons/support/png.h"

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
            share[std::min(bins - 1, static_cast<int>((v - min) / width))] +=
                1.0 / static_cast<double>(finite.size());
    return line(std::move(x), std::move(share), std::move(name));
}

ImageGrid& ImageGrid::tiles_like(const Images& images) {
    tile_width = images.width, tile_height = images.height;
    return *this;
}

ImageGrid& ImageGrid::add(const Values& values) {
    for (double v : values) pixels.push_back(static_cast<float>(v));
    return *this;
}

ImageGrid& ImageGrid::add(const Values& values, std::string row_label) {
    const std::size_t row = static_cast<std::size_t>(columns) * tile_width * tile_height;
    pixels.resize((pixels.size() + row - 1) / row * row,
                  std::nanf(""));  // the rest of the row before stays empty
    row_labels.resize(pixels.size() / row);
    row_labels.push_back(std::move(row_label));
    return add(values);
}

namespace {

// ---- Without gnuplot ----

// Text in a CSV field, quoted where a comma or a quote asks for it.
std::string csv(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::ostringstream out;
    out << std::quoted(text, '"', '"');
    return out.str();
}

void write_csv(const std::string& base, const std::string& rows) {
    std::ofstream out(base + ".csv");
    if (!(out << rows).flush()) throw std::runtime_error("cannot write " + base + ".csv");
}

void write_plain(const std::string& base, const Plot& plot) {
    std::string rows = "series,x,y,...\n";
    for (const auto& layer : plot.layers)
        for (std::size_t i = 0; i < layer.columns[0].size(); ++i) {
            rows += csv(layer.name) + (layer.kind == Plot::Kind::horizontal ? "," : "");
            for (const auto& column : layer.columns) rows += ',' + number(column[i]);
            rows += '\n';
        }
    write_csv(base, rows);
}

void write_plain(const std::string& base, const Heatmap& map) {
    std::string rows;
    for (const auto& name : map.column_labels) rows += ',' + csv(name);
    for (std::size_t r = 0; r < map.values.size(); ++r) {
        rows += '\n' + (r < map.row_labels.size() ? csv(map.row_labels[r]) : "");
        for (double v : map.values[r]) rows += ',' + number(v);
    }
    write_csv(base, rows + '\n');
}

void write_plain(const std::string& base, const ImageGrid& grid) {
    const Mosaic m = mosaic(grid);
    const int zoom = std::clamp(1000 / std::max(m.width, m.height), 1, 16);
    const int width = m.width * zoom, height = m.height * zoom;
    const double most = largest(grid);
    std::vector<std::uint8_t> rgb;
    for (int i = 0; i < width * height; ++i) {
        const double v = m.pixels[i / width / zoom * m.width + i % width / zoom], s = v / most;
        std::array<double, 3> colour = {1, 1, 1};  // of nothing, too
        if (std::isfinite(v) && grid.scale == Scale::grey) colour = {v, v, v};
        if (std::isfinite(v) && grid.scale == Scale::diverging)
            colour = {std::min(1.0, 1 + s), 1 - std::abs(s), std::min(1.0, 1 - s)};
        for (double c : colour)
            rgb.push_back(static_cast<std::uint8_t>(std::lround(255 * std::clamp(c, 0.0, 1.0))));
    }
    write_png_rgb(base + ".png", height, width, rgb);
}

// ---- gnuplot ----

bool succeeds(const std::string& command) {
    return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

std::string shell_quote(const std::string& text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

void say_once(bool& said, const std::string& line) {
    if (!said) std::cerr << line << std::endl;
    said = true;
}

// Sends a script to gnuplot. gnuplot-iostream does not tell the exit status, so the shell notes it
// in `log`.
void run_gnuplot(const std::string& options, const std::string& text,
                 const std::filesystem::path& log) {
    // A gnuplot that dies early must not take the lesson with it.
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    {
        const std::string to_log = " >>" + shell_quote(log.string()) + " 2>&1";
        Gnuplot gnuplot("{ gnuplot " + options + " || echo 'gnuplot failed'; }" + to_log);
        gnuplot << text;
    }  // waits for its end
    std::signal(SIGPIPE, before);
}

// A terminal that can open windows here, or none.
std::string window_terminal() {
    if (std::getenv("DISPLAY") || std::getenv("WAYLAND_DISPLAY"))
        for (std::string terminal : {"qt", "wxt", "x11"})
            if (succeeds("gnuplot -e 'set terminal " + terminal + "'")) return terminal;
    return "";
}

}  // namespace

bool draw(const std::filesystem::path& file, const std::vector<Panel>& panels, int columns,
          bool show) {
    if (panels.empty() || columns < 1)
        throw std::invalid_argument("figure " + file.string() + ": it has no panels");
    columns = std::min<int>(columns, static_cast<int>(panels.size()));
    const bool alone = panels.size() == 1;
    Size most{0, 0};
    for (const auto& panel : panels) {
        const Size size = std::visit([&](const auto& p) { return natural_size(p, alone); }, panel);
        most = {std::max(most.width, size.width), std::max(most.height, size.height)};
    }

    if (!succeeds("command -v gnuplot")) {
        static bool said = false;
        say_once(said,
                 "gnuplot is not installed (on Debian: apt install gnuplot-nox); figures are "
                 "written as CSV, image grids as plain PNG");
        for (std::size_t i = 0; i < panels.size(); ++i) {
            std::string base = std::filesystem::path(file).replace_extension();
            if (!alone) base += "-" + std::to_string(i + 1);
            std::visit([&](const auto& panel) { write_plain(base, panel); }, panels[i]);
        }
        return false;
    }

    // All cells are as large as the largest panel.
    std::ostringstream body;
    const int rows = (static_cast<int>(panels.size()) + columns - 1) / columns;
    const Size figure{columns * most.width, rows * most.height};
    body << "set multiplot layout " << rows << "," << columns << "\n";
    for (int i = 0; i < static_cast<int>(panels.size()); ++i) {
        const Cell cell{i % columns * most.width, i / columns * most.height, most, figure};
        body << "load " << quote(HOURGLASS_STYLE) << "\n";
        std::visit([&](const auto& panel) { script(body, panel, cell); }, panels[i]);
    }
    body << "unset multiplot\n";
    const std::string size = " size " + std::to_string(figure.width) + "," +
                             std::to_string(figure.height) +
                             " font 'DejaVu Sans,20' background rgb '#FFFFFF'\n";

    auto log = file;
    log += ".log";
    run_gnuplot("",
                "set terminal pngcairo enhanced" + size + "set output " + quote(file.string()) +
                    "\n" + body.str() + "set output\n",
                log);
    std::ostringstream messages;
    messages << std::ifstream(log).rdbuf();
    std::error_code ignored;
    std::filesystem::remove(log, ignored);
    if (messages.str().find("gnuplot failed") != std::string::npos ||
        !std::filesystem::exists(file) || std::filesystem::is_empty(file)) {
        std::filesystem::remove(file, ignored);
        throw std::runtime_error("gnuplot could not draw " + file.filename().string() + ": " +
                                 messages.str());
    }

    if (!show) return true;
    static const std::string terminal = window_terminal();
    static bool said = false;
    if (terminal.empty())
        say_once(said,
                 "--show: gnuplot can open no window here (no display, or install gnuplot-qt); "
                 "see the PNG files");
    else
        run_gnuplot("-persist",
                    "set terminal " + terminal + " enhanced title " +
                        quote(file.filename().string()) + size + body.str(),
                    "/dev/null");
    return true;
}

}  // namespace support
