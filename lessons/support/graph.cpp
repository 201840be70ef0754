#include "lessons/support/graph.h"

#include <fstream>

#include "lessons/support/files.h"
#include "lessons/support/text.h"

namespace support {

namespace fs = std::filesystem;

bool can_draw_graphs() { return succeeds("command -v dot"); }

std::string graph_problem(const fs::path& file) {
    const fs::path ending = file.extension();
    if (ending == ".dot" || ending == ".gv") return "";
    if (ending != ".png" && ending != ".svg")
        return "its name says how to write it: .dot, .png or .svg";
    return can_draw_graphs() ? ""
                             : "Graphviz draws it and is not installed (on Debian: apt install "
                               "graphviz); a name that ends in .dot needs none";
}

void write_graph(const std::string& dot, const fs::path& file) {
    const Unfinished unfinished(file);
    const fs::path text = unfinished.part("text"), drawing = unfinished.part("drawing");
    bool written = bool((std::ofstream(text) << dot).flush());
    const std::string ending = file.extension();
    if (ending != ".png" && ending != ".svg") return unfinished.publish(text, written);
    // In an SVG, Graphviz scales the drawing by a dpi, but not the box that it is seen through.
    const std::string format = ending == ".png" ? "png -Gdpi=110" : "svg";
    if (written &&
        !succeeds("dot -T" + format + ' ' + shell_word(text) + " -o " + shell_word(drawing)))
        fail(file, "Graphviz could not draw it");
    unfinished.publish(drawing, written);
}

}  // namespace support
