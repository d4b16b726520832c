# An in-source build litters the tree and cannot be undone with one command.
if(PROJECT_SOURCE_DIR STREQUAL PROJECT_BINARY_DIR)
  message(FATAL_ERROR
    "sockcr is not built inside its source tree. Type instead:\n"
    "    cmake --preset dev && cmake --build --preset dev\n"
    "and remove what this attempt left: rm -r CMakeCache.txt CMakeFiles")
endif()
