#include "engine/restore.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <algorithm>
#include <cstdio>
#include <map>
#include <numeric>

#include "engine/image/validate.h"
#include "engine/options/filter.h"
#include "engine/options/table.h"
#include "engine/process/diag.h"
#include "engine/raw/plan.h"
#include "engine/signatures.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/listener.h"
#include "engine/tcp/rebuild.h"
#include "engine/tcp/request.h"
#include "engine/tcp/syn_sent.h"
#include "engine/tcp/time_wait.h"
#include "engine/tcp/unaccepted.h"
#include "engine/tcp/unconnected.h"
#include "engine/udp/membership.h"

namespace sockcr {
namespace {

std::vector<OptionValue> options_of_new_socket(int domain) {
  return read_options(make_socket(domain, SOCK_STREAM, IPPROTO_TCP).get(), domain,
                      OptionUse::unconnected);
}

struct MakePlan {
  Target target;

  SocketPlan operator()(const TcpConnection& c) const {
    switch (c.owner) {
      case Owner::program:
        return {plan_build(c, target), {}, plan_resume(c)};
      case Owner::listener:
        return {plan_build_unaccepted(c), {}, {}};
      case Owner::nobody:
        return {plan_build_orphan(c, target), {}, plan_resume_orphan(c)};
    }
    return {};
  }
  SocketPlan operator()(const TcpListener& s) const {
    return {plan_build(s, target), plan_complete(s, target), {}};
  }
  SocketPlan operator()(const TcpSynSent& s) const {
    return {plan_build(s, target), plan_complete(s), plan_resume(s)};
  }
  SocketPlan operator()(const TcpRequest& s) const { return {plan_build(s), {}, plan_resume(s)}; }
  SocketPlan operator()(const TcpTimeWait& s) const { return {plan_build(s, target), {}, {}}; }
  SocketPlan operator()(const TcpUnconnected& s) const { return {plan_build(s, target), {}, {}}; }
  SocketPlan operator()(const UdpSocket& s) const {
    return {{}, {}, {}, plan_build(s, target.options), plan_complete(s, target.options)};
  }
  SocketPlan operator()(const RawSocket& s) const {
    return {{}, {}, {}, plan_build(s, target.options), plan_complete(s, target.options)};
  }
  SocketPlan operator()(const UnixSocket&) const { return {}; }  // plan_unix
};

// One after the other; within a stage in the image's order, but listeners by their places, and
// sockets of datagrams by their rank first. A listener comes before whatever has its port, requests
// before the connections that might fill the accept queue, for a full one takes no SYN.
struct Stage {
  int operator()(const TcpListener&) const { return 0; }
  int operator()(const TcpConnection& c) const { return c.owner == Owner::listener ? 3 : 1; }
  int operator()(const TcpSynSent&) const { return 1; }
  int operator()(const TcpTimeWait&) const { return 1; }
  int operator()(const TcpUnconnected&) const { return 1; }
  int operator()(const UdpSocket&) const { return 1; }
  int operator()(const RawSocket&) const { return 1; }
  int operator()(const UnixSocket& s) const { return s.listening ? 0 : 1; }
  int operator()(const TcpRequest&) const { return 2; }
};

struct Turn {
  int stage;
  unsigned rank = 0;
  std::uint32_t place = 0;

  // clang-tidy 14 takes the zero inside a defaulted <=> for a null pointer.
  auto operator<=>(const Turn&) const = default;  // NOLINT(modernize-use-nullptr)
};

Turn turn_of(const Socket& socket) {
  Turn turn{std::visit(Stage{}, socket)};
  if (const auto* listener = std::get_if<TcpListener>(&socket)) turn.place = listener->group_place;
  if (const auto* udp = std::get_if<UdpSocket>(&socket)) {
    turn.rank = rank_of(*udp);
    turn.place = udp->group_place;
  }
  return turn;
}

std::vector<std::size_t> build_order(const std::vector<Socket>& sockets) {
  std::vector<std::size_t> order(sockets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return turn_of(sockets[a]) < turn_of(sockets[b]);
  });
  return order;
}

// The domain's defaults, and where time stamps count from on this machine.
class Targets {
 public:
  Targets(const Circumstance& then, std::span<const Md5Key> keys)
      : keys_(keys), then_(then), now_(current_circumstance(then.image_id)) {}

