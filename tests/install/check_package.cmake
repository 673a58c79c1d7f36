# SPDX-License-Identifier: Apache-2.0
# cmake -DBUILD=dir -DSOURCE=dir -DFLAGS=... -P check_package.cmake
# Installs the tree into a folder of its own and builds a program against it.
set(work ${BUILD}/tests/install)
file(REMOVE_RECURSE ${work}/prefix ${work}/consumer)
function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${ARGN}\n${output}")
    endif()
endfunction()
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${work}/prefix)
run(${CMAKE_COMMAND} -S ${SOURCE}/tests/install/consumer -B ${work}/consumer
    -DCMAKE_PREFIX_PATH=${work}/prefix -DEXAMPLE=${SOURCE}/examples/caller_log/main.cpp
    -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=${FLAGS}")
run(${CMAKE_COMMAND} --build ${work}/consumer)
run(${work}/prefix/bin/tipring --version)
