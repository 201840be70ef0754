#pragma once

// The exercises of the lessons. What is to be done stands on the lesson's page, as an item under
// "## Exercises"; how that is checked, in lessons/NN_name/exercises/N.md. README.md says what
// stands in such a file.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace check {

struct Exercise {
    std::string number;                              // "08.4"
    std::filesystem::path lesson;                    // .../lessons/08_tied_weights
    std::string title = {}, text = {};               // of the item on the page, as it stands there
    std::map<std::string, std::string> fields = {};  // "kind", "edit", ...; absent: empty
    std::vector<std::string> hints = {};
    // Of known mistakes: conditions on the run's metrics, and what to say.
    std::vector<std::pair<std::string, std::string>> mistakes = {};
    std::string solution = {};

    std::string field(const std::string& name) const;
    bool has_test() const;       // exercises/N.cpp
    std::string target() const;  // of the build that makes it: "exercise_08_4"
};

// All exercises that have a file, in order. Throws std::runtime_error "FILE: what is wrong" for one
// that can't be read, or has no item on its page.
std::vector<Exercise> read_exercises(const std::filesystem::path& root);

// The items under "## Exercises" of a page, the first one first, without their numbers.
std::vector<std::string> items_of(const std::string& page);

// "a; b" as {"a", "b"}, spaces at the ends removed.
std::vector<std::string> split(const std::string& list, char separator);

}  // namespace check
