// A gate made of iptables rules.
#pragma once

#include <optional>
#include <vector>

#include "engine/gate/gate.h"
#include "engine/sys/iptables.h"

namespace sockcr {

// Needs CAP_NET_ADMIN in the calling thread's network namespace, and the programs iptables-restore
// and ip6tables-restore; their absence is a SystemError that says so. The namespace has to be the
// same in every call, the destructor's too.
//
// The user's own rules stay as they are, byte for byte. Where no filter table was, an empty one
// stays: iptables makes it at first use and cannot remove it.
//
// Closing and opening both families takes 2 to 5 ms with either iptables (Linux 6.18, two cores).
// The exit of an iptables-nft program takes up to 30 ms more (engine/sys/iptables.h): the next call
// or the destructor waits for it, no traffic does.
class IptablesGate final : public Gate {
 public:
  explicit IptablesGate(const GateRequest& request,
                        IptablesVariant variant = IptablesVariant::standard);

  // The gate of image `image_id` that another process left closed, in whatever state it is found.
  static IptablesGate adopt(std::uint64_t image_id,
                            IptablesVariant variant = IptablesVariant::standard);

  // Opens, unless left closed; reports trouble on standard error instead of throwing.
  ~IptablesGate() override;

  void close() override;
  void open() override;
  bool is_closed() const override { return closed_; }
  void leave_closed() override { left_closed_ = true; }

  std::optional<std::uint16_t> tap() const override { return request_.tap; }
  bool can_swallow() const override { return request_.tap || request_.swallow; }
  bool stops_datagrams() const override { return request_.datagrams; }
  bool stops_raw(int protocol) const override;
  void swallow(bool on) override;

 private:
  IptablesGate(const GateRequest& request, IptablesVariant variant, bool closed);
  std::vector<int> families() const;
  [[nodiscard]] bool closed_over_what_stands();
  void remove_what_stands();

  GateRequest request_;
  IptablesVariant variant_;
  bool closed_ = false;
  bool left_closed_ = false;
  bool surprised_ = false;  // what stands is not known from the request
  std::optional<IptablesRestore> last_;
  // Started when the gate closes: from its opening on the peer waits.
  std::optional<IptablesRestore> opener_;
};

// The images that have a gate standing in the calling thread's network namespace, ascending: what
// an engine that was killed may have left.
std::vector<std::uint64_t> standing_gates(IptablesVariant variant = IptablesVariant::standard);

}  // namespace sockcr
