#include "engine/unix/plan.h"

#include <fmt/format.h>
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/sys/error.h"
#include "engine/unix/kinds.h"

namespace sockcr {
namespace {

namespace act = unix_action;

bool is_of_datagrams(const UnixSocket& socket) { return socket.type == UnixType::dgram; }

// Of datagrams only socketpair(2) tells who made a peer.
bool was_made_as_pair(const UnixSocket& socket) {
  return is_of_datagrams(socket) && socket.peer_credentials != Credentials{};
}

class Planner {
 public:
  explicit Planner(const Image& image)
      : image_(image),
        plans_(image.sockets.size()),
        next_(static_cast<std::uint32_t>(image.sockets.size())) {
    for (std::uint32_t n = 1; n <= image.sockets.size(); ++n) note(n);
  }

  std::vector<UnixPlans> run() {
    each([this](std::uint32_t n, const UnixSocket& s) { make(n, s); });
    each([this](std::uint32_t n, const UnixSocket& s) { name_and_set(n, s); });
    each([this](std::uint32_t n, const UnixSocket& s) { fill(n, s); });
    each([this](std::uint32_t n, const UnixSocket& s) { join(n, s); });
    each([this](std::uint32_t n, const UnixSocket& s) { finish(n, s); });
    return std::move(plans_);
  }

 private:
  // One end of a connection to be made.
  struct Side {
    std::uint32_t number;
    UnixName name;
    UnixNode node;
    Credentials peer;  // as it sees them
  };
  using TypedName = std::pair<UnixType, UnixName>;

  template <class Visit>
  void each(Visit visit) {
    for (std::uint32_t n = 1; n <= image_.sockets.size(); ++n) {
      if (const UnixSocket* socket = at(n)) visit(n, *socket);
    }
  }
  const UnixSocket& peer_of(const UnixSocket& s) const {
    return std::get<UnixSocket>(image_.sockets.at(s.peer - 1));
  }

  // Null where it is no unix socket.
  const UnixSocket* at(std::uint32_t number) const {
    return std::get_if<UnixSocket>(&image_.sockets.at(number - 1));
  }
  UnixPlans& of(std::uint32_t number) { return plans_[number - 1]; }

  void note(std::uint32_t n) {
    const UnixSocket* socket = at(n);
    if (socket == nullptr) return;
    if (socket->listening) listeners_[{socket->type, socket->name}] = n;
    if (socket->listener != 0) return;
    if (!is_of_datagrams(*socket) && is_connected(*socket)) ++named_[{socket->type, socket->name}];
    if (is_of_datagrams(*socket) && !socket->name.empty()) senders_[socket->name] = n;
  }

  // What is there for a while.
  std::uint32_t make_another(UnixPlan& plan, UnixType type) {
    plan.push_back(act::MakeSocket{++next_, type});
    return next_;
  }

  void make(std::uint32_t n, const UnixSocket& s) {
    if (s.listener != 0) return;  // its client's connect(2) makes it
    if (s.peer_gone) return make_beside_one_that_goes(n, s);
    const UnixSocket* peer = s.peer != 0 ? at(s.peer) : nullptr;
    const bool waits = peer != nullptr && peer->listener != 0;
    const bool pair = is_of_datagrams(s) ? was_made_as_pair(s) : peer != nullptr && !waits;
    if (!pair) {
      of(n).make.push_back(act::MakeSocket{n, s.type});
    } else if (peer == nullptr || peer->peer != n ||
               (is_of_datagrams(s) && !was_made_as_pair(*peer))) {
      make_half_of_a_pair(n, s);
    } else if (n < s.peer) {
      make_connection(of(n), s.type, side(n, s), side(s.peer, *peer));
    }
  }

  static Side side(std::uint32_t n, const UnixSocket& s) {
    return {n, s.name, s.node, s.peer_credentials};
  }

  // It was connected to another one since.
  void make_half_of_a_pair(std::uint32_t n, const UnixSocket& s) {
    of(n).make.push_back(act::MakePair{n, ++next_, s.type, s.peer_credentials});
    of(n).make.push_back(act::Close{next_});
  }

  void make_beside_one_that_goes(std::uint32_t n, const UnixSocket& s) {
    const std::uint32_t other = gone_[n] = ++next_;
    UnixPlan& plan = of(n).make;
    if (is_of_datagrams(s) && !was_made_as_pair(s)) {
      plan.push_back(act::MakeSocket{n, s.type});
      plan.push_back(act::MakeSocket{other, s.type});
    } else {
      make_connection(of(n), s.type, side(n, s), {other, s.peer_name, {}, s.peer_credentials});
    }
    if (accepted_.contains(other) || s.peer_name.empty()) return;
    plan.push_back(act::Bind{other, s.peer_name, {.directory = {}, .unlinked = true}});
  }

