# SPDX-License-Identifier: Apache-2.0
option(TIPRING_TESTS "Build the tests" ON)
option(TIPRING_BENCH "Build the benchmarks (Google Benchmark)" ON)
option(TIPRING_FUZZ "Build the libFuzzer targets (clang only); without it their corpora still run as tests" OFF)
option(TIPRING_WERROR "Treat warnings as errors" ON)
set(TIPRING_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, for example address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(tipring_build_flags INTERFACE)
target_compile_options(tipring_build_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
    $<$<BOOL:${TIPRING_WERROR}>:-Werror>)
if(TIPRING_SANITIZE)
    # g++ 12 sees uninitialized variants where the sanitizers' checks stand between: no warning of that.
    add_compile_options(-fsanitize=${TIPRING_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
        $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    add_link_options(-fsanitize=${TIPRING_SANITIZE})
endif()
