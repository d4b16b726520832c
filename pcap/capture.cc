#include "pcap/capture.h"

#include <fmt/format.h>
#include <pcap.h>
#include <algorithm>
#include <array>
#include <cerrno>

#include "engine/sys/error.h"

namespace sockcr::pcap {
namespace {

using Handle = std::unique_ptr<pcap_t, void (*)(pcap_t*)>;

int errno_of(int status) {
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
      return EPERM;
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return ENODEV;
    case PCAP_ERROR_IFACE_NOT_UP:
      return ENETDOWN;
    default:
      return 0;
  }
}

// libpcap answers with negative numbers for errors and positive ones for warnings.
void check(pcap_t* handle, std::string_view call, const std::string& argument, int status) {
  if (status >= 0) return;
  const std::string words = status == PCAP_ERROR ? pcap_geterr(handle) : pcap_statustostr(status);
  throw SystemError(call, fmt::format("{}: {}", argument, words), errno_of(status));
}

Handle create(const std::string& device, const CaptureOptions& options) {
  std::array<char, PCAP_ERRBUF_SIZE> words{};
  Handle handle(pcap_create(device.c_str(), words.data()), &pcap_close);
  if (!handle) throw SystemError("pcap_create", fmt::format("{}: {}", device, words.data()), 0);
  pcap_t* raw = handle.get();
  check(raw, "pcap_set_snaplen", device, pcap_set_snaplen(raw, options.snap_length));
  check(raw, "pcap_set_buffer_size", device, pcap_set_buffer_size(raw, options.buffer_bytes));
  check(raw, "pcap_set_immediate_mode", device, pcap_set_immediate_mode(raw, 1));
  check(raw, "pcap_set_tstamp_precision", device,
        pcap_set_tstamp_precision(raw, PCAP_TSTAMP_PRECISION_NANO));
  check(raw, "pcap_activate", device, pcap_activate(raw));
  return handle;
}

void set_filter(pcap_t* handle, const std::string& filter) {
  bpf_program program{};
  check(handle, "pcap_compile", filter,
        pcap_compile(handle, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN));
  const int status = pcap_setfilter(handle, &program);
  pcap_freecode(&program);
  check(handle, "pcap_setfilter", filter, status);
}

Packet packet_of(const pcap_pkthdr& header, const std::uint8_t* bytes) {
  Packet packet;
  packet.at = std::chrono::seconds(header.ts.tv_sec) + std::chrono::nanoseconds(header.ts.tv_usec);
  packet.bytes.assign(bytes, bytes + header.caplen);
  packet.original_length = header.len;
  return packet;
}

}  // namespace

Capture::Capture(const std::string& device, const CaptureOptions& options)
    : device_(device), handle_(create(device, options)) {
  if (pcap_datalink(handle_.get()) != DLT_EN10MB) {
    throw SystemError("pcap_datalink", device + " is not an Ethernet device", 0);
  }
  std::array<char, PCAP_ERRBUF_SIZE> words{};
  if (pcap_setnonblock(handle_.get(), 1, words.data()) != 0) {
    throw SystemError("pcap_setnonblock", fmt::format("{}: {}", device, words.data()), 0);
  }
  set_filter(handle_.get(), options.filter);
}

std::size_t Capture::drain() {
  const std::size_t before = packets_.size();
  pcap_pkthdr* header = nullptr;
  const std::uint8_t* bytes = nullptr;
  int status = 0;
  while ((status = pcap_next_ex(handle_.get(), &header, &bytes)) == 1) {
    packets_.push_back(packet_of(*header, bytes));
    packets_.back().number = packets_.size();
  }
  check(handle_.get(), "pcap_next_ex", device_, status);
  return packets_.size() - before;
}

int Capture::descriptor() const { return pcap_get_selectable_fd(handle_.get()); }

std::size_t Capture::dropped() const {
  pcap_stat statistics{};
  check(handle_.get(), "pcap_stats", device_, pcap_stats(handle_.get(), &statistics));
  return statistics.ps_drop;
}

void Capture::require_complete() const {
  if (const std::size_t lost = dropped(); lost > 0) {
    throw SystemError("capture", fmt::format("{}: {} packets dropped", device_, lost), ENOBUFS)
        .advise("drain more often, or give it a larger buffer");
  }
  const auto cut = std::find_if(packets_.begin(), packets_.end(), [](const Packet& packet) {
    return packet.bytes.size() < packet.original_length;
  });
  if (cut == packets_.end()) return;
  throw SystemError("capture",
                    fmt::format("{}: packet {} of {} bytes cut to {}", device_, cut->number,
                                cut->original_length, cut->bytes.size()),
                    EMSGSIZE)
      .advise("turn segmentation offload off, or raise the snap length");
}

}  // namespace sockcr::pcap
