#include <fmt/format.h>
#include <netinet/in.h>

#include "pcap/rules/rules.h"

namespace sockcr::pcap::rules {
namespace {

std::string wrong_with(const Frame& frame) {
  if (!frame.trouble.empty()) return frame.trouble;
  if (frame.ip && frame.ip->checksum_right == false) return "its IPv4 header checksum is wrong";
  if (frame.tcp && frame.tcp->checksum_right == false) return "its TCP checksum is wrong";
  if (frame.udp && frame.udp->checksum_right == false) return "its UDP checksum is wrong";
  return "";
}

std::vector<Finding> check(const Hearing& hearing) {
  std::vector<Finding> findings;
  for (std::size_t number = 1; number <= hearing.frames.size(); ++number) {
    const std::string wrong = wrong_with(hearing.frames[number - 1]);
    if (!wrong.empty()) {
      findings.push_back({number, "a well-formed packet with right checksums", wrong});
    }
  }
  return findings;
}

}  // namespace

Rule checksums() {
  return {"checksums", "Every packet is well formed and its checksums are right.", check};
}

}  // namespace sockcr::pcap::rules
