#pragma once

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

#include "autograd/dot.h"
#include "lessons/support/graph.h"
#include "lessons/support/lesson.h"
#include "nn/nn.h"

namespace lessons {

// What --load, --save and --graph ask for. A lesson that trains several networks says in its
// --help which one it means.
class Weights {
  public:
    // Reads the file of --load into `model`: at once, so that one that does not fit is refused
    // before anything is trained.
    Weights(const support::Options& given, const nn::Module& model) : options(given) {
        if (options.load.empty()) return;
        try {
            nn::load(options.load, model.named_parameters());
        } catch (const std::exception& error) {
            throw std::runtime_error(std::string("--load: ") + error.what() +
                                     " (was it saved by this lesson, with the same flags?)");
        }
    }

    // The same into a network made later, of the same shape.
    void load_into(const nn::Module& model) const { Weights(options, model); }

    // After the training: writes the weights, and the graph of a step; `loss` computes that step's.
    void save(const nn::Module& model, const std::function<autograd::Tensor()>& loss) const {
        if (!options.save.empty()) nn::save(options.save, model.named_parameters());
        if (!options.graph.empty())
            support::write_graph(autograd::to_dot(loss(), model.named_parameters()), options.graph);
    }

  private:
    const support::Options& options;
};

}  // namespace lessons
