#include "tests/pcap/fired.h"

namespace sockcr::pcap::test {

std::set<std::string> fired(const Evidence& evidence) {
  std::set<std::string> names;
  for (const Breach& breach : judge(evidence)) names.emplace(breach.rule);
  return names;
}

std::string story(const Evidence& evidence) {
  std::string text;
  for (const Breach& breach : judge(evidence)) text += to_text(breach) + "\n";
  return text;
}

}  // namespace sockcr::pcap::test
