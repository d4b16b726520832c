#include "engine/tool/command_line.h"

int main(int argc, char** argv) { return static_cast<int>(sockcr::run_command_line(argc, argv)); }
