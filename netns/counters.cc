#include "netns/counters.h"

#include <fmt/format.h>
#include <cerrno>
#include <fstream>
#include <sstream>

#include "engine/sys/error.h"

namespace sockcr::netns {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw SystemError("open", path, errno);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

//   Tcp: ActiveOpens PassiveOpens
//   Tcp: 3 4
void parse_line_pairs(std::string_view text, Counters& counters) {
  std::istringstream lines{std::string(text)};
  for (std::string names, values; std::getline(lines, names) && std::getline(lines, values);) {
    std::istringstream name_words(names);
    std::istringstream value_words(values);
    std::string group, name;
    std::int64_t value = 0;
    name_words >> group;
    value_words >> name;
    if (group != name || group.empty()) throw SystemError("parse", "/proc/net: " + names, 0);
    group.pop_back();
    while (name_words >> name && value_words >> value) counters[group + name] = value;
  }
}

void parse_name_lines(std::string_view text, Counters& counters) {
  std::istringstream words{std::string(text)};
  std::string name;
  std::int64_t value = 0;
  while (words >> name >> value) counters[name] = value;
}

Counters read_counters() {
  Counters counters;
  parse_line_pairs(contents("/proc/thread-self/net/snmp"), counters);
  parse_line_pairs(contents("/proc/thread-self/net/netstat"), counters);
  parse_name_lines(contents("/proc/thread-self/net/snmp6"), counters);
  return counters;
}

Counters read_counters(const NetworkNamespace& inside) {
  const NetworkNamespace::Scope scope(inside);
  return read_counters();
}

std::int64_t value_of(const Counters& counters, std::string_view name) {
  const auto found = counters.find(name);
  return found == counters.end() ? 0 : found->second;
}

Counters difference(const Counters& before, const Counters& after) {
  Counters moved;
  for (const auto& [name, value] : after) {
    const std::int64_t change = value - value_of(before, name);
    if (change != 0) moved[name] = change;
  }
  return moved;
}

}  // namespace sockcr::netns
