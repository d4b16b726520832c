#include "netns/fault.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <cstdio>
#include <exception>
#include <utility>
#include <vector>

namespace sockcr::netns {
namespace {

// Nobody listens there. A queue without a listener drops in silence and tells the sender that all
// is well, where DROP tells it EPERM and the data counts as never sent.
constexpr int lost_queue = 0xC10;

std::string chain_of(FaultKind kind) { return fmt::format("WIRE-{}", to_text(kind)); }

std::string_view hook_of(FaultKind kind) {
  const bool on_the_way_in = kind == FaultKind::unacked || kind == FaultKind::half_open;
  return on_the_way_in ? "INPUT" : "OUTPUT";
}

std::string_view victims_of(FaultKind kind) {
  return kind == FaultKind::half_open ? "-p tcp ! --syn " : "";
}

std::string target_of(FaultKind kind) {
  return kind == FaultKind::lost ? fmt::format("NFQUEUE --queue-num {}", lost_queue) : "DROP";
}

std::vector<IptablesText> texts_of(FaultFamily family, const std::string& text) {
  switch (family) {
    case FaultFamily::v4:
      return {{AF_INET, text}};
    case FaultFamily::v6:
      return {{AF_INET6, text}};
    case FaultFamily::both:
      break;
  }
  return {{AF_INET, text}, {AF_INET6, text}};
}

}  // namespace

std::string_view to_text(FaultKind kind) {
  switch (kind) {
    case FaultKind::lost:
      return "lost";
    case FaultKind::refused:
      return "refused";
    case FaultKind::unacked:
      return "unacked";
    case FaultKind::half_open:
      return "half_open";
  }
  return "fault ?";
}

std::string fault_rules(FaultKind kind) {
  const std::string chain = chain_of(kind);
  return fmt::format("*filter\n-N {0}\n-A {0} {1}-j {2}\n-I {3} 1 -p tcp -j {0}\nCOMMIT\n", chain,
                     victims_of(kind), target_of(kind), hook_of(kind));
}

std::string fault_removal(FaultKind kind) {
  const std::string chain = chain_of(kind);
  return fmt::format("*filter\n-D {1} -p tcp -j {0}\n-F {0}\n-X {0}\nCOMMIT\n", chain,
                     hook_of(kind));
}

Fault::Fault(FaultKind kind, FaultFamily family, IptablesVariant variant)
    : kind_(kind), family_(family), variant_(variant) {
  last_.emplace(texts_of(family, fault_rules(kind)), variant);
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
  last_.emplace(texts_of(family_, fault_removal(kind_)), variant_);
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
