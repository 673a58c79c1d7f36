# SPDX-License-Identifier: Apache-2.0
include(CMakePackageConfigHelpers)
get_property(rooms GLOBAL PROPERTY TIPRING_ROOMS)
get_property(include_dirs GLOBAL PROPERTY TIPRING_INCLUDE_DIRS)
install(TARGETS ${rooms} EXPORT tipringTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(dir IN LISTS include_dirs)
    if(EXISTS ${dir})
        install(DIRECTORY ${dir}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    endif()
endforeach()
install(EXPORT tipringTargets NAMESPACE tipring:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tipring)
configure_package_config_file(cmake/tipringConfig.cmake.in ${PROJECT_BINARY_DIR}/tipringConfig.cmake
    INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tipring)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tipringConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tipringConfig.cmake ${PROJECT_BINARY_DIR}/tipringConfigVersion.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tipring)
