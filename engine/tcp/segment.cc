#include "engine/tcp/segment.h"

#include <fmt/format.h>
#include <libnet.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "engine/sys/call.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/signature.h"

namespace sockcr {

struct Injector::Handle {
  libnet_t* net;
  int family;
};

namespace {

std::string flags_text(std::uint8_t flags) {
  std::string text;
  if (flags & tcp_flag::syn) text += 'S';
  if (flags & tcp_flag::fin) text += 'F';
  if (flags & tcp_flag::rst) text += 'R';
  if (flags & tcp_flag::psh) text += 'P';
  if (flags & tcp_flag::urg) text += 'U';
  if (flags & tcp_flag::ack) text += '.';
  return text;
}

std::string offer_text(const Segment& s) {
  if (!s.offer) return "";
  std::string text = fmt::format(", mss {}", s.offer->mss);
  if (s.offer->wscale) text += fmt::format(", wscale {}", *s.offer->wscale);
  return text + (s.offer->sack ? ", sackOK" : "");
}

[[noreturn]] void throw_libnet(const char* what, libnet_t* net) {
  throw SystemError(what, libnet_geterror(net), 0);
}

void put_u32(std::vector<std::uint8_t>& bytes, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

// NOPs (1) in front of an option keep its values aligned (RFC 7323, appendix A).
std::vector<std::uint8_t> options_of(const Segment& s) {
  std::vector<std::uint8_t> options;
  if (s.offer) {
    options = {2, 4, static_cast<std::uint8_t>(s.offer->mss >> 8),
               static_cast<std::uint8_t>(s.offer->mss & 0xff)};
    if (s.offer->wscale) options.insert(options.end(), {1, 3, 3, *s.offer->wscale});
    if (s.offer->sack) options.insert(options.end(), {1, 1, 4, 2});
  }
  if (s.timestamps) {
    options.insert(options.end(), {1, 1, 8, 10});
    put_u32(options, s.timestamps->value);
    put_u32(options, s.timestamps->echo_reply);
  }
  return options;
}

// Kind 19, length 18; the digest covers the length of all options, this one's too.
void add_signature(std::vector<std::uint8_t>& options, const Segment& s) {
  options.insert(options.end(), {1, 1, 19, 18});
  const Md5Digest digest = signature_of(s, options.size() + sizeof(Md5Digest));
  options.insert(options.end(), digest.begin(), digest.end());
}

// Returns the length of header, options and payload together.
std::uint16_t build_tcp(libnet_t* net, const Segment& s) {
  std::vector<std::uint8_t> options = options_of(s);
  if (!s.md5_key.empty()) add_signature(options, s);
  if (!options.empty() &&
      libnet_build_tcp_options(options.data(), static_cast<std::uint32_t>(options.size()), net, 0) <
          0) {
    throw_libnet("libnet_build_tcp_options", net);
  }
  const auto length = static_cast<std::uint16_t>(LIBNET_TCP_H + options.size() + s.payload.size());
  const int built =
      libnet_build_tcp(s.from.port, s.to.port, s.seq, s.ack, s.flags, s.window, 0, s.urgent_pointer,
                       length, s.payload.empty() ? nullptr : s.payload.data(),
                       static_cast<std::uint32_t>(s.payload.size()), net, 0);
  if (built < 0) throw_libnet("libnet_build_tcp", net);
  return length;
}

void build_ipv4(libnet_t* net, const Segment& s, std::uint16_t tcp_length) {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::memcpy(&from, s.from.bytes.data(), 4);
  std::memcpy(&to, s.to.bytes.data(), 4);
  const int built =
      libnet_build_ipv4(static_cast<std::uint16_t>(LIBNET_IPV4_H + tcp_length), s.ip.traffic_class,
                        0, IP_DF, s.ip.hop_limit, IPPROTO_TCP, 0, from, to, nullptr, 0, net, 0);
  if (built < 0) throw_libnet("libnet_build_ipv4", net);
}

void build_ipv6(libnet_t* net, const Segment& s, std::uint16_t tcp_length) {
  libnet_in6_addr from{};
  libnet_in6_addr to{};
  std::memcpy(&from, s.from.bytes.data(), 16);
  std::memcpy(&to, s.to.bytes.data(), 16);
  const int built = libnet_build_ipv6(s.ip.traffic_class, 0, tcp_length, IPPROTO_TCP,
                                      s.ip.hop_limit, from, to, nullptr, 0, net, 0);
  if (built < 0) throw_libnet("libnet_build_ipv6", net);
}

}  // namespace

std::string to_text(const Segment& s) {
  const std::string timestamps =
      s.timestamps
          ? fmt::format(", TS val {} ecr {}", s.timestamps->value, s.timestamps->echo_reply)
          : "";
  const std::string urgent =
      (s.flags & tcp_flag::urg) != 0 ? fmt::format(", urg {}", s.urgent_pointer) : "";
  const std::string_view is_signed = s.md5_key.empty() ? "" : ", md5";
  return fmt::format("{} > {}: Flags [{}], seq {}, ack {}, win {}{}{}{}{}, length {}",
                     to_text(s.from), to_text(s.to), flags_text(s.flags), s.seq, s.ack, s.window,
                     urgent, offer_text(s), timestamps, is_signed, s.payload.size());
}

Injector::Injector(int family) {
  char error[LIBNET_ERRBUF_SIZE] = "";
  libnet_t* net = libnet_init(family == AF_INET6 ? LIBNET_RAW6 : LIBNET_RAW4, nullptr, error);
  if (net == nullptr) {
    throw SystemError("libnet_init", error, 0)
        .advise("a raw socket needs CAP_NET_RAW in the socket's network namespace");
  }
  handle_ = std::make_unique<Handle>(Handle{net, family});
}

Injector::~Injector() { libnet_destroy(handle_->net); }

void Injector::prepare(const Segment& segment) {
  libnet_t* net = handle_->net;
  libnet_clear_packet(net);
  set_option(libnet_getfd(net), option::mark, static_cast<int>(segment.ip.mark));
  const std::uint16_t tcp_length = build_tcp(net, segment);
  if (handle_->family == AF_INET6) {
    build_ipv6(net, segment, tcp_length);
  } else {
    build_ipv4(net, segment, tcp_length);
  }
}

void Injector::send_prepared(const Segment& segment) {
  libnet_t* net = handle_->net;
  const int written = try_call(
      "sendto", [&] { return libnet_write(net); },
      [&] { return fmt::format("{}<raw>, {}", libnet_getfd(net), to_text(segment)); });
  if (written < 0) {
    throw SystemError("libnet_write", fmt::format("{}: {}", to_text(segment), libnet_geterror(net)),
                      0);
  }
}

}  // namespace sockcr
