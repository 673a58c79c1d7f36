# SPDX-License-Identifier: Apache-2.0
# One way to make a room: a library that exports only its own include directory.
include(GNUInstallDirs)

# tipring_room(NAME SOURCES file... PUBLIC lib... PRIVATE lib...)
#   makes tipring_NAME with the alias tipring::NAME; its public headers stand in include/tipring/...
#   A room without sources is an interface library.
function(tipring_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    set(target tipring_${name})
    if(ROOM_SOURCES)
        add_library(${target} STATIC ${ROOM_SOURCES})
        target_include_directories(${target}
            PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>
            PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
        target_link_libraries(${target} PUBLIC ${ROOM_PUBLIC}
            PRIVATE ${ROOM_PRIVATE} $<BUILD_INTERFACE:tipring_build_flags>)
        target_compile_features(${target} PUBLIC cxx_std_20)
    else()
        add_library(${target} INTERFACE)
        target_include_directories(${target}
            INTERFACE $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
        target_link_libraries(${target} INTERFACE ${ROOM_PUBLIC})
        target_compile_features(${target} INTERFACE cxx_std_20)
    endif()
    add_library(tipring::${name} ALIAS ${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
    set_property(GLOBAL APPEND PROPERTY TIPRING_ROOMS ${target})
    set_property(GLOBAL APPEND PROPERTY TIPRING_INCLUDE_DIRS ${CMAKE_CURRENT_SOURCE_DIR}/include)
endfunction()

# tipring_test(NAME SOURCES file... LIBS lib... [LABELS label...] [PRIVATE_INCLUDES dir...]
#              [TIMEOUT seconds] [LOCK name])
#   makes NAME, a GoogleTest program whose cases ctest knows one by one. Cases with the same LOCK
#   share something outside the process and do not run side by side.
function(tipring_test name)
    cmake_parse_arguments(TEST "" "TIMEOUT;LOCK" "SOURCES;LIBS;LABELS;PRIVATE_INCLUDES" ${ARGN})
    add_executable(${name} ${TEST_SOURCES})
    target_link_libraries(${name} PRIVATE ${TEST_LIBS} tipring_build_flags GTest::gtest GTest::gmock GTest::gtest_main)
    target_include_directories(${name} PRIVATE ${TEST_PRIVATE_INCLUDES} ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE
        TIPRING_SOURCE_DIR="${PROJECT_SOURCE_DIR}" TIPRING_BINARY_DIR="${PROJECT_BINARY_DIR}")
    set(properties TIMEOUT 60)
    if(TEST_TIMEOUT)
        set(properties TIMEOUT ${TEST_TIMEOUT})
    endif()
    if(TEST_LOCK)
        list(APPEND properties RESOURCE_LOCK ${TEST_LOCK})
    endif()
    if(TEST_LABELS)
        list(APPEND properties LABELS "${TEST_LABELS}")
    endif()
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
endfunction()

# tipring_fuzz(NAME SOURCE file LIBS lib... CORPUS dir)
#   With TIPRING_FUZZ a libFuzzer program; always a test that feeds the whole corpus to the same function.
function(tipring_fuzz name)
    cmake_parse_arguments(FUZZ "" "SOURCE;CORPUS" "LIBS;PRIVATE_INCLUDES" ${ARGN})
    if(TIPRING_FUZZ)
        add_executable(${name} ${FUZZ_SOURCE})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    else()
        add_executable(${name} ${FUZZ_SOURCE} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
        if(TIPRING_TESTS)
            add_test(NAME fuzz_corpus.${name} COMMAND ${name} ${FUZZ_CORPUS})
            set_tests_properties(fuzz_corpus.${name} PROPERTIES TIMEOUT 120)
        endif()
    endif()
    target_link_libraries(${name} PRIVATE ${FUZZ_LIBS} tipring_build_flags)
    target_include_directories(${name} PRIVATE ${FUZZ_PRIVATE_INCLUDES})
endfunction()
