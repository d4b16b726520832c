#include "scenarios/language/process_state.h"

#include <fmt/format.h>
#include <fstream>
#include <string>

namespace sockcr::scenario {

char process_state(pid_t pid) {
  std::string line;
  std::getline(std::ifstream(fmt::format("/proc/{}/stat", pid)), line);
  const std::size_t end_of_name = line.rfind(") ");
  return end_of_name == std::string::npos ? '?' : line[end_of_name + 2];
}

}  // namespace sockcr::scenario
