# cmake --install: the command, the libraries, the public headers, the manuals,
# and a package so that find_package(kitle) gives kitle::kitle and
# kitle::service; pkg-config calls them kitle and kitle-service.
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
file(GLOB manuals CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/docs/*.md")
install(FILES ${manuals} README.md CHANGELOG.md
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")
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

# kitle_pkg_config(NAME LIBRARY REQUIRES DESCRIPTION): from its own place, so that
# an installed tree can be moved.
set(pc_folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH KITLE_PC_PREFIX "/prefix/${pc_folder}" "/prefix")
string(REGEX REPLACE "/$" "" KITLE_PC_PREFIX "${KITLE_PC_PREFIX}")
function(kitle_pkg_config name library requires description)
  set(KITLE_PC_NAME "${name}")
  set(KITLE_PC_LIBRARY "${library}")
  set(KITLE_PC_REQUIRES "${requires}")
  set(KITLE_PC_DESCRIPTION "${description}")
  configure_file(cmake/kitle.pc.in "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${pc_folder}")
endfunction()
kitle_pkg_config(kitle-service kitle_service ""
  "Segments of customers from compiled rules")
kitle_pkg_config(kitle kitle kitle-service
  "Rules for segments of customers, compiled and run")
