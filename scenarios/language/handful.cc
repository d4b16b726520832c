#include "scenarios/language/handful.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <cerrno>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/legal_options.h"
#include "scenarios/language/words.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {
namespace {

constexpr std::uint16_t first_port = 7300;
constexpr std::uint64_t many = 1'000'003;  // seeds that are neighbours draw nothing alike

std::string device_of_ours() { return netns::Laboratory::device(netns::End::ours); }

// A kernel without UDP-Lite is nobody's fault.
FileDescriptor make_lite(int domain) {
  try {
    return make_socket(domain, SOCK_DGRAM, IPPROTO_UDPLITE);
  } catch (const SystemError& error) {
    if (error.error_number() != EPROTONOSUPPORT) throw;
    throw Unsupported("UDP-Lite", "this kernel does not have it");
  }
}

FileDescriptor make(int domain, const std::string& kind) {
  constexpr int for_experiments = 253;  // RFC 3692
  if (kind == "stream") return make_socket(AF_UNIX, SOCK_STREAM, 0);
  if (kind == "dgram") return make_socket(AF_UNIX, SOCK_DGRAM, 0);
  if (kind == "seqpacket") return make_socket(AF_UNIX, SOCK_SEQPACKET, 0);
  if (kind == "raw") return make_socket(domain, SOCK_RAW, for_experiments);
  if (kind == "udp") return make_socket(domain, SOCK_DGRAM, IPPROTO_UDP);
  if (kind == "udplite") return make_lite(domain);
  return make_socket(domain, SOCK_STREAM, IPPROTO_TCP);
}

// A raw socket has no port. Whoever binds a unix socket binds it to a name, which has scenarios of
// its own.
Address place_of(const World& world, const std::string& kind, std::uint16_t port) {
  return address_for(world, Speaker::ours, netns::End::ours, kind == "raw" ? 0 : port);
}

// A socket that may speak IPv6 only has no mapped address.
bool takes(int socket, const Address& address) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(address, storage);
  return ::bind(socket, reinterpret_cast<const sockaddr*>(&storage), length) == 0;
}

FileDescriptor make_one(World& world, const std::string& kind, std::uint16_t port, Draw& draw) {
  const Address address = place_of(world, kind, port);
  FileDescriptor socket = make(address.family, kind);
  const auto options =
      draw_options(nature_of(socket.get()), device_of_ours(), Leave::nothing, draw);
  const bool local = nature_of(socket.get()).domain == AF_UNIX;
  const bool bound = !local && (kind == "listen" || !draw.one_in(4));
  const bool options_first = draw.one_in(2);
  if (options_first) set_options(socket.get(), options);
  if (bound && !takes(socket.get(), address)) bind_to(socket.get(), wildcard_for(world, port));
  if (kind == "listen") listen_socket(socket.get(), static_cast<int>(draw.below(100)));
  if (!options_first) set_options(socket.get(), options);
  return socket;
}

void make_all(World& world, int count, const std::string& kind) {
  Draw draw(many * world.settings.seed + kind.size());
  for (int i = 0; i < count; ++i) {
    const auto port = static_cast<std::uint16_t>(first_port + world.handful.size());
    Actor& made = world.handful.emplace_back(
        Speaker::ours, fmt::format("{} socket {}", kind, i + 1), world.settings.seed);
    made.hold_in(world.subjects[1], make_one(world, kind, port, draw).get());
  }
}

}  // namespace

Step HandfulWords::are_made(int count, std::string kind, At at) const {
  return {fmt::format("ours has {} {} sockets, each with options at random", count, kind),
          [count, kind](World& world) { make_all(world, count, kind); }, at};
}

Step HandfulWords::are_closed(At at) const {
  return {"ours closes each of these sockets",
          [](World& world) {
            for (Actor& one : world.handful) one.close();
          },
          at};
}

// Whoever has connected goes on to speak.
Step End::sets_options_at_random(At at) const {
  return {fmt::format("{} sets options at random", name_),
          [who = who_](World& world) {
            const FileDescriptor socket = world.actor(who).borrow();
            Draw draw(many * world.settings.seed + static_cast<unsigned>(who.conversation));
            set_options(socket.get(), draw_options(nature_of(socket.get()), device_of_ours(),
                                                   Leave::talkative, draw));
          },
          at};
}

}  // namespace sockcr::scenario