  Target of(const Socket& socket) {
    Target target = std::visit([this](const auto& kind) { return this->target_of(kind); }, socket);
    target.keys = keys_of(socket, keys_);
    return target;
  }

 private:
  template <class Kind>
  Target target_of(const Kind& kind) {
    if (!defaults_.contains(kind.domain)) {
      defaults_[kind.domain] = options_of_new_socket(kind.domain);
    }
    Target target{{}, defaults_[kind.domain]};
    if constexpr (requires { kind.clock; }) target.clock = rebased(kind.clock, then_, now_);
    return target;
  }

  // Not const: the template would fit better.
  Target target_of(const UdpSocket& socket) {
    return {{}, options_of_new_udp_socket(socket.domain, socket.lite)};
  }

  // Not const: the template would fit better.
  Target target_of(const RawSocket& socket) {
    return {{}, options_of_new_raw_socket(socket.domain, socket.protocol)};
  }

  static Target target_of(const UnixSocket&) { return {}; }

  std::span<const Md5Key> keys_;
  Circumstance then_, now_;
  std::map<int, std::vector<OptionValue>> defaults_;
};

// Their clocks are the new kernel's own: it makes them from the addresses and a secret of its boot.
void refuse_foreign_clock(const Socket& socket, const Circumstance& then) {
  if (then.boot_id == current_circumstance(then.image_id).boot_id) return;
  const auto* request = std::get_if<TcpRequest>(&socket);
  const auto* child = std::get_if<TcpConnection>(&socket);
  const bool foreign =
      (request != nullptr && request->negotiated.timestamps) ||
      (child != nullptr && child->owner == Owner::listener && child->negotiated.timestamps);
  if (!foreign) return;
  throw Unsupported(to_text(socket) + " of another boot, with time stamps",
                    "only BPF can set the clock of what nobody has accepted");
}

// The id of a program is of one boot.
void refuse_foreign_program(const Socket& socket, const Circumstance& then) {
  std::visit(
      [&](const auto& kind) {
        if constexpr (requires { kind.filter; }) {
          if (kind.filter.program == 0) return;
          if (then.boot_id != current_circumstance(then.image_id).boot_id) {
            throw Unsupported(
                fmt::format("{}: a socket filter, {}", to_text(kind), to_text(kind.filter)),
                "it was loaded in another boot of a kernel");
          }
          require_program_of(kind.filter);
        }
      },
      socket);
}

void destroy(const UdpSocket&) {}  // gone with its descriptor
void destroy(const RawSocket&) {}

template <class Kind>
void destroy(const Kind& kind) {
  if constexpr (requires { kind.remote; }) {
    if (const auto found = find_tcp(kind.local, kind.remote)) destroy_tcp(*found);
  }
}

void require_room(const Socket& socket) {
  std::visit(
      [](const auto& kind) {
        if constexpr (requires { kind.memberships; }) {
          require_room_for(kind.memberships, to_text(kind));
        }
      },
      socket);
}

bool is_on_its_own(const Socket& socket) {
  const auto* c = std::get_if<TcpConnection>(&socket);
  return std::holds_alternative<TcpTimeWait>(socket) || (c != nullptr && c->owner == Owner::nobody);
}

}  // namespace

