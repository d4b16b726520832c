#include "pcap/sentinel.h"

#include <fmt/format.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <sys/socket.h>
#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/sys/call.h"
#include "engine/sys/interface.h"
#include "engine/sys/socket.h"

namespace sockcr::pcap {
namespace {

constexpr std::size_t cpu_limit = 1 << 16;

// The CPUs that the calling thread may run on; the thread gets them back at the end of the scope.
class CpuMask {
 public:
  CpuMask() : mask_(1) {
    while (read() < 0) {
      if (errno != EINVAL || cpu_count() > cpu_limit) throw_system_error(get_, "0", errno);
      mask_.resize(2 * mask_.size());  // EINVAL: this machine has more CPUs than the mask bits
    }
  }
  ~CpuMask() { sched_setaffinity(0, bytes(), mask_.data()); }
  CpuMask(const CpuMask&) = delete;
  CpuMask& operator=(const CpuMask&) = delete;

  std::vector<std::size_t> cpus() const {
    std::vector<std::size_t> found;
    for (std::size_t cpu = 0; cpu < cpu_count(); ++cpu) {
      if (CPU_ISSET_S(cpu, bytes(), mask_.data())) found.push_back(cpu);
    }
    return found;
  }

  void run_on(std::size_t cpu) const {
    std::vector<cpu_set_t> only(mask_.size());
    CPU_SET_S(cpu, bytes(), only.data());
    call(
        "sched_setaffinity", [&] { return sched_setaffinity(0, bytes(), only.data()); },
        [&] { return fmt::format("0, cpu {}", cpu); });
  }

 private:
  static constexpr std::string_view get_ = "sched_getaffinity";
  int read() { return sched_getaffinity(0, bytes(), mask_.data()); }
  std::size_t bytes() const { return mask_.size() * sizeof(cpu_set_t); }
  std::size_t cpu_count() const { return 8 * bytes(); }

  std::vector<cpu_set_t> mask_;
};

std::size_t frames_seen(const std::vector<Packet>& packets, std::size_t from, std::uint32_t serial,
                        std::size_t& wanted) {
  std::size_t seen = 0;
  for (std::size_t i = from; i < packets.size(); ++i) {
    const auto mark = mark_in(packets[i]);
    if (!mark || mark->serial != serial) continue;
    wanted = mark->count;
    ++seen;
  }
  return seen;
}

}  // namespace

MarkSender::MarkSender(const std::string& device) : socket_(make_socket(AF_PACKET, SOCK_RAW, 0)) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(interface_index(device));
  bind_socket(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const sockaddr_storage bound = local_address(socket_.get());
  std::memcpy(&address, &bound, sizeof address);
  std::copy_n(address.sll_addr, source_.bytes.size(), source_.bytes.begin());
}

std::uint32_t MarkSender::send(std::string_view name, std::uint16_t round) {
  const CpuMask mask;
  const std::vector<std::size_t> cpus = mask.cpus();
  Mark mark{std::string(name), round, ++last_serial_, 0, static_cast<std::uint16_t>(cpus.size())};
  for (const std::size_t cpu : cpus) {
    mask.run_on(cpu);
    send_bytes(socket_.get(), mark_frame(mark, source_), 0);
    ++mark.index;
  }
  return mark.serial;
}

void drain_until_mark(Capture& capture, std::uint32_t serial, Clock::duration limit) {
  std::size_t looked_at = 0, seen = 0, wanted = 1;
  const bool complete = poll_until(limit, [&] {
    capture.drain();
    seen += frames_seen(capture.packets(), looked_at, serial, wanted);
    looked_at = capture.packets().size();
    return seen >= wanted;
  });
  capture.require_complete();
  if (complete) return;
  throw SystemError("capture", fmt::format("{} of {} frames of mark {} seen", seen, wanted, serial),
                    ETIME)
      .advise("is the wire up, and does the filter let ether proto 0x88b5 in?");
}

}  // namespace sockcr::pcap
