#pragma once

#include "nn/activations.h"
#include "nn/batches.h"
#include "nn/init.h"
#include "nn/lbfgs.h"
#include "nn/linear.h"
#include "nn/losses.h"
#include "nn/module.h"
#include "nn/optim.h"
#include "nn/probe.h"
#include "nn/safetensors.h"
