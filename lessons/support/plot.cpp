#include "lessons/support/plot.h"

#include <gnuplot-iostream.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "lessons/support/dataset.h"
#include "lessons/support/panels.h"
#include "lessons/support/png.h"

namespace support {

Plot& Plot::line(Values x, Values y, std::string name) {
    layers.push_back({Kind::line, {std::move(x), std::move(y)}, std::move(name)});
    return *this;
}
Plot& Plot::points(Values x, Values y, std::string name) {
    layers.push_back({Kind::points, {std::move(x), std::move(y)}, std::move(name)});
    return *this;
}
Plot& Plot::line_points(Values x, Values y, std::string name) {
    layers.push_back({Kind::line_points, {std::move(x), std::move(y)}, std::move(name)});
    return *this;
}
Plot& Plot::bars(Values x, Values y, std::string name) {
    layers.push_back({Kind::bars, {std::move(x), std::move(y)}, std::move(name)});
    return *this;
}
Plot& Plot::band(Values x, Values low, Values high, std::string name) {
    layers.push_back(
        {Kind::band, {std::move(x), std::move(low), std::move(high)}, std::move(name)});
    return *this;
}
Plot& Plot::arrows(Values x, Values y, Values dx, Values dy, std::string name) {
    layers.push_back({Kind::arrows,
                      {std::move(x), std::move(y), std::move(dx), std::move(dy)},
                      std::move(name)});
    return *this;
}
Plot& Plot::horizontal(double y, std::string label) {
    layers.push_back({Kind::horizontal, {{y}}, std::move(label)});
    return *this;
}
Plot& Plot::vertical(double x, std::string label) {
    layers.push_back({Kind::vertical, {{x}}, std::move(label)});
    return *this;
}

Plot& Plot::histogram(const Values& samples, int bins, std::string name) {
    Values finite;
    std::copy_if(samples.begin(), samples.end(), std::back_inserter(finite),
                 [](double v) { return std::isfinite(v); });
    if (finite.empty()) return line({}, {}, std::move(name));
    auto [low, high] = std::minmax_element(finite.begin(), finite.end());
    const double min = x_range ? x_range->min : *low, max = x_range ? x_range->max : *high;
    const double width = max > min ? (max - min) / bins : 1;
    Values x, share(std::vector<double>(bins, 0.0));
    for (int i = 0; i < bins; ++i) x.push_back(min + (i + 0.5) * width);
    for (double v : finite) {
        const double bin = std::floor((v - min) / width);
        if (v < min || v > max) continue;
        share[std::min(bins - 1, static_cast<int>(bin))] +=
            1.0 / static_cast<double>(finite.size());
    }
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

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream out(path);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

// Text in a CSV field, quoted where a comma or a quote asks for it.
std::string csv(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string out = "\"";
    for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

void write_plain(const std::filesystem::path& base, const Plot& plot) {
    std::ostringstream out;
    out << "series,x,y,...\n";
    for (const auto& layer : plot.layers) {
        for (std::size_t i = 0; i < layer.columns[0].size(); ++i) {
            out << csv(layer.name);
            if (layer.kind == Plot::Kind::horizontal) out << ',';
            for (const auto& column : layer.columns) out << ',' << number(column[i]);
            out << '\n';
        }
    }
    write_file(base.string() + ".csv", out.str());
}

void write_plain(const std::filesystem::path& base, const Heatmap& map) {
    std::ostringstream out;
    for (const auto& name : map.column_labels) out << ',' << csv(name);
    out << '\n';
    for (std::size_t r = 0; r < map.values.size(); ++r) {
        out << (r < map.row_labels.size() ? csv(map.row_labels[r]) : "");
        for (double v : map.values[r]) out << ',' << number(v);
        out << '\n';
    }
    write_file(base.string() + ".csv", out.str());
}

void write_plain(const std::filesystem::path& base, const ImageGrid& grid) {
    const Mosaic m = mosaic(grid);
    const double most = largest(grid);
    const int zoom = std::clamp(1000 / std::max(m.width, m.height), 1, 16), width = m.width * zoom,
              height = m.height * zoom;
    std::vector<std::uint8_t> rgb;
    rgb.reserve(static_cast<std::size_t>(width) * height * 3);
    auto byte = [](double v) {
        return static_cast<std::uint8_t>(std::lround(255 * std::clamp(v, 0.0, 1.0)));
    };
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const double v = m.pixels[static_cast<std::size_t>(y / zoom) * m.width + x / zoom];
            double r = 1, g = 1, b = 1;  // nothing: white
            if (std::isfinite(v) && grid.scale == Scale::grey) r = g = b = v;
            if (std::isfinite(v) && grid.scale == Scale::diverging) {  // blue, white, red
                const double s = v / most;
                r = s < 0 ? 1 + s : 1, g = 1 - std::abs(s), b = s > 0 ? 1 - s : 1;
            }
            for (double channel : {r, g, b}) rgb.push_back(byte(channel));
        }
    }
    write_png_rgb(base.string() + ".png", height, width, rgb);
}

// ---- gnuplot ----

bool on_path(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (!folder.empty() && access((folder + "/" + program).c_str(), X_OK) == 0) return true;
    }
    return false;
}

void say_once(bool& said, const std::string& line) {
    if (!said) std::cerr << line << std::endl;
    said = true;
}

std::string shell_quote(const std::string& text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
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

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

// A terminal that can open windows here, or none.
std::string window_terminal() {
    if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY")) return "";
    for (std::string terminal : {"qt", "wxt", "x11"}) {
        if (std::system(("gnuplot -e 'set terminal " + terminal + "' >/dev/null 2>&1").c_str()) ==
            0)
            return terminal;
    }
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

    if (!on_path("gnuplot")) {
        static bool said = false;
        say_once(said,
                 "gnuplot is not installed (on Debian: apt install gnuplot-nox); figures are "
                 "written as CSV, image "
                 "grids as plain PNG");
        auto base = file;
        base.replace_extension();
        for (std::size_t i = 0; i < panels.size(); ++i) {
            const std::filesystem::path name =
                alone ? base.string() : base.string() + "-" + std::to_string(i + 1);
            std::visit([&](const auto& panel) { write_plain(name, panel); }, panels[i]);
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
    const std::string messages = read_file(log);
    std::error_code ignored;
    std::filesystem::remove(log, ignored);
    if (messages.find("gnuplot failed") != std::string::npos || !std::filesystem::exists(file) ||
        std::filesystem::file_size(file) == 0) {
        std::filesystem::remove(file, ignored);
        throw std::runtime_error("gnuplot could not draw " + file.filename().string() + ": " +
                                 messages);
    }

    if (show) {
        static const std::string terminal = window_terminal();
        static bool said = false;
        if (terminal.empty()) {
            say_once(said,
                     "--show: gnuplot can open no window here (no display, or install gnuplot-qt); "
                     "see the PNG files");
        } else {
            run_gnuplot("-persist",
                        "set terminal " + terminal + " enhanced title " +
                            quote(file.filename().string()) + size + body.str(),
                        "/dev/null");
        }
    }
    return true;
}

}  // namespace support
