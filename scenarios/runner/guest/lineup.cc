#include "scenarios/runner/guest/lineup.h"

#include <fmt/format.h>
#include <utility>

namespace sockcr::runner {

Ended blamed(std::uint64_t ticket, const KernelFault& fault) {
  Ended ended{ticket, {-1, 0}, false, "", "", {}};
  ended.fault = fault;
  return ended;
}

Lineup::Lineup(std::vector<std::uint64_t> suspects, KernelFault fault)
    : suspects_(suspects.begin(), suspects.end()),
      together_(suspects.size()),
      fault_(std::move(fault)) {}

std::optional<std::uint64_t> Lineup::next() {
  if (suspects_.empty()) return std::nullopt;
  const std::uint64_t ticket = suspects_.front();
  suspects_.pop_front();
  return ticket;
}

void Lineup::ended(Ended ended) { ended_.push_back(std::move(ended)); }

void Lineup::complained(std::uint64_t ticket, const KernelFault& fault) {
  found_ = true;
  ended_.push_back(blamed(ticket, fault));
}

std::vector<Ended> Lineup::judged() && {
  return found_ ? std::move(ended_) : all_blamed("none of them does it alone");
}

std::vector<Ended> Lineup::broken_off() && {
  return found_ ? std::move(ended_) : all_blamed("no guest was left to run each alone");
}

std::vector<Ended> Lineup::all_blamed(std::string_view how) const {
  KernelFault fault = fault_;
  fault.reason = fmt::format("{} (while {} cases ran at once; {})", fault.reason, together_, how);
  std::vector<Ended> all;
  for (const Ended& each : ended_) all.push_back(blamed(each.ticket, fault));
  for (const std::uint64_t ticket : suspects_) all.push_back(blamed(ticket, fault));
  return all;
}

}  // namespace sockcr::runner
