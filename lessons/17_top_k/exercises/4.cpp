#include "lessons/17_top_k/top_k.h"
#include "lessons/support/check/expect_answer.h"

using autograd::Tensor;

TEST(Exercise, TheErrorBelongsToAllUnits) {
    autograd::Rng rng(4);
    lessons::SparseDictionary model(5, 9, 2, false, rng);
    // Units 1, 4 and 6 count as dead: positive, but never among the two largest.
    model.b = autograd::tensor({50, 9, 50, 50, 9, 50, 9, 50, 50}).requires_grad_();
    const Tensor x = autograd::normal({7, 5}, 0, 1, rng);
    const double alpha = 0.3;
    lessons::Silence silence(9, 1000);
    Tensor dead = autograd::zeros({9});
    for (const int l : {1, 4, 6}) {
        silence.inputs[std::size_t(l)] = 5000;
        dead.mutable_data()[l] = 1;
    }

    // e and e_hat by themselves, and what becomes of the gradient if one of them is a constant.
    const Tensor z = model.scores(x), e = x - model.decode(model.switch_on(z)),
                 on = lessons::top_k_mask(z.detach() + 1e6 * dead, 2),
                 e_hat = matmul(relu(z) * on, model.W_star);
    const auto gradient = [&](const Tensor& loss) {
        std::vector<double> all;
        for (const Tensor& g : grad(std::vector<Tensor>{loss}, model.parameters()))
            for (const double v : g.to_vector()) all.push_back(v);
        return all;
    };
    using lessons::mean_square_length;
    const Tensor loss = mean_square_length(e), given = auxiliary_loss(model, x, silence, alpha, 2);
    const Tensor right = loss + alpha * mean_square_length(e - e_hat);
    check::expect_answer(
        "the loss", {given.item()}, {right.item()},
        {{{loss.item()},
          "The auxiliary term is gone. It is to stay, with an e that is no constant."},
         {{(loss + mean_square_length(e - e_hat)).item()}, "alpha is gone."}},
        1e-12);
    if (testing::Test::HasFailure()) return;
    check::expect_answer(
        "the loss's gradient", gradient(given), gradient(right),
        {{gradient(loss + alpha * mean_square_length(e.detach() - e_hat)),
          "In the auxiliary term e is still a constant: only dead units learn from it."},
         {gradient(loss + alpha * mean_square_length(e - e_hat.detach())),
          "Now e_hat is the constant: the dead units learn nothing, and the live ones are to draw "
          "what the dead ones don't."},
         {gradient(loss.detach() + alpha * mean_square_length(e.detach() - e_hat)),
          "e was cut off where it is made, and the first term with it: the live units learn "
          "nothing at all."},
         {gradient(loss.detach() + alpha * mean_square_length(e - e_hat)),
          "The first term is a constant now: it has a value, but no gradient."},
         {gradient(loss), "The auxiliary term is a constant as a whole: nobody learns from it."}});
}
