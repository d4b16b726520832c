// Segments that are signed (RFC 2385).
#include <fmt/format.h>
#include <cerrno>

#include "engine/sys/error.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/connect_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::string_view secret = "a key that nobody guesses";

Md5Key key_towards(const Address& other, bool whole_network) {
  Md5Key key{signed_peer(other), {secret.begin(), secret.end()}};
  if (whole_network) key.towards.prefix = key.towards.host.family == AF_INET6 ? 64 : 24;
  return key;
}

void sign_towards(int socket, const Address& other, bool whole_network) {
  try {
    write_md5_key(socket, get_option(socket, option::domain), key_towards(other, whole_network));
  } catch (const SystemError& error) {
    if (error.error_number() != ENOPROTOOPT) throw;
    throw Unsupported("TCP-MD5", fmt::format("this kernel does not have it ({})", error.what()));
  }
}

Ingredient signed_ends(const Variant& v) {
  const bool network = v.detail == "prefix";
  const auto sign = [network](int socket, const Address& other) {
    sign_towards(socket, other, network);
  };
  return {.ours = sign, .peer = sign};
}

// What a kernel counts of segments that it drops for their signatures.
void expect_none_dropped(const World& world, netns::End end, std::string_view whose) {
  const auto counted = netns::read_counters(world.laboratory.inside(end));
  for (const auto* name :
       {"TcpExtTCPMD5NotFound", "TcpExtTCPMD5Unexpected", "TcpExtTCPMD5Failure"}) {
    const std::int64_t count = netns::value_of(counted, name);
    if (count == 0) continue;
    throw Violation(fmt::format("{} of {}", name, whose), "0", fmt::format("{}", count));
  }
}

}  // namespace

void sign_towards(int socket, const Address& other) { sign_towards(socket, other, false); }

Steps establish_signed(const Variant& v, At at) {
  return {
      Step{
          fmt::format("establish over {}, {} connects, {} time stamps, and every segment is signed",
                      families_of(v), v.side == Side::active ? "ours" : "peer",
                      v.options == Options::ts ? "with" : "without"),
          [v](World& world) {
            connect_ends(world, signed_ends(v));
            const Address other = address_for(world, Speaker::peer, netns::End::peer, 0);
            world.md5_keys = {key_towards(other, v.detail == "prefix")};
          },
          at},
      warm_up(at),
  };
}

Step nobody_knows_the_key(At at) {
  return {"nobody knows the key", [](World& world) { world.md5_keys.clear(); }, at};
}

Step no_signature_was_wrong(At at) {
  return {"neither kernel has dropped a segment for its signature",
          [](World& world) {
            expect_none_dropped(world, netns::End::ours, "ours");
            expect_none_dropped(world, netns::End::peer, "peer");
          },
          at};
}

}  // namespace sockcr::scenario
