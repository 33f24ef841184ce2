# How a folder becomes a target.

# kitle_sources(OUT FOLDER... [EXCLUDE REGEX]): every .cc file in the folders
# and below, less those whose path from the root matches REGEX. Looked up anew
# at every build, so that a new file is built without an edit.
function(kitle_sources out)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "EXCLUDE" "")
  set(found "")
  foreach(folder IN LISTS arg_UNPARSED_ARGUMENTS)
    file(GLOB_RECURSE here CONFIGURE_DEPENDS
      "${PROJECT_SOURCE_DIR}/${folder}/*.cc")
    list(APPEND found ${here})
  endforeach()
  if(arg_EXCLUDE)
    list(TRANSFORM found REPLACE "^${PROJECT_SOURCE_DIR}/" "")
    list(FILTER found EXCLUDE REGEX "${arg_EXCLUDE}")
    list(TRANSFORM found PREPEND "${PROJECT_SOURCE_DIR}/")
  endif()
  if(NOT found)
    set(found "${PROJECT_BINARY_DIR}/empty.cc")
    file(WRITE "${found}" "")
  endif()
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# kitle_library(NAME KIND SOURCE...): a library of this project. KIND is SHARED,
# STATIC, MODULE or OBJECT.
function(kitle_library name kind)
  add_library(${name} ${kind} ${ARGN})
  target_include_directories(${name} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>")
  if(kind STREQUAL "SHARED")
    set_target_properties(${name} PROPERTIES
      VERSION ${PROJECT_VERSION} SOVERSION 0
      INSTALL_RPATH "$ORIGIN;$ORIGIN/kitle")
  endif()
endfunction()
