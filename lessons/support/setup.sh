# Shared by lessons/run, tests/run and .ci/run: install what is missing, configure, build.
# Quiet while all is well; the whole output where something fails.

unset CDPATH  # with it, cd may go elsewhere, and prints where
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
jobs=$(nproc 2>/dev/null || echo 2)

# A package and a program, header or file that proves it is there: quicker than asking the package manager, and a
# copy from elsewhere counts. libgnuplot-iostream-dev brings the parts of Boost that it needs.
lesson_packages="g++:g++ cmake:cmake ninja-build:ninja gnuplot-nox:gnuplot libgnuplot-iostream-dev:gnuplot-iostream.h
    libstb-dev:stb/stb_image.h libcli11-dev:CLI/CLI.hpp nlohmann-json3-dev:nlohmann/json.hpp zlib1g-dev:zlib.h
    libeigen3-dev:eigen3/Eigen/Core"
test_packages="$lesson_packages libgtest-dev:gtest/gtest.h"
# clang++ for WebAssembly, with its C and C++ libraries; node and npm for the site around it.
book_packages="cmake:cmake ninja-build:ninja libeigen3-dev:eigen3/Eigen/Core nodejs:node npm:npm clang-19:clang++-19
    lld-19:wasm-ld-19 wasi-libc:/usr/include/wasm32-wasi/stdlib.h
    libc++-19-dev-wasm32:/usr/lib/llvm-19/lib/wasm32-wasi/libc++.a
    libc++abi-19-dev-wasm32:/usr/lib/llvm-19/lib/wasm32-wasi/libc++abi.a
    libclang-rt-19-dev-wasm32:/usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a"

stop() {
    echo "$(basename "$(dirname "$0")")/run: $*" >&2
    exit 2
}

# present PROOF
present() {
    case $1 in
        /*) [ -e "$1" ] && return ;;
        *.h | *.hpp | */*) for prefix in /usr /usr/local /opt/homebrew; do [ -e $prefix/include/"$1" ] && return; done ;;
        *) command -v "$1" >/dev/null && return ;;
    esac
    return 1
}

# require PACKAGE:PROOF...
require() {
    local missing=() entry as_root=()
    for entry in "$@"; do
        present "${entry#*:}" || missing+=("${entry%%:*}")
    done
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null ||
        stop "these are missing; install them and call again (Debian's names): ${missing[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || stop "as root, first: apt install ${missing[*]}"
        as_root=(sudo)
        [ -t 0 ] || as_root=(sudo -n)  # nobody is there to type a password
    fi
    echo "installing ${missing[*]}"
    apt_get() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends "$@" </dev/null; }
    # The second attempt is for a system whose package lists are old or not there yet.
    local log
    log=$(apt_get install "${missing[@]}" 2>&1) || log=$(apt_get update 2>&1 && apt_get install "${missing[@]}" 2>&1) || {
        echo "$log" >&2
        stop "apt could not install all of them; as root: apt update && apt install ${missing[*]}"
    }
    installed=yes
}

# require_version PROGRAM LEAST: by the first number of the form 1.2 or 12.2 that it prints.
require_version() {
    local version
    version=$("$1" --version | grep -oE '[0-9]+\.[0-9]+' | head -1)
    [ "$(printf '%s\n' "$2" "$version" | sort -V | head -1)" = "$2" ] ||
        stop "$1 is of version $version, and $2 or newer is needed: install a newer one, and put it first in PATH"
}

# configure PRESET: once, and again when packages have come that CMake had not found.
configure() {
    local build=$root/build/$1
    [ -z "${installed:-}" ] && [ -f "$build/build.ninja" ] &&
        ! { [ -n "${need_tests:-}" ] && grep -q '^GTest_DIR:PATH=.*-NOTFOUND' "$build/CMakeCache.txt"; } && return
    require_version cmake 3.25
    [ "$1" = wasm ] || require_version g++ 12.0
    mkdir -p "$build"
    echo "configuring build/$1"
    # A newer compiler may warn of what ours does not: no reason to keep a reader from running.
    (cd "$root" && cmake --preset "$1" -DCMAKE_COMPILE_WARNING_AS_ERROR="${warnings_are_errors:-OFF}") \
        >"$build/configure.log" 2>&1 || {
        cat "$build/configure.log" >&2
        rm -f "$build/build.ninja"
        stop "CMake could not configure build/$1 (see above)"
    }
}

# build PRESET TARGET...: with one line of progress.
build() {
    local build=$root/build/$1 line started= status
    shift
    NINJA_STATUS='[%f/%t] ' ninja -C "$build" -j "$jobs" "$@" </dev/null 2>&1 | tee "$build/build.log" |
        while IFS= read -r line; do
            case $line in
                '[0/'*) ;;
                '['*) if [ -t 1 ]; then printf '\r\033[Kbuilding %s' "${line:0:70}"
                      elif [ -z "$started" ]; then echo "building $*"; fi
                      started=yes ;;
            esac
        done
    status=${PIPESTATUS[0]}
    [ -t 1 ] && printf '\r\033[K'
    [ "$status" -eq 0 ] && return
    cat "$build/build.log" >&2
    stop "the build failed (see above)"
}

# lesson_folder NUMBER: prints 02_autoencoder for 2 or 02, or stops.
lesson_folder() {
    local folder
    if [[ $1 =~ ^[0-9]{1,2}$ ]]; then
        for folder in "$root/lessons/$(printf %02d "$((10#$1))")"_*/; do
            [ -f "$folder/main.cpp" ] && { basename "$folder"; return; }
        done
    fi
    stop "there is no lesson '$1'; lessons/run lists them"
}

# install_node_packages FOLDER: what its package-lock.json lists, once and after a change of the list.
install_node_packages() {
    cmp -s "$1/package-lock.json" "$1/node_modules/.installed" && return
    echo "installing what ${1#"$root/"}/package.json names"
    (cd "$1" && npm ci --no-audit --no-fund) >"$root/build/npm.log" 2>&1 || {
        cat "$root/build/npm.log" >&2
        stop "npm could not install them (see above)"
    }
    cp "$1/package-lock.json" "$1/node_modules/.installed"
}
