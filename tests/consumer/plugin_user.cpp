// Calls the engine inside a shared library.
namespace in_float {
double gradient();
}

int main() { return in_float::gradient() == double(0.1f) ? 0 : 1; }
