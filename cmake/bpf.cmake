# The BPF backend (engine/bpf) is optional: SOCKCR_WITH_BPF says whether this build has it.
set(SOCKCR_BPF AUTO CACHE STRING "BPF backend: AUTO (where clang and libbpf are there), ON or OFF")
set_property(CACHE SOCKCR_BPF PROPERTY STRINGS AUTO ON OFF)

# Sets `missing` to what this machine lacks; empty when nothing.
function(sockcr_find_bpf missing)
  pkg_check_modules(LIBBPF IMPORTED_TARGET GLOBAL libbpf>=1.0)
  if(NOT LIBBPF_FOUND)
    set(${missing} "libbpf 1.0 or later (Debian: libbpf-dev)" PARENT_SCOPE)
    return()
  endif()
  find_program(SOCKCR_BPF_CLANG NAMES clang clang-19 clang-18 clang-17 clang-16 clang-15 clang-14)
  if(NOT SOCKCR_BPF_CLANG)
    set(${missing} "clang" PARENT_SCOPE)
    return()
  endif()
  execute_process(COMMAND ${SOCKCR_BPF_CLANG} -target bpf -x c -c - -o /dev/null
    INPUT_FILE /dev/null RESULT_VARIABLE code OUTPUT_QUIET ERROR_QUIET)
  if(NOT code EQUAL 0)
    set(${missing} "a clang that compiles for BPF" PARENT_SCOPE)
  endif()
endfunction()

set(SOCKCR_WITH_BPF OFF)
if(NOT SOCKCR_BPF STREQUAL OFF)
  set(SOCKCR_BPF_MISSING "")
  sockcr_find_bpf(SOCKCR_BPF_MISSING)
  if(NOT SOCKCR_BPF_MISSING)
    set(SOCKCR_WITH_BPF ON)
  elseif(SOCKCR_BPF STREQUAL AUTO)
    message(STATUS "BPF backend: left out, ${SOCKCR_BPF_MISSING} is missing (ci/bootstrap --with bpf)")
  else()
    message(FATAL_ERROR "SOCKCR_BPF=ON: ${SOCKCR_BPF_MISSING} is missing (ci/bootstrap --with bpf)")
  endif()
endif()

# sockcr_bpf_object(NAME.bpf.c): compiles it to NAME.bpf.o in the current binary folder.
function(sockcr_bpf_object source)
  string(REGEX REPLACE "[.]c$" ".o" object ${source})
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${object})
  set(multiarch)
  if(CMAKE_LIBRARY_ARCHITECTURE)  # where Debian keeps asm/types.h, which the target bpf looks for
    set(multiarch -I/usr/include/${CMAKE_LIBRARY_ARCHITECTURE})
  endif()
  add_custom_command(OUTPUT ${object}
    COMMAND ${SOCKCR_BPF_CLANG} -target bpf -mcpu=v3 -g -O2 -std=gnu11
            -Wall -Wextra -Wno-unused-parameter $<$<BOOL:${SOCKCR_WERROR}>:-Werror>
            -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=
            -I${PROJECT_SOURCE_DIR} ${multiarch} -MD -MF ${object}.d
            -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d
    COMMENT "Building BPF object ${source}" VERBATIM)
endfunction()
