# What `cmake --install BUILD --prefix P` puts where: the program, and the checkers as a library.
# Component `program` is the first alone, `library` the second.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/faultline)

install(TARGETS faultline RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)

install(TARGETS faultline_core faultline_checkers EXPORT faultline_targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/faultline COMPONENT library)
install(EXPORT faultline_targets NAMESPACE faultline:: FILE faultlineTargets.cmake
  DESTINATION ${package_dir} COMPONENT library)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/faultlineConfig.cmake.in
  ${PROJECT_BINARY_DIR}/faultlineConfig.cmake INSTALL_DESTINATION ${package_dir}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change anything.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/faultlineConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/faultlineConfig.cmake
  ${PROJECT_BINARY_DIR}/faultlineConfigVersion.cmake
  DESTINATION ${package_dir} COMPONENT library)
