# Language, warnings and sanitizers of every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

option(SOCKCR_WERROR "treat warnings as errors" OFF)
set(SOCKCR_SANITIZE "" CACHE STRING "sanitizers of everything but the subject, for example address,undefined")

add_library(sockcr_flags INTERFACE)
target_include_directories(sockcr_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(sockcr_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                              -Wno-sign-conversion
                                              # Places in output are relative to the source tree.
                                              -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/= $<$<BOOL:${SOCKCR_WERROR}>:-Werror>)
add_library(sockcr_sanitizers INTERFACE)
if(SOCKCR_SANITIZE)
  target_compile_options(sockcr_sanitizers INTERFACE -fsanitize=${SOCKCR_SANITIZE}
                                                     -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(sockcr_sanitizers INTERFACE -fsanitize=${SOCKCR_SANITIZE})
endif()

# sockcr_room(NAME SOURCES... ): one room of the house is one static library.
function(sockcr_room name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC sockcr_flags sockcr_sanitizers)
endfunction()

# The scenarios are programs of their own, and GNU ld takes longer to link them than g++ to compile.
find_program(SOCKCR_LLD ld.lld DOC "a faster linker, where there is one")
if(SOCKCR_LLD)
  add_link_options(-fuse-ld=lld)
endif()
