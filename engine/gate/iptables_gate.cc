#include "engine/gate/iptables_gate.h"

#include <sys/socket.h>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <set>

#include "engine/gate/iptables_rules.h"
#include "engine/sys/error.h"

namespace sockcr {
namespace {

GateRequest unknown_request(std::uint64_t image_id, IptablesVariant variant) {
  return {.image_id = image_id,
          .v4 = iptables_is_installed(AF_INET, variant),
          .v6 = iptables_is_installed(AF_INET6, variant)};
}

}  // namespace

IptablesGate::IptablesGate(const GateRequest& request, IptablesVariant variant, bool closed)
    : request_(request), variant_(variant), closed_(closed), surprised_(closed) {}

IptablesGate::IptablesGate(const GateRequest& request, IptablesVariant variant)
    : IptablesGate(request, variant, false) {}

IptablesGate IptablesGate::adopt(std::uint64_t image_id, IptablesVariant variant) {
  return {unknown_request(image_id, variant), variant, true};
}

IptablesGate::~IptablesGate() {
  if (!closed_ || left_closed_) return;
  try {
    open();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "while opening the gate %s: %s\n", gate_chain(request_.image_id).c_str(),
                 error.what());
  }
}

std::vector<int> IptablesGate::families() const {
  std::vector<int> families;
  if (request_.v4) families.push_back(AF_INET);
  if (request_.v6) families.push_back(AF_INET6);
  return families;
}

bool IptablesGate::stops_raw(int protocol) const {
  if (protocol == request_.protocol) return true;
  if (protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE) return request_.datagrams;
  return std::find(request_.raw.begin(), request_.raw.end(), protocol) != request_.raw.end();
}

void IptablesGate::close() {
  if (closed_) return;
  std::vector<IptablesText> texts;
  for (const int family : families())
    texts.push_back({family, closing_rules(request_, {}, family)});
  try {
    last_.emplace(texts, variant_);
  } catch (const SystemError&) {
    if (!closed_over_what_stands()) throw;
  }
  closed_ = true;
  opener_.emplace(families(), variant_);
}

// The quick way is refused when a chain of that name is there already, and then one family may be
// closed and the other not. What stands is read and replaced; if that fails too, nothing shall
// stand, and the first refusal is the one to report.
bool IptablesGate::closed_over_what_stands() {
  try {
    std::vector<IptablesText> texts;
    for (const int family : families()) {
      const auto standing = standing_gate(request_.image_id, saved_rules(family, variant_));
      texts.push_back({family, closing_rules(request_, standing, family)});
    }
    last_.emplace(texts, variant_);
    return true;
  } catch (const SystemError&) {
    try {
      remove_what_stands();
    } catch (const SystemError&) {
      return false;
    }
  }
  return false;
}

void IptablesGate::open() {
  if (!closed_) return;
  std::vector<IptablesText> texts;
  for (const int family : families()) {
    texts.push_back({family, opening_rules(standing_when_closed(request_))});
  }
  try {
    if (surprised_) {
      remove_what_stands();
    } else {
      last_.emplace(opener_ ? std::move(*opener_) : IptablesRestore(families(), variant_));
      last_->apply(texts);
    }
  } catch (const SystemError&) {
    if (surprised_) throw;
    remove_what_stands();
  }
  opener_.reset();
  closed_ = false;
  left_closed_ = false;
}

void IptablesGate::swallow(bool on) {
  if (!can_swallow()) return Gate::swallow(on);
  std::vector<IptablesText> texts;
  for (const int family : families()) texts.push_back({family, swallowing_rules(request_, on)});
  last_.emplace(texts, variant_);
}

// As much as can be: rules of one family must not stay because the other's cannot be read.
void IptablesGate::remove_what_stands() {
  std::vector<IptablesText> texts;
  std::exception_ptr trouble;
  for (const int family : families()) {
    try {
      const auto standing = standing_gate(request_.image_id, saved_rules(family, variant_));
      if (!standing.empty()) texts.push_back({family, opening_rules(standing)});
    } catch (const SystemError&) {
      trouble = std::current_exception();
    }
  }
  if (!texts.empty()) last_.emplace(texts, variant_);
  if (trouble) std::rethrow_exception(trouble);
}

std::vector<std::uint64_t> standing_gates(IptablesVariant variant) {
  std::set<std::uint64_t> ids;
  for (const int family : {AF_INET, AF_INET6}) {
    if (!iptables_is_installed(family, variant)) continue;
    const auto found = standing_image_ids(saved_rules(family, variant));
    ids.insert(found.begin(), found.end());
  }
  return {ids.begin(), ids.end()};
}

}  // namespace sockcr
