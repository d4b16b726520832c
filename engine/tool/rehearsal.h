#pragma once

#include <string>
#include <vector>

namespace sockcr {

// execvp, as the kernel wants it.
std::vector<char*> argument_vector(const std::vector<std::string>& command);

// Whether `command` can be executed, found out by doing it: a child that is traced by this process
// executes it, and is killed before its first instruction. So a program that is missing, may not be
// executed, is for another machine or wants an interpreter that is not there is known before
// anything is built. Throws SystemError. Where tracing is forbidden only the path is looked up.
void rehearse(const std::vector<std::string>& command);

}  // namespace sockcr
