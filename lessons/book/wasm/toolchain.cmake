# WebAssembly by Debian's clang: packages clang-19 lld-19 wasi-libc libc++-19-dev-wasm32 libc++abi-19-dev-wasm32
# libclang-rt-19-dev-wasm32. CMake knows no such system: it is a bare processor with a C++ library.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

# Vectors of 16 bytes, which every browser has had since 2023; no exceptions: throw.cpp.
add_compile_options(-msimd128 -fignore-exceptions -fvisibility=hidden -fvisibility-inlines-hidden)
