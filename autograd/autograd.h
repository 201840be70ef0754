#pragma once

// The whole engine. To read it, begin with tensor.h.
#include "autograd/activations.h"      // sigmoid, tanh, relu, log_softmax, ...
#include "autograd/arithmetic.h"       // + - * /
#include "autograd/axes.h"             // broadcasting
#include "autograd/backward.h"         // the chain rule over the graph
#include "autograd/check_gradients.h"  // is it right?
#include "autograd/dot.h"              // the graph, drawn
#include "autograd/functions.h"        // exp, log, square, ...
#include "autograd/indexing.h"         // rows, parts, joins
#include "autograd/list.h"             // several of something
#include "autograd/map.h"              // loops for operations of your own
#include "autograd/matmul.h"           // matrix products
#include "autograd/real.h"             // float or double
#include "autograd/reductions.h"       // sum, mean, max
#include "autograd/rng.h"              // random numbers
#include "autograd/shape.h"            // sizes
#include "autograd/shaping.h"          // broadcast_to, sum_to, reshape
#include "autograd/tensor.h"           // tensors, nodes, and how an operation is recorded
