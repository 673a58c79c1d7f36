# SPDX-License-Identifier: Apache-2.0
# cmake -DBUILD=dir -DSOURCE=dir -DFLAGS=... -P check_package.cmake
# Installs the tree into a folder of its own and builds programs and a provider against it.
set(work ${BUILD}/tests/install)
file(REMOVE_RECURSE ${work}/prefix ${work}/consumer ${work}/doorbell ${work}/stock)
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

# The example provider, loaded by a program that never heard of it, and by the command.
foreach(project IN ITEMS examples/toy_provider tests/install/stock)
    if(project STREQUAL examples/toy_provider)
        set(build ${work}/doorbell)
    else()
        set(build ${work}/stock)
    endif()
    run(${CMAKE_COMMAND} -S ${SOURCE}/${project} -B ${build} -DCMAKE_PREFIX_PATH=${work}/prefix
        -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=${FLAGS}")
    run(${CMAKE_COMMAND} --build ${build})
endforeach()
run(${work}/stock/stock ${work}/doorbell/doorbell.so)
function(expect text)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE error)
    string(FIND "${output}" "${text}" at)
    if(NOT result EQUAL 0 OR at EQUAL -1)
        message(FATAL_ERROR "${ARGN}\nended with ${result}, without \"${text}\":\n${output}${error}")
    endif()
endfunction()
set(ENV{HOME} ${work})
set(ENV{XDG_DATA_HOME} ${work}/data)
set(ENV{XDG_CONFIG_HOME} ${work}/config)
file(REMOVE_RECURSE ${work}/data)
set(tipring ${work}/prefix/bin/tipring)
set(doorbell --provider ${work}/doorbell/doorbell.so)
expect("Press(s visitor) -> (u times)" ${tipring} interfaces ${doorbell})
expect("\"method\":\"Press\"" ${tipring} interfaces --json ${doorbell})
expect("times: 1" ${tipring} call-interface 0 org.example.Doorbell Press Ann ${doorbell})
expect("SomebodyRang(Ann, 1)" ${tipring} call-interface "back door" org.example.Doorbell Press Ann
    --events 1 --set "name=back door" ${doorbell})
