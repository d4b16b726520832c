// OPTIONS.md says of every option what becomes of it, and of CRIU's what becomes there.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/options/lost.h"
#include "engine/options/rights.h"
#include "engine/options/table.h"

namespace sockcr {
namespace {

constexpr const char* page_path = SOCKCR_OPTIONS_PAGE;

// What CRIU 4.2 (criu-dev 2cf8f13ca, 2025-11-16) reads and writes back.
constexpr std::array criu{"SO_SNDBUF",     "SO_RCVBUF",    "SO_BUF_LOCK",     "SO_PRIORITY",
                          "SO_RCVLOWAT",   "SO_MARK",      "SO_SNDTIMEO",     "SO_RCVTIMEO",
                          "SO_REUSEADDR",  "SO_REUSEPORT", "SO_DONTROUTE",    "SO_NO_CHECK",
                          "SO_BROADCAST",  "SO_KEEPALIVE", "SO_OOBINLINE",    "SO_LINGER",
                          "SO_PASSCRED",   "SO_PASSSEC",   "TCP_NODELAY",     "TCP_CORK",
                          "TCP_KEEPCNT",   "TCP_KEEPIDLE", "TCP_KEEPINTVL",   "IP_FREEBIND",
                          "IP_PKTINFO",    "IP_TOS",       "IP_TTL",          "IP_HDRINCL",
                          "IP_NODEFRAG",   "IPV6_V6ONLY",  "IPV6_FREEBIND",   "IPV6_HDRINCL",
                          "ICMPV6_FILTER", "UDP_CORK",     "SO_BINDTODEVICE", "IPV6_RECVPKTINFO"};

// Measured on a connected socket of TCP: written, and wrong.
constexpr std::array spoilt{"SO_REUSEPORT", "TCP_CONGESTION", "TCP_WINDOW_CLAMP"};

template <std::size_t count>
bool is_among(const std::array<const char*, count>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string criu_text(std::string_view name) {
  if (is_among(spoilt, name)) return "changed";
  return is_among(criu, name) ? "kept" : "lost";
}

std::string kinds_text(SocketKinds kinds, int domain) {
  using namespace socket_kind;
  const std::string suffix = domain == AF_INET6 ? " over IPv6" : "";
  if (kinds == every_kind) return "all" + suffix;
  if (kinds == inet) return "inet" + suffix;
  std::vector<std::string> names;
  for (const auto& [kind, name] :
       {std::pair(tcp, "tcp"), {udp, "udp"}, {udp_lite, "udplite"}, {raw, "raw"}}) {
    if ((kinds & kind) != 0) names.emplace_back(name);
  }
  if ((kinds & unix_socket) == unix_socket) {
    names.emplace_back("unix");
  } else if ((kinds & unix_socket) != 0) {
    names.emplace_back("unix stream");
  }
  return fmt::format("{}", fmt::join(names, ", ")) + suffix;
}

std::string kept_text(const OptionRow& row) {
  switch (rights_for(row.level, row.number)) {
    case OptionRights::none:
      return "kept";
    case OptionRights::network:
      return "kept; some values need CAP_NET_ADMIN or CAP_NET_RAW";
    case OptionRights::machine:
      return "kept, with CAP_NET_ADMIN in the initial user namespace; else said to be lost";
  }
  return "?";
}

std::string page() {
  std::string text =
      "# The options of a socket\n\n"
      "What becomes of each in a restore, from the tables of this folder (a test writes this page "
      "with\n"
      "`SOCKCR_WRITE_OPTIONS=1`). An option that the target's kernel does not know is missed only "
      "where it was\n"
      "on. CRIU is 4.2 (criu-dev 2cf8f13ca, 2025-11-16): *changed* was measured on a connected "
      "socket.\n\n"
      "| option | sockets | sockcr | CRIU |\n| --- | --- | --- | --- |\n";
  for (const OptionRow& row : option_table()) {
    text += fmt::format("| `{}` | {} | {} | {} |\n", row.name, kinds_text(row.kinds, row.domain),
                        kept_text(row), criu_text(row.name));
  }
  for (const LostOption& one : lost_options()) {
    text += fmt::format("| `{}` | {} | lost: {} | lost |\n", one.name,
                        kinds_text(one.kinds, AF_UNSPEC), one.why);
  }
  return text;
}

TEST(OptionPage, IsWhatTheTablesSay) {
  if (std::getenv("SOCKCR_WRITE_OPTIONS") != nullptr) std::ofstream(page_path) << page();
  std::ifstream file(page_path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), page());
}

}  // namespace
}  // namespace sockcr
