#include "lessons/support/plot.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "lessons/support/dataset.h"
#include "lessons/support/report.h"

namespace {

namespace fs = std::filesystem;
using support::draw;
using support::Heatmap;
using support::ImageGrid;
using support::Plot;

// PNG keeps width and height big-endian at bytes 16 to 23.
std::pair<int, int> png_size(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    unsigned char head[24] = {};
    in.read(reinterpret_cast<char*>(head), sizeof head);
    EXPECT_EQ(std::string(reinterpret_cast<char*>(head) + 1, 3), "PNG");
    auto number = [&](int at) {
        return head[at] << 24 | head[at + 1] << 16 | head[at + 2] << 8 | head[at + 3];
    };
    return {number(16), number(20)};
}

std::string read(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

class PlotTest : public testing::Test {
  protected:
    void SetUp() override {
        folder = fs::temp_directory_path() / ("plot_test_" + std::to_string(getpid()));
        fs::remove_all(folder);
        fs::create_directories(folder);
        path = std::getenv("PATH");
    }
    void TearDown() override {
        setenv("PATH", path.c_str(), 1);
        fs::remove_all(folder);
    }
    void need_gnuplot() {
        if (std::system("gnuplot --version >/dev/null 2>&1") != 0)
            GTEST_SKIP() << "gnuplot is not installed";
    }
    // A gnuplot that does what the shell commands say, and nothing else on the path.
    void replace_gnuplot(const std::string& commands) {
        const fs::path fake = folder / "gnuplot";
        std::ofstream(fake) << "#!/bin/sh\n" << commands << "\n";
        fs::permissions(fake, fs::perms::owner_all);
        setenv("PATH", folder.c_str(), 1);
    }

    static Plot plot() {
        Plot p{.title = "It's 100% `x`", .x_label = "epoch", .y_label = "loss"};
        return p.line({1, 2, 3}, {3, 2, 1}, "a \"name\"")
            .points({1, 2, 3}, {1, 2, 3}, "b")
            .horizontal(2, "here");
    }
    static ImageGrid grid() {
        ImageGrid g{.columns = 3};
        return g.add(std::vector<float>(3 * 784, 0.5f), "first")
            .add(std::vector<float>(784, 1.0f), "second");
    }

    fs::path folder;
    std::string path;
};

TEST_F(PlotTest, DrawsAPngOfTheExpectedSize) {
    need_gnuplot();
    EXPECT_TRUE(draw(folder / "loss.png", {plot()}, 1, false));
    EXPECT_EQ(png_size(folder / "loss.png"), std::pair(1200, 800));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1) << "no script or log stays";
}

// Pages show it: as large as the PNG, its pictures as pictures, in no font of this machine.
TEST_F(PlotTest, DrawsAnSvgBesideThePngIfAsked) {
    need_gnuplot();
    EXPECT_TRUE(draw(folder / "both.png", {plot(), grid()}, 2, false, true));
    const auto [width, height] = png_size(folder / "both.png");
    const std::string svg = read(folder / "both.svg");
    EXPECT_NE(svg.find("width=\"" + std::to_string(width) + "\" height=\"" +
                       std::to_string(height) + "\""),
              std::string::npos);
    EXPECT_NE(svg.find("image-rendering:pixelated"), std::string::npos);
    EXPECT_NE(svg.find("data:image/png;base64,"), std::string::npos);
    for (std::size_t at = 0; (at = svg.find("font-family=", at)) != std::string::npos; ++at)
        EXPECT_EQ(svg.substr(at, 25), "font-family=\"sans-serif\" ");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2);
}

