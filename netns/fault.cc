#include "netns/fault.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <cstdio>
#include <exception>
#include <utility>
#include <vector>

#include "netns/laboratory.h"

namespace sockcr::netns {
namespace {

// Nobody listens there. A queue without a listener drops in silence and tells the sender that all
// is well, where DROP tells it EPERM and the data counts as never sent.
constexpr int lost_queue = 0xC10;

std::string chain_of(FaultKind kind) { return fmt::format("WIRE-{}", to_text(kind)); }

std::string_view hook_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::lost:
    case FaultKind::lost_from:
    case FaultKind::refused:
    case FaultKind::doubled:
      return "OUTPUT";
    case FaultKind::unacked:
    case FaultKind::half_open:
    case FaultKind::hole:
    case FaultKind::thinned:
    case FaultKind::queued:
      return "INPUT";
  }
  return "";
}

// A quarter of the number space from there on, across its end: as the u32 match takes it.
std::string range_from(std::uint32_t sequence) {
  const std::uint32_t last = sequence + (1U << 30);
  if (last > sequence) return fmt::format("{}:{}", sequence, last);
  return fmt::format("{}:{},0:{}", sequence, ~0U, last);
}

// The number is the second word of the TCP header, behind an IPv4 header of whatever length or an
// IPv6 header of 40 bytes.
std::string victims_of(FaultKind kind, int family, std::uint32_t sequence) {
  if (kind == FaultKind::half_open) return "-p tcp ! --syn ";
  if (kind == FaultKind::thinned) return "-m statistic --mode nth --every 5 --packet 2 ";
  const std::string_view where = family == AF_INET6 ? "44" : "0>>22&0x3C@4";
  if (kind == FaultKind::hole) return fmt::format("-m u32 --u32 {}={} ", where, sequence);
  if (kind != FaultKind::lost_from) return "";
  return fmt::format("-m u32 --u32 {}={} ", where, range_from(sequence));
}

std::string target_of(FaultKind kind, int family) {
  if (kind == FaultKind::queued) return fmt::format("NFQUEUE --queue-num {}", served_queue);
  if (kind == FaultKind::doubled) {
    return fmt::format("TEE --gateway {}", Laboratory::address_text(End::peer, family));
  }
  const bool in_silence = kind == FaultKind::lost || kind == FaultKind::lost_from;
  return in_silence ? fmt::format("NFQUEUE --queue-num {}", lost_queue) : "DROP";
}

template <class TextOf>
std::vector<IptablesText> texts_of(FaultFamily family, const TextOf& text) {
  std::vector<IptablesText> texts;
  if (family != FaultFamily::v6) texts.push_back({AF_INET, text(AF_INET)});
  if (family != FaultFamily::v4) texts.push_back({AF_INET6, text(AF_INET6)});
  return texts;
}

}  // namespace

std::string_view to_text(FaultKind kind) {
  switch (kind) {
    case FaultKind::lost:
      return "lost";
    case FaultKind::lost_from:
      return "lost_from";
    case FaultKind::refused:
      return "refused";
    case FaultKind::unacked:
      return "unacked";
    case FaultKind::half_open:
      return "half_open";
    case FaultKind::hole:
      return "hole";
    case FaultKind::thinned:
      return "thinned";
    case FaultKind::doubled:
      return "doubled";
    case FaultKind::queued:
      return "queued";
  }
  return "fault ?";
}

std::string fault_rules(FaultKind kind, int family, std::uint32_t sequence) {
  const std::string chain = chain_of(kind);
  return fmt::format("*filter\n-N {0}\n-A {0} {1}-j {2}\n-I {3} 1 -p tcp -j {0}\nCOMMIT\n", chain,
                     victims_of(kind, family, sequence), target_of(kind, family), hook_of(kind));
}

std::string fault_removal(FaultKind kind) {
  const std::string chain = chain_of(kind);
  return fmt::format("*filter\n-D {1} -p tcp -j {0}\n-F {0}\n-X {0}\nCOMMIT\n", chain,
                     hook_of(kind));
}

Fault::Fault(FaultKind kind, FaultFamily family, IptablesVariant variant, std::uint32_t sequence)
    : kind_(kind), family_(family), variant_(variant) {
  const auto rules = [&](int one) { return fault_rules(kind, one, sequence); };
  last_.emplace(texts_of(family, rules), variant);
  stands_ = true;
}

Fault::Fault(Fault&& other) noexcept
    : kind_(other.kind_),
      family_(other.family_),
      variant_(other.variant_),
      last_(std::move(other.last_)),
      stands_(std::exchange(other.stands_, false)) {}

void Fault::remove() {
  if (!std::exchange(stands_, false)) return;
  const auto removal = [&](int) { return fault_removal(kind_); };
  last_.emplace(texts_of(family_, removal), variant_);
}

Fault::~Fault() {
  try {
    remove();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "while removing the fault '%s': %s\n", to_text(kind_).data(),
                 error.what());
  }
}

}  // namespace sockcr::netns
