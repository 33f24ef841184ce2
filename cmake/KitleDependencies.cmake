# The libraries of others: docs/dependencies.md says why each. All but Arrow
# are Debian packages (tools/setup installs them).

find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(ICU REQUIRED COMPONENTS i18n uc)
find_package(PyArrow REQUIRED)
find_package(TBB CONFIG REQUIRED)
find_package(date CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(hwy CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(pegtl 3.2 CONFIG REQUIRED PATHS /usr/share/pegtl/cmake)
find_package(simdjson CONFIG REQUIRED)
find_package(tomlplusplus CONFIG REQUIRED)
# libparquet exports another version of simdjson. Whatever links both names this
# one first, and keeps it, so that the loader looks here first.
set(KITLE_SIMDJSON
  "-Wl,--push-state,--no-as-needed" simdjson::simdjson "-Wl,--pop-state")
# runtime/vector_cpu.cc says why not its library too.
add_library(hwy_headers INTERFACE IMPORTED)
target_include_directories(hwy_headers INTERFACE
  $<TARGET_PROPERTY:hwy::hwy,INTERFACE_INCLUDE_DIRECTORIES>)
if(KITLE_TESTS OR KITLE_FUZZ)
  find_package(GTest CONFIG REQUIRED)
  find_package(rapidcheck CONFIG REQUIRED)
  find_package(roaring CONFIG REQUIRED)
endif()
if(KITLE_BENCH)
  find_package(benchmark CONFIG REQUIRED)
endif()

find_package(PkgConfig REQUIRED)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
find_library(CCTZ_LIBRARY cctz REQUIRED)

# LLVM is taken as the shared library, without its CMake package: that one
# wants the headers of every library LLVM itself was built with.
find_path(LLVM_INCLUDE_DIR llvm/Config/llvm-config.h
  PATHS /usr/lib/llvm-19/include NO_DEFAULT_PATH REQUIRED)
find_library(LLVM_LIBRARY NAMES LLVM-19
  PATHS /usr/lib/llvm-19/lib NO_DEFAULT_PATH REQUIRED)
file(STRINGS "${LLVM_INCLUDE_DIR}/llvm/Config/llvm-config.h" LLVM_VERSION
  REGEX "^#define LLVM_VERSION_STRING ")
string(REGEX REPLACE ".*\"(.*)\"" "\\1" LLVM_VERSION "${LLVM_VERSION}")
add_library(LLVM::LLVM INTERFACE IMPORTED)
set_target_properties(LLVM::LLVM PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${LLVM_INCLUDE_DIR}"
  INTERFACE_LINK_LIBRARIES "${LLVM_LIBRARY}"
  INTERFACE_COMPILE_DEFINITIONS
    "_GNU_SOURCE;__STDC_CONSTANT_MACROS;__STDC_FORMAT_MACROS;__STDC_LIMIT_MACROS")

add_library(CCTZ::cctz UNKNOWN IMPORTED)
set_property(TARGET CCTZ::cctz PROPERTY IMPORTED_LOCATION "${CCTZ_LIBRARY}")
