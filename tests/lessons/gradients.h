#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "autograd/check_gradients.h"

// The loss's gradients for the parameters that it uses, and their gradients, agree with
// differences: expect_gradients([&] { return loss(model(x), x); }, model.parameters())
inline void expect_gradients(const std::function<autograd::Tensor()>& loss,
                             const std::vector<autograd::Tensor>& parameters,
                             const std::string& what = "") {
    const auto check = autograd::check_gradients(loss, parameters, 2);
    EXPECT_TRUE(check.ok) << what << (what.empty() ? "" : ": ") << check.message;
}
