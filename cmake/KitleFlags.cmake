# Compiler, linker and folder settings that hold for every target.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# The build tree has the shape of an installed Kitle: bin, lib and lib/kitle.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

# CMAKE_BUILD_TYPE is Release, or Dev: asserts on, backtraces with lines; or
# Fuzz: fast, asserts on, bounds of the standard library's containers too.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1")
set(CMAKE_C_FLAGS_DEV "-O1 -g1")
set(CMAKE_CXX_FLAGS_FUZZ "-O2 -g1 -D_GLIBCXX_ASSERTIONS")
set(CMAKE_C_FLAGS_FUZZ "-O2 -g1")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

set(KITLE_SANITIZERS "" CACHE STRING "Value of -fsanitize=, for everything")

# -ffp-contract=off: the same bits from every compiler and every tier.
add_compile_options(
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror
  -ffp-contract=off
)
# What clang 19 thinks of the standard library of g++ 12.
add_compile_options($<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
# g++ 12 warns falsely about std::string's operator+ (its bug 105651).
add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# -Bsymbolic-functions: a library's calls of its own functions need no look-up
# by name, neither when it is loaded nor at the first call.
add_link_options(-Wl,--as-needed -Wl,--build-id=sha1 -Wl,-Bsymbolic-functions)

# Without `function`: it reads the bytes before the callee, and an image of
# machine code may begin at the first byte of a page.
if(KITLE_SANITIZERS)
  add_compile_options(
    -fsanitize=${KITLE_SANITIZERS} -fno-sanitize=function
    -fno-sanitize-recover=all -fno-omit-frame-pointer
  )
  # Texts are mutated by words of the language: to be told every comparison is
  # not worth a third of the time.
  if(CMAKE_BUILD_TYPE STREQUAL "Fuzz")
    add_compile_options(-fno-sanitize-coverage=trace-cmp)
  endif()
  string(REGEX REPLACE "fuzzer-no-link,?" "" link_sanitizers
    "${KITLE_SANITIZERS}")
  if(link_sanitizers)
    add_link_options(-fsanitize=${link_sanitizers})
  endif()
endif()

# Build folders and clones share what ccache has: paths are made relative.
find_program(KITLE_CCACHE ccache)
if(KITLE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(launcher "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}"
    CCACHE_NOHASHDIR=1 "${KITLE_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${launcher}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${launcher}")
endif()

find_program(KITLE_MOLD mold)
find_program(KITLE_LLD NAMES ld.lld-19 ld.lld)
if(KITLE_MOLD)
  add_link_options(-fuse-ld=mold)
elseif(KITLE_LLD AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
  add_link_options(-fuse-ld=lld)
endif()
