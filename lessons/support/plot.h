#pragma once

// Figures, drawn by gnuplot, all in one style. Three kinds of panel, freely combined:
//
//     support::Plot plot{.title = "Training", .x_label = "epoch", .y_label = "loss (nats/pixel)"};
//     plot.line(epochs, train, "training").horizontal(0.0935, "published");
//     support::ImageGrid digits{.title = "Held-out digits", .columns = 15};
//     digits.tiles_like(data.test);
//     digits.add(x, "input").add(x_hat, "reconstruction");  // a row each, values in 0..1
//     report.figure("both.png", {plot, digits}, 2);         // panels side by side, two a row
//
// Without gnuplot the numbers are written as CSV, and image grids as plain PNG, under the same
// name.

#include <concepts>
#include <filesystem>
#include <optional>
#include <ranges>
#include <string>
#include <variant>
#include <vector>

namespace support {

struct Images;  // see dataset.h

// Numbers to plot: made from any range of numbers (vector<float>, span, array, {1, 2, 3}).
struct Values : std::vector<double> {
    Values() = default;
    Values(std::initializer_list<double> list) : std::vector<double>(list) {}
    template <std::ranges::input_range Range>
    requires std::is_arithmetic_v<std::ranges::range_value_t<Range>> Values(const Range& range) {
        for (auto value : range) push_back(double(value));
    }
};

struct Range {
    double min, max;
};

// One pair of axes.
struct Plot {
    std::string title = {};
    std::string x_label = {}, y_label = {};  // with units
    bool log_x = false, log_y = false;
    std::optional<Range> x_range = {}, y_range = {};
    std::string legend = "top right";       // where; or "off"
    bool equal_axes = false;                // one unit as long in x as in y
    std::vector<std::string> x_names = {};  // in place of the numbers 0, 1, 2, ... on the x axis

    // Each column has a number for each point; std::invalid_argument when the figure is drawn if
    // their lengths differ. What is not finite is left out. Series without a name are not in the
    // legend.
    Plot& line(Values x, Values y, std::string name = "") { return add("line", {x, y}, name); }
    Plot& points(Values x, Values y, std::string name = "") { return add("points", {x, y}, name); }
    Plot& line_points(Values x, Values y, std::string name = "") {
        return add("line_points", {x, y}, name);
    }
    // On zero, as wide as the distance between neighbours.
    Plot& bars(Values x, Values y, std::string name = "") { return add("bars", {x, y}, name); }
    // The share of samples in each of `bins` bins of x_range (or from the least to the largest), as
    // a line. Samples outside the range count as samples, those that are not finite do not.
    Plot& histogram(const Values& samples, int bins, std::string name = "");
    // From low to high, shaded, in the colour of the series added next.
    Plot& band(Values x, Values low, Values high, std::string name = "") {
        return add("band", {x, low, high}, name);
    }
    // From (x, y) to (x + dx, y + dy).
    Plot& arrows(Values x, Values y, Values dx, Values dy, std::string name = "") {
        return add("arrows", {x, y, dx, dy}, name);
    }
    // Reference lines, with their label beside them.
    Plot& horizontal(double y, std::string label = "") { return add("horizontal", {{y}}, label); }
    Plot& vertical(double x, std::string label = "") { return add("vertical", {{x}}, label); }

    struct Layer {
        std::string style;  // its name in style.gp
        std::vector<Values> columns;
        std::string name;
    };
    Plot& add(std::string style, std::vector<Values> columns, std::string name) {
        layers.push_back({std::move(style), std::move(columns), std::move(name)});
        return *this;
    }
    std::vector<Layer> layers = {};
};

enum class Scale {
    grey,       // 0 black .. 1 white, for images
    diverging,  // blue, white at 0, red; symmetric about 0 and common to all tiles, for weights
};

// Tiles of pixels in rows and columns.
struct ImageGrid {
    std::string title = {};
    int columns = 10;
    int tile_width = 28, tile_height = 28;
    Scale scale = Scale::grey;
    std::string scale_label = {};  // beside the colour box
    std::vector<std::string> row_labels = {}, column_labels = {};

    ImageGrid& tiles_like(const Images& images);  // tiles of the images' width and height
    // Any number of tiles, [tiles, tile_height, tile_width], which fill row after row; with a
    // label, from the beginning of a new row. Incomplete tiles are an std::invalid_argument when
    // drawn.
    ImageGrid& add(const Values& pixels, std::string row_label = "");

    std::vector<float> pixels = {};
};

// A matrix with its values written in the cells, as printf's `format` says: one number, by %e, %f
// or %g. Rows of different lengths, or another format, are an std::invalid_argument when drawn.
struct Heatmap {
    std::string title = {};
    std::string x_label = {}, y_label = {};
    std::vector<std::string> row_labels = {}, column_labels = {};
    std::vector<std::vector<double>> values = {};
    std::string format = "%.3g";
};

using Panel = std::variant<Plot, ImageGrid, Heatmap>;

// Draws the panels in rows of `columns` into a PNG file, with `show` into a window, and with `svg`
// into an SVG file of the same name. Returns false when there is no gnuplot: then CSV files (and
// for image grids a PNG) stand beside it. std::invalid_argument when there are no panels or their
// parts do not fit together, std::runtime_error when gnuplot fails or a file cannot be written.
bool draw(const std::filesystem::path& file, const std::vector<Panel>& panels, int columns,
          bool show, bool svg = false);

bool can_draw_figures();  // is gnuplot there?

}  // namespace support
