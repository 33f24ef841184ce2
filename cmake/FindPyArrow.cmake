# Arrow C++ as the pyarrow wheel in build/venv carries it (tools/setup makes the
# environment). Targets: Arrow::arrow, Arrow::parquet. The wheel has libraries
# by versioned name only, so they are imported by file.
#
# PyArrow_ROOT may name another folder that holds pyarrow.

file(GLOB candidates
  "${PyArrow_ROOT}" "$ENV{PyArrow_ROOT}"
  "${PROJECT_SOURCE_DIR}/build/venv/lib/python3*/site-packages/pyarrow")
find_path(PyArrow_INCLUDE_DIR arrow/api.h
  PATHS ${candidates} PATH_SUFFIXES include NO_DEFAULT_PATH)

if(PyArrow_INCLUDE_DIR)
  cmake_path(GET PyArrow_INCLUDE_DIR PARENT_PATH PyArrow_DIR)
  file(GLOB PyArrow_arrow "${PyArrow_DIR}/libarrow.so.*")
  file(GLOB PyArrow_parquet "${PyArrow_DIR}/libparquet.so.*")
  file(GLOB PyArrow_LICENSES "${PyArrow_DIR}-*.dist-info/licenses/*")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PyArrow
  REQUIRED_VARS PyArrow_INCLUDE_DIR PyArrow_arrow PyArrow_parquet
  REASON_FAILURE_MESSAGE "run tools/setup, which installs pyarrow in build/venv")

if(PyArrow_FOUND AND NOT TARGET Arrow::arrow)
  foreach(part IN ITEMS arrow parquet)
    cmake_path(GET PyArrow_${part} FILENAME soname)
    add_library(Arrow::${part} SHARED IMPORTED)
    set_target_properties(Arrow::${part} PROPERTIES
      IMPORTED_LOCATION "${PyArrow_${part}}"
      IMPORTED_SONAME "${soname}"
      INTERFACE_INCLUDE_DIRECTORIES "${PyArrow_INCLUDE_DIR}")
  endforeach()
  set_property(TARGET Arrow::parquet PROPERTY
    INTERFACE_LINK_LIBRARIES Arrow::arrow)
endif()
