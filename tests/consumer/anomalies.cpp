// Which rows of a table are unlike the rest? An autoencoder learns what most rows have in common;
// a row that it draws badly is suspect.    anomalies table.csv weights.safetensors
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "autograd/autograd.h"
#include "autograd/map.h"
#include "nn/nn.h"

using namespace autograd;

// An operation of one's own: y = sin(x),   dL/dx = g cos(x) = g sin(x + pi/2)
Tensor sine(const Tensor& x) {
    return record("sine", map(x, [](real v) { return std::sin(v); }), {x},
                  [](auto& g, Unread, auto& x) { return g * sine(x + std::acos(-1.0) / 2); });
}

struct Detector : nn::Module {
    nn::Linear encoder, decoder;
    Detector(std::int64_t n, std::int64_t k, Rng& rng) : encoder(n, k, rng), decoder(k, n, rng) {}
    Tensor forward(const Tensor& x) const override { return decoder(sine(encoder(x))); }
    nn::NamedParameters named_parameters() const override {
        return nn::join({{"encoder", &encoder}, {"decoder", &decoder}});
    }
};

// Numbers separated by commas, a row a line.   [rows, columns]
Tensor read_csv(const std::string& file) {
    std::vector<double> values;
    std::int64_t rows = 0;
    std::ifstream in(file);
    for (std::string line, cell; std::getline(in, line); ++rows)
        for (std::istringstream cells(line); std::getline(cells, cell, ',');)
            values.push_back(std::stod(cell));
    return tensor(values, {rows, static_cast<std::int64_t>(values.size()) / rows});
}

int main(int, char** argv) {
    const Tensor table = read_csv(argv[1]);
    const Tensor centred = table - mean(table, 0);
    const Tensor x = centred / sqrt(mean(square(centred), 0) + 1e-12);  // a column as any other
    const int rows = static_cast<int>(x.size(0));

    Rng rng(1);
    Detector model(x.size(1), 2, rng);
    nn::Adam adam(model.parameters(), {.lr = 0.01});
    const int epochs = 200;
    for (int epoch = 0; epoch < epochs; ++epoch) {
        adam.settings.lr = 0.01 * (1 - double(epoch) / epochs);  // long steps first
        for (const auto& batch : nn::shuffled_batches(rows, 32, rng)) {
            const Tensor target = index_select(x, batch);
            adam.zero_grad();
            nn::mse_loss(model(target), target).backward();
            adam.step();
        }
    }
    nn::save(argv[2], model.named_parameters());

    const NoGrad no_grad;
    const Tensor error = sum(square(model(x) - x), 1);
    std::vector<int> order(rows);
    for (int i = 0; i < rows; ++i) order[i] = i;
    std::ranges::sort(order, [&](int a, int b) { return error.data()[a] > error.data()[b]; });
    for (int i = 0; i < 5 && i < rows; ++i)
        std::printf("row %d: error %.3g\n", order[i] + 1, error.data()[order[i]]);
}
