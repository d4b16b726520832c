// What a netem qdisc makes of a device: everything that it sends is late, is sent twice or gets
// lost now and then. Not every kernel has one (CONFIG_NET_SCH_NETEM).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "engine/sys/setns.h"

namespace sockcr::netns {

// The parameters of the qdisc: shares are of 2^32, as it counts them.
struct Netem {
  std::chrono::microseconds delay{};
  std::uint32_t loss = 0, duplicate = 0;
  std::uint32_t limit = 1000;  // packets that wait; what comes then is dropped

  friend bool operator==(const Netem&, const Netem&) = default;
};

enum class NetemKind : std::uint8_t { late, lossy, twice };
Netem netem_for(NetemKind kind);

// As tc writes it: "delay 3000us", "loss 20%".
std::string to_text(const Netem& netem);

// A device with that qdisc. What waits in it when it is destroyed is dropped.
class NetemDevice {
 public:
  // Null where the kernel has no netem: asking for it is the probe. Throws SystemError; needs
  // CAP_NET_ADMIN in `inside`, which must outlive it.
  static std::unique_ptr<NetemDevice> make(const NetworkNamespace& inside,
                                           const std::string& device, const Netem& netem);
  // Removes; reports trouble on standard error.
  ~NetemDevice();
  NetemDevice(const NetemDevice&) = delete;
  NetemDevice& operator=(const NetemDevice&) = delete;

 private:
  NetemDevice(const NetworkNamespace& inside, std::string device)
      : inside_(inside), device_(std::move(device)) {}

  const NetworkNamespace& inside_;
  const std::string device_;
};

}  // namespace sockcr::netns
