// Float and double in one program, each part with its own library: both must be right.
#include <cstdio>

namespace in_float {
double gradient();
}
namespace in_double {
double gradient();
}

int main() {
    std::printf("in float %.17g, in double %.17g\n", in_float::gradient(), in_double::gradient());
    return in_float::gradient() == double(0.1f) && in_double::gradient() == 0.1 ? 0 : 1;
}
