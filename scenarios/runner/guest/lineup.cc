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
  if (found_) return std::move(ended_);
  KernelFault fault = fault_;
  fault.reason = fmt::format("{} (while {} cases ran at once; none of them does it alone)",
                             fault.reason, together_);
  std::vector<Ended> all;
  all.reserve(ended_.size());
  for (const Ended& each : ended_) all.push_back(blamed(each.ticket, fault));
  return all;
}

}  // namespace sockcr::runner
