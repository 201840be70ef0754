// The same in float.
#include "tests/autograd/special_points_test.cpp"