  void make_connection(UnixPlans& plans, UnixType type, const Side& a, const Side& b) {
    if (is_of_datagrams_type(type)) return make_pair(plans.make, type, a, b);
    if (const auto of_a = listener_of(type, a); of_a != 0)
      return meet(plans.make, type, b, a, of_a);
    if (const auto of_b = listener_of(type, b); of_b != 0)
      return meet(plans.make, type, a, b, of_b);
    const bool a_is_shared = is_shared(type, a), b_is_shared = is_shared(type, b);
    const bool alike = a.peer == b.peer && !a_is_shared && !b_is_shared;
    if (alike || (a.name.empty() && b.name.empty())) return make_pair(plans.make, type, a, b);
    const Side& server = b_is_shared || (!a_is_shared && a.name.empty()) ? b : a;
    const Side& client = &server == &a ? b : a;
    meet(plans.make, type, client, server, former_listener(plans, type, server, client.peer));
  }

  static bool is_of_datagrams_type(UnixType type) { return type == UnixType::dgram; }

  static void make_pair(UnixPlan& plan, UnixType type, const Side& a, const Side& b) {
    plan.push_back(act::MakePair{a.number, b.number, type, a.peer});
  }

  // By connect(2) and accept(2): the server has the listener's name.
  void meet(UnixPlan& plan, UnixType type, const Side& client, const Side& server,
            std::uint32_t listener) {
    plan.push_back(act::MakeSocket{client.number, type});
    plan.push_back(act::Connect{client.number, listener, server.peer});
    plan.push_back(act::Accept{listener, server.number});
    accepted_.insert(server.number);
  }

  std::uint32_t listener_of(UnixType type, const Side& side) const {
    const auto found = listeners_.find({type, side.name});
    return side.name.empty() || found == listeners_.end() ? 0 : found->second;
  }

  bool is_shared(UnixType type, const Side& side) const {
    const auto found = named_.find({type, side.name});
    return !side.name.empty() && found != named_.end() && found->second > 1;
  }

  // One that was there once, for all that it accepted.
  std::uint32_t former_listener(UnixPlans& plans, UnixType type, const Side& server,
                                const Credentials& as) {
    std::uint32_t& former = former_[{type, server.name}];
    if (former != 0) return former;
    former = make_another(plans.make, type);
    plans.make.push_back(act::Bind{former, server.name, server.node});
    plans.make.push_back(act::Listen{former, 1, as});
    plans.fill.push_back(act::Close{former});
    return former;
  }

  void name_and_set(std::uint32_t n, const UnixSocket& s) {
    if (s.listener != 0) return;
    add_options(of(n).make, n, s, OptionPhase::fresh);
    add_options(of(n).make, n, s, OptionPhase::connected);
    if (!s.name.empty() && !accepted_.contains(n)) {
      of(n).make.push_back(act::Bind{n, s.name, s.node});
    }
    if (!s.listening) return;
    of(n).make.push_back(act::Listen{n, s.backlog, s.peer_credentials});
    // Whom it accepts inherits what it wants to be told (Linux 6.16).
    complete(of(n).make, n, s);
  }

  void add_options(UnixPlan& plan, std::uint32_t n, const UnixSocket& s, OptionPhase phase) {
    auto& defaults = defaults_[s.type];
    if (defaults.empty()) defaults = options_of_new_unix_socket(s.type);
    const auto options = without_defaults(s.options, defaults);
    for (const OptionRow& row : option_table()) {
      if (row.phase != phase) continue;
      for (const OptionValue& value : options) {
        if (value.level != row.level || value.number != row.number) continue;
        plan.push_back(act::WriteOption{n, value, kind_of(s.type)});
      }
    }
  }

  void fill(std::uint32_t n, const UnixSocket& s) {
    if (s.listener != 0 || s.queue.empty()) return;
    if (!is_of_datagrams(s))
      return send(of(n).fill, gone_.contains(n) ? gone_[n] : s.peer, n, s.queue);
    const std::size_t others = number_of_others(n, s);
    for (std::size_t i = 0; i < s.queue.size(); ++i) {
      if (i == others) connect(of(n).fill, n, s);
      const std::uint32_t before = next_, from = sender_of(n, s, s.queue[i]);
      send(of(n).fill, from, n, std::span(&s.queue[i], 1));
      if (from > before) of(n).fill.push_back(act::Close{from});
    }
  }

  // How many messages stand in front of those that came when it was connected already. From then on
  // its peer alone was heard, and as much of it as it had room for; of the others only as many as
  // net.unix.max_dgram_qlen says.
  std::size_t number_of_others(std::uint32_t n, const UnixSocket& s) const {
    std::size_t others = s.queue.size();
    if (!is_connected(s) || is_joined(n, s)) return others;
    const UnixName& peer = s.peer_gone ? s.peer_name : peer_of(s).name;
    while (others > 0 && s.queue[others - 1].sender == peer) --others;
    return others;
  }

