#pragma once

// The exercises of the lessons. What is to be done stands on the lesson's page, as an item under
// "## Exercises". How that is checked stands in lessons/NN_name/exercises/N.md:
//
//     kind: change                                 predict, change, write or explain
//     edit: lessons/08_tied_weights/tied.h         the file that the learner changes
//     fails: TiedAutoencoder.HasHalfTheWeights     tests of the lesson that must fail afterwards
//     run: --hidden 8                              flags for a run of the lesson
//     expect: test_bce < 0.088; test_sse > 7       what that run's metrics must be
//     metric: test_bce                             what the learner is to predict
//
//     ## Hint
//     (at least two, from a nudge to nearly the answer)
//     ## Solution
//
// Lines that a kind does not need are left out. With exercises/N.cpp beside it, a GoogleTest file,
// the exercise is solved when its cases pass; expect_answer.h says which mistake was made.

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
