// Blocking traffic. The engine touches a firewall only through a Gate that it was given.
#pragma once

#include <netinet/in.h>
#include <cstdint>
#include <optional>
#include <vector>

namespace sockcr {

// SO_MARK of the segments that the engine forges: the only ones that a closed gate lets through.
inline constexpr std::uint32_t forged_mark = 0xC114;

// The NFLOG group for the tap of image `image_id`'s gate: gates that stand side by side in a
// namespace have their own.
constexpr std::uint16_t tap_group(std::uint64_t image_id) {
  constexpr std::uint64_t groups = 65'535;
  return static_cast<std::uint16_t>(1 + image_id % groups);
}

// What a gate is asked to be, before it closes.
struct GateRequest {
  std::uint64_t image_id = 0;           // names the gate for every process that comes later
  bool v4 = true, v6 = true;            // the families that are blocked
  std::uint8_t protocol = IPPROTO_TCP;  // IPPROTO_TCP or IPPROTO_UDP
  bool datagrams = false;               // UDP and UDP-Lite besides
  std::vector<std::uint8_t> raw{};      // protocols of raw sockets besides; of ICMPv6 what finds
                                        // neighbours passes, or the machine would vanish
  std::optional<std::uint16_t> tap{};   // NFLOG group (1..65535) that gets what is dropped on the
                                        // way out; read it with a Tap
  bool swallow = false;                 // swallows from the moment it closes

  friend bool operator==(const GateRequest&, const GateRequest&) = default;
};

// Closed: nothing of the protocol comes in or goes out of the calling thread's network namespace,
// but marked segments. Closing and opening again what is so already does nothing. Both throw
// SystemError and need CAP_NET_ADMIN in that namespace.
class Gate {
 public:
  Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  virtual ~Gate() = default;

  virtual void close() = 0;
  virtual void open() = 0;
  virtual bool is_closed() const = 0;

  // A successful checkpoint that killed its program: the gate outlives this object and this
  // process, and whoever restores the image, or gives up on it, opens it.
  virtual void leave_closed() = 0;

  // What this gate can do beyond closing; an engine that needs more is unsupported, by name.
  virtual std::optional<std::uint16_t> tap() const { return std::nullopt; }
  virtual bool can_swallow() const { return false; }
  virtual bool stops_datagrams() const { return true; }  // of UDP and UDP-Lite
  virtual bool stops_raw(int /*protocol*/) const { return true; }
  // While on, what is sent vanishes and TCP believes that it left; otherwise it stays unsent (EPERM
  // inside the kernel). Only for a closed gate that can.
  virtual void swallow(bool on);
};

// For callers who block the traffic themselves, and for tests.
class NoGate final : public Gate {
 public:
  void close() override { closed_ = true; }
  void open() override { closed_ = false; }
  bool is_closed() const override { return closed_; }
  void leave_closed() override {}

 private:
  bool closed_ = false;
};

}  // namespace sockcr
