#include "engine/tcp/plan.h"

#include <fmt/format.h>

#include "engine/options/table.h"

namespace sockcr {
namespace {

std::string_view to_text(RepairQueue queue) {
  switch (queue) {
    case RepairQueue::none:
      return "no queue";
    case RepairQueue::receive:
      return "receive queue";
    case RepairQueue::send:
      return "send queue";
  }
  return "?";
}

std::string urgent_text(std::size_t urgent) {
  return urgent == 0 ? "" : fmt::format(", byte {} urgent", urgent);
}

struct Describe {
  std::string operator()(const action::MakeSocket& a) const {
    return fmt::format("make a {} socket", a.domain == AF_INET6 ? "TCP/IPv6" : "TCP/IPv4");
  }
  std::string operator()(const action::WriteOption& a) const {
    const OptionRow* row = find_option(a.value.level, a.value.number);
    return fmt::format("write {}", row != nullptr ? row->name : "an unknown option");
  }
  std::string operator()(const action::SignWith& a) const {
    return fmt::format("sign what goes to {}", sockcr::to_text(a.key.towards));
  }
  std::string operator()(const action::AllowMapped&) const { return "allow mapped addresses"; }
  std::string operator()(const action::EnterRepair&) const { return "enter repair mode"; }
  std::string operator()(const action::Bind& a) const {
    return fmt::format("bind to {}", sockcr::to_text(a.local));
  }
  std::string operator()(const action::SetSequence& a) const {
    return fmt::format("the {} begins at {}", to_text(a.queue), a.sequence);
  }
  std::string operator()(const action::LimitMss& a) const {
    return fmt::format("limit the MSS to {}", a.bytes);
  }
  std::string operator()(const action::Connect& a) const {
    return fmt::format("connect to {} without a handshake", sockcr::to_text(a.remote));
  }
  std::string operator()(const action::SetNegotiated& a) const {
    return fmt::format("negotiated: MSS {}, wscale {},{}{}{}", a.negotiated.mss_clamp,
                       a.negotiated.snd_wscale, a.negotiated.rcv_wscale,
                       a.negotiated.sack ? ", SACK" : "",
                       a.negotiated.timestamps ? ", time stamps" : "");
  }
  std::string operator()(const action::SetClock& a) const {
    return fmt::format("time-stamp clock at offset {}", a.clock.offset);
  }
  std::string operator()(const action::FillQueue& a) const {
    return fmt::format("{} bytes into the {}{}", a.bytes.size(), to_text(a.queue),
                       urgent_text(a.urgent));
  }
  std::string operator()(const action::TakeUrgent&) const { return "take the urgent byte"; }
  std::string operator()(const action::SetWindow& a) const {
    return fmt::format("window: snd_wnd {}, rcv_wnd {} from rcv_wup {}", a.window.snd_wnd,
                       a.window.rcv_wnd, a.window.rcv_wup);
  }
  std::string operator()(const action::ShutDownWrite& a) const {
    return fmt::format("shut down for writing, the FIN counts as {}",
                       a.fin_counts_as_sent ? "sent" : "unsent");
  }
  std::string operator()(const action::ShutDownRead&) const { return "shut down for reading"; }
  std::string operator()(const action::Forge& a) const {
    return fmt::format("forge {}", sockcr::to_text(a.segment));
  }
  std::string operator()(const action::WriteUnsent& a) const {
    return fmt::format("write {} unsent bytes into the closed gate{}", a.bytes.size(),
                       urgent_text(a.urgent));
  }
  std::string operator()(const action::AttachFilter& a) const {
    return "attach its filter: " + to_text(a.filter);
  }
  std::string operator()(const action::Verify&) const { return "verify the state reached"; }
  std::string operator()(const action::Listen& a) const {
    return fmt::format("listen with a backlog of {}", a.backlog);
  }
  std::string operator()(const action::ConnectAloud& a) const {
    return fmt::format("connect to {} by a SYN into the closed gate", sockcr::to_text(a.remote));
  }
  std::string operator()(const action::FollowFirstSyn& a) const {
    return fmt::format("time-stamp clock by which the first SYN bore {}", a.first);
  }
  std::string operator()(const action::AwaitClock& a) const {
    return fmt::format("wait until the time-stamp clock is past {}", a.last);
  }
  std::string operator()(const action::LingerFor& a) const {
    return fmt::format("linger in FIN_WAIT2 for {} s", a.seconds);
  }
  std::string operator()(const action::LetGo&) const { return "let go of the descriptor"; }
  std::string operator()(const action::Expect& a) const {
    return fmt::format("look for {} > {} in {}", sockcr::to_text(a.local),
                       sockcr::to_text(a.remote), sockcr::to_text(a.state));
  }
  std::string operator()(const action::LeaveRepair& a) const {
    return fmt::format("leave repair mode {} a window probe",
                       a.probe == WindowProbe::yes ? "with" : "without");
  }
  std::string operator()(const action::Poke& a) const {
    return fmt::format("poke by {}", sockcr::to_text(a.segment));
  }
  std::string operator()(const action::Ask&) const { return "ask the peer what it has"; }
  std::string operator()(const action::Resend& a) const {
    return fmt::format("send {} bytes{} once more in our own name", a.payload.size(),
                       a.fin ? " and the FIN" : "");
  }
};

}  // namespace

std::string to_text(const Action& action) { return std::visit(Describe{}, action); }

void add_options(Plan& plan, const std::vector<OptionValue>& options, OptionPhase phase) {
  for (const OptionRow& row : option_table()) {
    if (row.phase != phase) continue;
    for (const OptionValue& value : options) {
      if (value.level == row.level && value.number == row.number) {
        plan.push_back(action::WriteOption{value});
      }
    }
  }
}

void add_filter(Plan& plan, const SocketFilter& filter, const std::vector<OptionValue>& options) {
  if (!is_none(filter)) plan.push_back(action::AttachFilter{filter});
  add_options(plan, options, OptionPhase::complete);
}

}  // namespace sockcr
