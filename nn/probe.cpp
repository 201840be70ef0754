#include "nn/probe.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/autograd.h"
#include "nn/batches.h"
#include "nn/losses.h"
#include "nn/optim.h"

namespace nn::inline HOURGLASS_PRECISION {

using autograd::refuse;

namespace {

void require_labels(const char* which, const Tensor& codes, List<int> labels) {
    if (codes.shape("probe_accuracy").rank() != 2 || codes.size(0) != std::ssize(labels) ||
        labels.empty())
        refuse("probe_accuracy: ", which, " codes ", codes.shape(), " with ", labels.size(),
               " labels: one row of numbers is needed for each label");
    if (*std::min_element(labels.begin(), labels.end()) < 0)
        refuse("probe_accuracy: a negative label among the ", which, " labels");
}

// mean: [k] and scale: [k], 1 / stddev, or 0 for a unit that varies by less than a millionth of its
// size. In double and row by row: there may be 60,000 codes.
struct Standard {
    Tensor mean, scale;
};
Standard standard(const Tensor& codes) {
    const std::int64_t m = codes.size(0), k = codes.size(1);
    std::vector<double> mean(k, 0.0), variance(k, 0.0);
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t l = 0; l < k; ++l) mean[l] += codes.data()[i * k + l] / double(m);
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t l = 0; l < k; ++l) {
            const double off = codes.data()[i * k + l] - mean[l];
            variance[l] += off * off / double(m);
        }
    for (std::int64_t l = 0; l < k; ++l) {
        const double mean_square = mean[l] * mean[l] + variance[l];
        variance[l] = variance[l] > 1e-12 * mean_square ? 1 / std::sqrt(variance[l]) : 0;
    }
    return {autograd::tensor(mean, {k}), autograd::tensor(variance, {k})};
}

}  // namespace

double probe_accuracy(const Tensor& codes, List<int> labels, const Tensor& test_codes,
                      List<int> test_labels, Rng& rng, ProbeSettings settings) {
    require_labels("training", codes, labels);
    require_labels("held-out", test_codes, test_labels);
    if (codes.size(1) != test_codes.size(1))
        refuse("probe_accuracy: training codes ", codes.shape(), ", held-out codes ",
               test_codes.shape(), ": their sizes differ");
    if (settings.batch_size < 1)
        refuse("probe_accuracy: a batch size of ", settings.batch_size, ": it must be 1 or more");
    const auto m = int(labels.size());
    const int largest = std::max(*std::max_element(labels.begin(), labels.end()),
                                 *std::max_element(test_labels.begin(), test_labels.end()));
    const std::int64_t classes = std::int64_t{largest} + 1;
    const Standard unit = standard(codes.detach());
    Tensor V = autograd::zeros({codes.size(1), classes}).requires_grad_();
    Tensor a = autograd::zeros({classes}).requires_grad_();
    const auto scores = [&](const Tensor& all, List<int> rows) {
        return linear((index_select(all, rows) - unit.mean) * unit.scale, V, a);
    };

    Adam adam({V, a}, {.lr = settings.lr});
    const int steps = settings.epochs * ((m + settings.batch_size - 1) / settings.batch_size);
    int step = 0;
    for (int epoch = 0; epoch < settings.epochs; ++epoch)
        for (const std::vector<int>& rows : shuffled_batches(m, settings.batch_size, rng)) {
            std::vector<int> batch_labels;
            for (const int row : rows) batch_labels.push_back(labels[row]);
            adam.settings.lr = settings.lr * (1 - double(step++) / steps);
            adam.zero_grad();
            cross_entropy(scores(codes, rows), batch_labels).backward();
            adam.step();
        }

    autograd::NoGrad no_grad;
    std::vector<int> rows(test_labels.size());
    std::iota(rows.begin(), rows.end(), 0);
    const Tensor answers = argmax(scores(test_codes, rows), 1);
    int right = 0;
    for (const int row : rows) right += int(answers.data()[row]) == test_labels[row];
    return double(right) / double(rows.size());
}

}  // namespace nn::inline HOURGLASS_PRECISION
