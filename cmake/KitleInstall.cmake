# cmake --install: the command, the libraries, the public headers, and a package
# so that find_package(kitle) gives kitle::kitle and kitle::service.
include(CMakePackageConfigHelpers)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/kitle")
set(private_folder "${CMAKE_INSTALL_LIBDIR}/kitle")

install(TARGETS kitle kitle_service LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(TARGETS kitle_compiler kitle_ingest kitle_runtime
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" NAMELINK_SKIP)
install(TARGETS kitle_jit LIBRARY DESTINATION "${private_folder}")
install(FILES "${PyArrow_arrow}" "${PyArrow_parquet}"
  DESTINATION "${private_folder}")
install(FILES ${PyArrow_LICENSES}
  DESTINATION "${CMAKE_INSTALL_DOCDIR}/arrow")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
# The library has their texts; these are to be read.
install(DIRECTORY stdlib DESTINATION "${CMAKE_INSTALL_DOCDIR}"
  FILES_MATCHING PATTERN "*.kitle" PATTERN "*.toml")
install(DIRECTORY include/kitle DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")
if(TARGET kitle_cli)
  install(TARGETS kitle_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  install(FILES docs/kitle.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
endif()

# Written here and not with install(EXPORT), which would export the libraries
# behind libkitle too.
configure_package_config_file(cmake/kitle-config.cmake.in
  "${PROJECT_BINARY_DIR}/kitle-config.in"
  INSTALL_DESTINATION "${package_folder}"
  PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR
  NO_CHECK_REQUIRED_COMPONENTS_MACRO)
file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/kitle-config.cmake"
  INPUT "${PROJECT_BINARY_DIR}/kitle-config.in")
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/kitle-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/kitle-config.cmake"
  "${PROJECT_BINARY_DIR}/kitle-config-version.cmake"
  DESTINATION "${package_folder}")