TEST_F(PlotTest, DrawsIntoAFolderOfAnyName) {
    need_gnuplot();
    const fs::path odd = folder / "it's\n$HOME `x` \\ %s \"";
    fs::create_directories(odd);
    EXPECT_TRUE(draw(odd / "loss.png", {plot()}, 1, false));
    EXPECT_EQ(png_size(odd / "loss.png"), std::pair(1200, 800));
    EXPECT_EQ(std::distance(fs::directory_iterator(odd), {}), 1);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

TEST_F(PlotTest, DrawsEveryKindOfLayer) {
    need_gnuplot();
    Plot all{.title = "all", .legend = "bottom left"};
    all.line({1, 2}, {1, 2})
        .line_points({1, 2}, {1, 2})
        .points({1, 2}, {1, 2})
        .bars({1, 2}, {1, 2})
        .band({1, 2}, {0, 1}, {2, 3});
    all.arrows({1}, {1}, {1}, {1}).horizontal(1).vertical(1, "x").histogram({1, 2, 2, NAN}, 3, "h");
    EXPECT_TRUE(draw(folder / "all.png", {all}, 1, false));
    Plot logs{.log_x = true, .log_y = true, .x_range = support::Range{0.5, 100}};
    EXPECT_TRUE(draw(folder / "log.png", {logs.line_points({1, 10, 100}, {0, 1, 1e9})}, 1, false));
    Plot names{.x_names = {"plain", "tied"}};
    EXPECT_TRUE(draw(folder / "names.png", {names.bars({0, 1}, {1, 2})}, 1, false));
}

TEST_F(PlotTest, APlotWithoutFiniteValuesIsStillDrawn) {
    need_gnuplot();
    Plot p;
    EXPECT_TRUE(draw(folder / "nan.png", {p.line({1, 2}, {NAN, INFINITY})}, 1, false));
    Plot logs{.log_y = true};
    EXPECT_TRUE(draw(folder / "log.png", {logs.line({1, 2}, {0, -1}).horizontal(1)}, 1, false));
    Plot empty;
    EXPECT_TRUE(draw(folder / "empty.png", {empty}, 1, false));
    for (const support::Range range : {support::Range{0, 0}, {NAN, NAN}, {1, 2}}) {
        Plot away{.log_y = true, .x_range = range, .y_range = range};
        EXPECT_TRUE(draw(folder / "away.png", {away.line({5, 6}, {5, 6}, "s")}, 1, false));
    }
}

TEST_F(PlotTest, PanelsStandSideBySide) {
    need_gnuplot();
    const Heatmap map{.title = "m",
                      .row_labels = {"a", "b"},
                      .column_labels = {"c", "d"},
                      .values = {{1, 2}, {3, NAN}}};
    EXPECT_TRUE(draw(folder / "panels.png", {plot(), plot(), grid(), map}, 2, false));
    const auto [width, height] = png_size(folder / "panels.png");
    EXPECT_GE(width, 1800);
    EXPECT_GT(height, 660);
}

TEST_F(PlotTest, AHistogramSharesOutItsSamples) {
    Plot p{.x_range = support::Range{0, 4}};
    p.histogram({0, 0.5, 1.5, 4, 9, NAN}, 4);
    EXPECT_EQ(p.layers[0].columns[0], (std::vector<double>{0.5, 1.5, 2.5, 3.5}));
    const std::vector<double> shares = {0.4, 0.2, 0,
                                        0.2};  // 9 lies outside the range but is a sample
    for (int i = 0; i < 4; ++i) EXPECT_DOUBLE_EQ(p.layers[0].columns[1][i], shares[i]);
}

TEST_F(PlotTest, AGridTakesTheTileSizeOfImages) {
    ImageGrid g{.title = "t"};
    g.tiles_like(support::Images{.count = 0, .height = 4, .width = 6, .pixels = {}, .labels = {}});
    EXPECT_EQ(g.tile_width, 6);
    EXPECT_EQ(g.tile_height, 4);
}

TEST_F(PlotTest, RefusesColumnsAndTilesThatDoNotFit) {
    Plot p{.title = "t"};
    EXPECT_THROW(draw(folder / "x.png", {p.line({1, 2}, {1}, "s")}, 1, false),
                 std::invalid_argument);
    ImageGrid g{.columns = 2};
    EXPECT_THROW(draw(folder / "x.png", {g.add(std::vector<float>(783))}, 1, false),
                 std::invalid_argument);
    EXPECT_THROW(draw(folder / "x.png", {ImageGrid{}}, 1, false), std::invalid_argument);
    for (const char* format :
         {"%s", "%n", "%d", "%g %g", "plain", "%", "%5", "%.2lf", "%99999999g", ""})
        EXPECT_THROW(draw(folder / "x.png", {Heatmap{.values = {{1}}, .format = format}}, 1, false),
                     std::invalid_argument)
            << format;
    EXPECT_THROW(draw(folder / "x.png", {Heatmap{.values = {{1, 2}, {3}}}}, 1, false),
                 std::invalid_argument);
    EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(PlotTest, WithoutGnuplotWritesTheNumbersAndSaysSoOnce) {
    setenv("PATH", "", 1);
    testing::internal::CaptureStderr();
    EXPECT_FALSE(draw(folder / "loss.png", {plot()}, 1, false));
    EXPECT_FALSE(draw(folder / "digits.png", {grid()}, 1, false));
    const Heatmap map{.row_labels = {"a"}, .column_labels = {"c", "d,e"}, .values = {{1, 2.5}}};
    EXPECT_FALSE(draw(folder / "both.png", {grid(), map}, 2, false));
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_NE(said.find("gnuplot-nox"), std::string::npos) << said;
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;

    EXPECT_FALSE(fs::exists(folder / "loss.png"));
    EXPECT_EQ(
        read(folder / "loss.csv"),
        "series,x,y,...\n\"a \"\"name\"\"\",1,3\n\"a \"\"name\"\"\",2,2\n\"a \"\"name\"\"\",3,1\n"
        "b,1,1\nb,2,2\nb,3,3\nhere,,2\n");
    const auto [width, height] = png_size(folder / "digits.png");
    EXPECT_EQ(width % 88, 0);   // 3 tiles of 28 and 2 gaps of 2
    EXPECT_EQ(height % 58, 0);  // 2 rows
    EXPECT_TRUE(fs::exists(folder / "both-1.png"));
    EXPECT_EQ(read(folder / "both-2.csv"), ",c,\"d,e\"\na,1,2.5\n");
}

TEST_F(PlotTest, NoticesThatGnuplotFails) {
    replace_gnuplot("echo half a figure; echo 'line 7: bad luck' >&2; exit 1");
    try {
        // More than a pipe holds: writing to a gnuplot that is gone must not end the program.
        draw(folder / "loss.png",
             {plot().line(std::vector<int>(50000, 1), std::vector<int>(50000, 2))}, 1, false);
        FAIL() << "no exception";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("bad luck"), std::string::npos) << error.what();
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1) << "only the fake gnuplot";
}

// Nothing of the user's environment counts, whatever it says of terminals and libraries.
TEST_F(PlotTest, TheUsersGnuplotVariablesDoNotCount) {
    draw(folder / "plain.png", {plot()}, 1, false);
    for (const char* name : {"GNUTERM", "GNUPLOT_LIB", "GNUPLOT_DRIVER_DIR", "GDFONTPATH"})
        setenv(name, "nonsense", 1);
    draw(folder / "strange.png", {plot()}, 1, false);
    for (const char* name : {"GNUTERM", "GNUPLOT_LIB", "GNUPLOT_DRIVER_DIR", "GDFONTPATH"})
        unsetenv(name);
    EXPECT_EQ(fs::file_size(folder / "plain.png"), fs::file_size(folder / "strange.png"));
}

// A relative name that begins with a bar is a command to gnuplot.
TEST_F(PlotTest, ANameIsNeverACommand) {
    const fs::path before = fs::current_path();
    fs::current_path(folder);
    fs::create_directory("|touch pwned;#");
    draw("|touch pwned;#/x.png", {plot()}, 1, false);
    fs::current_path(before);
    EXPECT_TRUE(fs::exists(folder / "|touch pwned;#" / "x.png"));
    EXPECT_FALSE(fs::exists(folder / "pwned"));
}

// gnuplot warns, and does not notice that the disk is full.
TEST_F(PlotTest, NoticesThatGnuplotDrewNothingAndKeepsTheOldFigure) {
    std::ofstream(folder / "loss.png") << "old";
    for (const char* commands : {"exit 0", "echo half; echo 'warning: points' >&2"}) {
        replace_gnuplot(commands);
        try {
            draw(folder / "loss.png", {plot()}, 1, false);
            FAIL() << "no exception";
        } catch (const std::runtime_error& error) {
            EXPECT_NE(std::string(error.what()).find("No space left"), std::string::npos)
                << error.what();
        }
        EXPECT_EQ(read(folder / "loss.png"), "old");
    }
}

// Neither blocked nor ignored: what ends the lesson ends its gnuplot.
TEST_F(PlotTest, GnuplotTakesSignalsAsEver) {
    for (const auto& [signal, name] :
         {std::pair(SIGINT, "INT"), {SIGTERM, "TERM"}, {SIGHUP, "HUP"}, {SIGPIPE, "PIPE"}}) {
        const auto before = std::signal(signal, SIG_DFL);
        replace_gnuplot("kill -" + std::string(name) + " $$; echo alive >&2; exit 1");
        try {
            draw(folder / "loss.png", {plot()}, 1, false);
            ADD_FAILURE() << "no exception";
        } catch (const std::runtime_error& error) {
            EXPECT_EQ(std::string(error.what()).find("alive"), std::string::npos) << name;
        }
        std::signal(signal, before);
    }
}

TEST_F(PlotTest, ShowWithoutADisplayGoesOn) {
    need_gnuplot();
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    testing::internal::CaptureStderr();
    EXPECT_TRUE(draw(folder / "loss.png", {plot()}, 1, true));
    EXPECT_NE(testing::internal::GetCapturedStderr().find("--show: gnuplot can open no window"),
              std::string::npos);
    EXPECT_TRUE(fs::exists(folder / "loss.png"));
}

}  // namespace