std::vector<SocketPlan> plans_of(const Image& image, std::size_t first,
                                 std::span<const Md5Key> keys) {
  Targets targets(image.circumstance, keys);
  std::vector<SocketPlan> plans;
  for (std::size_t i = first; i < image.sockets.size(); ++i) {
    const Socket& socket = image.sockets[i];
    refuse_foreign_clock(socket, image.circumstance);
    refuse_foreign_program(socket, image.circumstance);
    require_room(socket);
    plans.push_back(std::visit(MakePlan{targets.of(socket)}, socket));
  }
  if (first != 0) return plans;  // unix sockets are planned together
  std::vector<UnixPlans> local = plan_unix(image);
  for (std::size_t i = 0; i < plans.size(); ++i) plans[i].local = std::move(local[i]);
  return plans;
}

Restoration::Restoration(Image image, std::span<const Md5Key> keys)
    : image_(std::move(image)),
      unix_performer_([this](std::uint32_t number) { return socket(number - 1); }) {
  validate(image_);
  plans_ = plans_of(image_, 0, keys);
  performers_.resize(image_.sockets.size());
  udp_performers_.resize(image_.sockets.size());
}

void Restoration::build_udp(std::size_t i) {
  udp_performers_[i] = std::make_unique<UdpPerformer>(to_text(image_.sockets[i]), forger_);
  udp_performers_[i]->perform(plans_[i].datagrams);
}

void Restoration::build_unix(UnixPlan UnixPlans::*part) {
  for (const SocketPlan& plan : plans_) unix_performer_.perform(plan.local.*part);
}

void Restoration::build(std::size_t i) {
  if (std::holds_alternative<UnixSocket>(image_.sockets[i])) {
    return unix_performer_.perform(plans_[i].local.make);
  }
  if (!plans_[i].datagrams.empty()) return build_udp(i);
  performers_[i] = std::make_unique<Performer>(to_text(image_.sockets[i]), injectors_);
  performers_[i]->perform(plans_[i].build);
}

void Restoration::build() {
  try {
    for (const std::size_t i : build_order(image_.sockets)) build(i);
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      if (performers_[i]) performers_[i]->perform(plans_[i].complete);
      if (udp_performers_[i]) udp_performers_[i]->perform(plans_[i].datagrams_complete);
    }
    for (const auto part : {&UnixPlans::fill, &UnixPlans::join, &UnixPlans::finish}) {
      build_unix(part);
    }
    build_open_files();
  } catch (...) {
    undo();
    throw;
  }
}

int Restoration::socket(std::size_t i) const {
  if (udp_performers_[i]) return udp_performers_[i]->socket();
  if (performers_[i]) return performers_[i]->socket() ? performers_[i]->socket().get() : -1;
  return unix_performer_.socket(static_cast<std::uint32_t>(i + 1));
}

std::vector<int> Restoration::sockets() const {
  std::vector<int> numbers;
  for (std::size_t i = 0; i < performers_.size(); ++i) numbers.push_back(socket(i));
  return numbers;
}

std::vector<std::string> Restoration::losses() const {
  std::vector<std::string> all = unix_performer_.lost();
  const auto add = [&](std::size_t i, const std::vector<std::string>& losses) {
    for (const std::string& loss : losses) all.push_back(to_text(image_.sockets[i]) + ": " + loss);
  };
  for (std::size_t i = 0; i < performers_.size(); ++i) {
    add(i, lost_owner(i));
    if (performers_[i]) add(i, performers_[i]->losses());
    if (udp_performers_[i]) add(i, udp_performers_[i]->losses());
  }
  return all;
}

void Restoration::resume() {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    if (performers_[i]) performers_[i]->perform(plans_[i].resume);
  }
}

// Closing a listener ends what waits in its queues.
void Restoration::undo() {
  unix_performer_.give_up();
  for (std::size_t i = 0; i < performers_.size(); ++i) {
    const bool built = is_built(i);
    performers_[i].reset();
    udp_performers_[i].reset();
    if (!built || !is_on_its_own(image_.sockets[i])) continue;
    try {
      std::visit([](const auto& kind) { destroy(kind); }, image_.sockets[i]);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "while undoing %s: %s\n", to_text(image_.sockets[i]).c_str(),
                   error.what());
    }
  }
}

}  // namespace sockcr