  void connect(UnixPlan& plan, std::uint32_t n, const UnixSocket& s) {
    plan.push_back(act::Connect{n, s.peer_gone ? gone_[n] : s.peer, {}});
    connected_.insert(n);
  }

  static void send(UnixPlan& plan, std::uint32_t from, std::uint32_t to,
                   std::span<const UnixMessage> messages) {
    act::MakeRoom room{from, messages.size(), 0};
    for (const UnixMessage& one : messages) room.bytes += one.payload.size();
    plan.push_back(room);
    plan.push_back(act::Send{from, to, messages});
  }

  // Who has sent it: the peer of a pair, a socket of the image by its name, or somebody who is
  // there for it alone.
  std::uint32_t sender_of(std::uint32_t n, const UnixSocket& s, const UnixMessage& message) {
    if (gone_.contains(n) && message.sender == s.peer_name) return gone_[n];
    const UnixSocket* peer = s.peer != 0 ? at(s.peer) : nullptr;
    if (peer != nullptr && peer->peer == n && peer->name == message.sender) return s.peer;
    if (s.name.empty()) {
      throw Unsupported(fmt::format("message {} in the queue of {}", to_text(message), to_text(s)),
                        "who sent it is not connected to it, and nobody else finds it");
    }
    const auto known = senders_.find(message.sender);
    if (!message.sender.empty() && known != senders_.end()) return known->second;
    return stranger(n, message.sender);
  }

  std::uint32_t stranger(std::uint32_t n, const UnixName& name) {
    UnixPlan& plan = of(n).fill;
    const std::uint32_t number = make_another(plan, UnixType::dgram);
    if (!name.empty()) plan.push_back(act::Bind{number, name, {.directory = {}, .unlinked = true}});
    return number;
  }

  void join(std::uint32_t n, const UnixSocket& s) {
    UnixPlan& plan = of(n).join;
    if (s.listener != 0) return wait(plan, s);
    const bool finds_its_peer = is_of_datagrams(s) && is_connected(s) && !is_joined(n, s);
    if (finds_its_peer && !connected_.contains(n)) connect(plan, n, s);
    if (!s.peer_gone) return;
    if (s.error != 0) plan.push_back(act::LeaveUnread{n});
    plan.push_back(act::Close{gone_[n]});
  }

  // By the pair that it was made as.
  bool is_joined(std::uint32_t n, const UnixSocket& s) const {
    if (!was_made_as_pair(s)) return false;
    return s.peer_gone || (s.peer != 0 && peer_of(s).peer == n && was_made_as_pair(peer_of(s)));
  }

  void wait(UnixPlan& plan, const UnixSocket& s) {
    const std::uint32_t client = s.peer_gone ? make_another(plan, s.type) : s.peer;
    if (s.peer_gone && !s.peer_name.empty()) {
      plan.push_back(act::Bind{client, s.peer_name, {.directory = {}, .unlinked = true}});
    }
    plan.push_back(act::Connect{client, s.listener, s.peer_credentials});
    if (!s.queue.empty()) send(plan, client, 0, s.queue);
    if (s.peer_gone) plan.push_back(act::Close{client});
  }

  void finish(std::uint32_t n, const UnixSocket& s) {
    if (s.listener != 0) return;
    UnixPlan& plan = of(n).finish;
    add_options(plan, n, s, OptionPhase::filled);
    if ((s.shut_down_receive || s.shut_down_send) && (!s.peer_gone || is_of_datagrams(s))) {
      plan.push_back(act::ShutDown{n, s.shut_down_receive, s.shut_down_send});
    }
    if (!s.listening) complete(plan, n, s);
  }

  void complete(UnixPlan& plan, std::uint32_t n, const UnixSocket& s) {
    if (!is_none(s.filter)) plan.push_back(act::AttachFilter{n, s.filter});
    add_options(plan, n, s, OptionPhase::complete);
  }

  const Image& image_;
  std::vector<UnixPlans> plans_;
  std::uint32_t next_;
  std::map<TypedName, std::uint32_t> listeners_, former_;
  std::map<TypedName, int> named_;                // connected ends of each name
  std::map<UnixName, std::uint32_t> senders_;     // of datagrams
  std::map<std::uint32_t, std::uint32_t> gone_;   // a socket -> who is in its peer's place
  std::set<std::uint32_t> accepted_, connected_;  // connected_: datagrams, before all had come
  std::map<UnixType, std::vector<OptionValue>> defaults_;
};

}  // namespace

std::vector<UnixPlans> plan_unix(const Image& image) { return Planner(image).run(); }

}  // namespace sockcr
