// What `throw` does in a page: it hands what() over and never comes back. WebAssembly of every
// browser has no way to unwind the stack, so the module is unusable after that, and the page makes
// a new one.
#include <cstdlib>
#include <exception>
#include <typeinfo>

extern "C" {

[[noreturn]] __attribute__((import_module("page"), import_name("fail"))) void fail(
    const char* what);

void* __cxa_allocate_exception(std::size_t size) noexcept { return std::malloc(size); }

// Whatever this project and the standard library throw is a std::exception and begins as one.
[[noreturn]] void __cxa_throw(void* thrown, std::type_info*, void (*)(void*)) {
    fail(static_cast<std::exception*>(thrown)->what());
}

// Destructors of thread_local objects: the only thread never ends.
int __cxa_thread_atexit(void (*)(void*), void*, void*) noexcept { return 0; }
}
