// Sockets that an engine has to refuse by name, and the cut that it refuses.
#include <fmt/format.h>
#include <cerrno>
#include <cstring>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/connect_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::string_view key = "a key that nobody guesses";

// What a kernel was not built with is no fault of anybody's.
template <class Make>
auto unless_lacking(std::string_view kind, const Make& make) {
  try {
    return make();
  } catch (const SystemError& error) {
    for (const int lacking : {ENOPROTOOPT, EPROTONOSUPPORT, ENOENT, EINVAL, ESOCKTNOSUPPORT}) {
      if (error.error_number() == lacking) {
        throw Unsupported(kind, fmt::format("this kernel does not have it ({})", error.what()));
      }
    }
    throw;
  }
}

// TCP_AO_ADD_KEY of Linux 6.7, for headers that are older.
struct AoKey {
  alignas(8) sockaddr_storage address;
  char algorithm[64];
  std::int32_t interface;
  std::uint32_t flags;  // bit 0: current, bit 1: next
  std::uint16_t reserved;
  std::uint8_t prefix, send_id, receive_id, mac_length, key_flags, key_length;
  std::uint8_t key[80];
};

void sign_with_ao(int socket, const Address& other) {
  constexpr int add_key = 38;
  AoKey ao{};
  Address host = other;
  host.port = 0;
  to_sockaddr(host, ao.address);
  std::strcpy(ao.algorithm, "hmac(sha1)");
  ao.prefix = host.family == AF_INET6 ? 128 : 32;
  ao.send_id = ao.receive_id = 100;
  ao.key_length = key.size();
  std::memcpy(ao.key, key.data(), key.size());
  unless_lacking("TCP-AO", [&] {
    set_option_bytes(socket, IPPROTO_TCP, add_key, "TCP_AO_ADD_KEY", &ao, sizeof ao);
  });
}

void use_tls(World& world) {
  const FileDescriptor socket = world.conversation(1).ours.borrow();
  unless_lacking(
      "kTLS", [&] { set_option_bytes(socket.get(), IPPROTO_TCP, TCP_ULP, "TCP_ULP", "tls", 4); });
}

void hold_sctp_socket(World& world) {
  const int domain = world.settings.variant.family == Family::v4 ? AF_INET : AF_INET6;
  const FileDescriptor socket =
      unless_lacking("SCTP", [&] { return make_socket(domain, SOCK_STREAM, IPPROTO_SCTP); });
  world.subjects[1].hold(socket.get());
}

// The other end is in the hands of a program that is not cut.
void hold_half_of_a_pair(World& world) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw SystemError("socketpair", "", errno);
  }
  const FileDescriptor one(ends[0]), other(ends[1]);
  world.subjects[1].hold(one.get());
  world.subjects[2].hold(other.get());
}

Ingredient ingredient_of(const std::string& kind) {
  if (kind == "mptcp") return {.protocol = IPPROTO_MPTCP};
  if (kind == "md5") return {.ours = sign_towards, .peer = sign_towards};
  if (kind == "ao") return {.ours = sign_with_ao, .peer = sign_with_ao};
  return {};
}

std::function<void(World&)> addition_of(const std::string& kind) {
  if (kind == "ktls") return use_tls;
  if (kind == "sctp") return hold_sctp_socket;
  if (kind == "unix") return hold_half_of_a_pair;
  return [](World&) {};
}

void expect_refusal(World& world, const std::string& kind) {
  const Snapshot before = look_at_ours(world);
  world.subjects[1].exist();
  CutRequest request{.subjects = {world.subjects[1].pid()},
                     .image_id = choose_image_id(),
                     .gate = &world.gate(),
                     .md5_keys = world.md5_keys};
  world.phase = Phase::cut_or_after;
  std::string refusal;
  try {
    const Trace::Scope tracing(&world.trace);
    const auto engine = engine_named(world.settings.engine).make();
    engine->freeze(request);
    engine->checkpoint();
  } catch (const Unsupported& unsupported) {
    refusal = unsupported.what();
  }
  // Another engine's words are its own.
  const std::string wanted = is_foreign(world.settings.engine) ? "" : kind;
  if (refusal.empty() || refusal.find(wanted) == std::string::npos) {
    throw Violation("what the engine says of " + kind, "a refusal by that name",
                    refusal.empty() ? "it wrote an image" : refusal);
  }
  expect_same(before, look_at_ours(world));
}

}  // namespace

Steps establish_refused(const Variant& v, At at) {
  return {
      Step{fmt::format("establish over {}", families_of(v)),
           [kind = v.detail](World& world) { connect_ends(world, ingredient_of(kind)); }, at},
      warm_up(at),
      Step{fmt::format("ours gets what makes it {}", v.detail), addition_of(v.detail), at},
  };
}

Step cut_is_refused(std::string kind, At at) {
  Step step{fmt::format("the engine refuses ours by name, {}, and ours is untouched", kind),
            [](World&) {}, at, StepKind::engine};
  step.becomes = [step, kind](const Settings& settings) {
    Steps steps;
    for (int i = 0; i < rounds_of(settings.cut); ++i) {
      steps.append(Step{step.text, [kind](World& world) { expect_refusal(world, kind); }, step.at,
                        StepKind::engine});
    }
    return steps;
  };
  return step;
}

}  // namespace sockcr::scenario
