#pragma once

#include <gtest/gtest.h>

#include <concepts>
#include <string>
#include <vector>

#include "autograd/check_gradients.h"
#include "nn/linear.h"

// The same model with other parameters, in the order of model.parameters(). For a model that names
// its parts differently, a test overloads it in the model's namespace.
template <class Model>
Model with_parameters(Model model, const std::vector<autograd::Tensor>& p) {
    if constexpr (requires {
                      { model.encoder } -> std::convertible_to<nn::Linear>;
                  }) {
        model.encoder.weight = p.at(0), model.encoder.bias = p.at(1);
        model.decoder.weight = p.at(2), model.decoder.bias = p.at(3);
    } else {  // tied weights
        model.W = p.at(0), model.b = p.at(1), model.c = p.at(2);
    }
    return model;
}

// The gradients of loss(model) for all parameters, and their gradients, agree with differences.
template <class Model, class Loss>
void expect_gradients(const Model& model, const Loss& loss, const std::string& what = "") {
    for (const int order : {1, 2}) {
        const auto check = autograd::check_gradients(
            [&](const std::vector<autograd::Tensor>& p) { return loss(with_parameters(model, p)); },
            model.parameters(), order);
        EXPECT_TRUE(check.ok) << what << (what.empty() ? "" : ", ") << "order " << order << ": "
                              << check.message;
    }
}
