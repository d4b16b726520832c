#include "engine/unix/perform.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>

#include "engine/options/filter.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/sys/trace.h"
#include "engine/unix/impersonate.h"
#include "engine/unix/name.h"
#include "engine/unix/node.h"

namespace sockcr {
namespace {

// What the kernel keeps besides the bytes, at the most: an skb with its head, and what is lost
// because memory comes in pages.
constexpr std::size_t around_a_message = 4096;

// How a socket is found: by its abstract name, or by its node, wherever that is now.
struct Way {
  explicit Way(int socket) {
    UnixName name = name_of(socket);
    if (is_path(name)) {
      node = open_node(socket);
      const std::string path = fmt::format("/proc/self/fd/{}", node.get());
      name.assign(path.begin(), path.end());
    }
    length = to_sockaddr(name, address);
  }

  FileDescriptor node;
  sockaddr_un address{};
  socklen_t length = 0;
};

FileDescriptor reserve_descriptor() {
  return FileDescriptor(call(
      "open", [] { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); },
      [] { return std::string("\"/dev/null\", O_RDONLY|O_CLOEXEC"); }));
}

void put_at(int socket, const FileDescriptor& place) {
  call(
      "dup3", [&] { return ::dup3(socket, place.get(), O_CLOEXEC); },
      [&] { return fmt::format("{}, {}, O_CLOEXEC", socket, place.get()); });
}

void make_pair_at(UnixType type, const FileDescriptor& one, const FileDescriptor& other) {
  int ends[2] = {-1, -1};
  const int flags = static_cast<int>(type) | SOCK_CLOEXEC;
  call(
      "socketpair", [&] { return ::socketpair(AF_UNIX, flags, 0, ends); },
      [&] { return fmt::format("AF_UNIX, {}|SOCK_CLOEXEC, 0", to_text(type)); });
  const FileDescriptor first(ends[0]), second(ends[1]);
  put_at(first.get(), one);
  put_at(second.get(), other);
}

template <class Value>
void append(std::vector<std::uint8_t>& control, int type, std::span<const Value> values) {
  const std::size_t bytes = values.size_bytes(), at = control.size();
  control.resize(at + CMSG_SPACE(bytes));
  cmsghdr header{};
  header.cmsg_len = CMSG_LEN(bytes);
  header.cmsg_level = SOL_SOCKET;
  header.cmsg_type = type;
  std::memcpy(control.data() + at, &header, sizeof header);
  std::memcpy(control.data() + at + CMSG_LEN(0), values.data(), bytes);
}

// One send(2): one message.
struct Letter {
  Letter(const UnixMessage& message, const std::vector<int>& carried, bool with_credentials)
      : payload(message.payload), flags(message.out_of_band ? MSG_OOB : 0) {
    if (!carried.empty()) append<int>(control, SCM_RIGHTS, carried);
    const Credentials& who = message.credentials;
    const ucred told{who.pid, who.uid, who.gid};
    if (with_credentials) append<ucred>(control, SCM_CREDENTIALS, {&told, 1});
  }

  ssize_t try_send(int from, const Way* to) const {
    iovec vector{const_cast<std::uint8_t*>(payload.data()), payload.size()};
    msghdr header{};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    if (!control.empty()) {
      header.msg_control = const_cast<std::uint8_t*>(control.data());
      header.msg_controllen = control.size();
    }
    sockaddr_un address{};
    if (to != nullptr) {
      address = to->address;
      header.msg_name = &address;
      header.msg_namelen = to->length;
    }
    return try_call(
        "sendmsg", [&] { return ::sendmsg(from, &header, flags | MSG_DONTWAIT | MSG_NOSIGNAL); },
        [&] { return describe(from); });
  }

  void send(int from, const Way* to) const {
    const ssize_t sent = try_send(from, to);
    if (sent == static_cast<ssize_t>(payload.size())) return;
    const SystemError error("sendmsg", describe(from), sent < 0 ? errno : EMSGSIZE);
    if (error.error_number() != EAGAIN) throw error;
    throw error.advise("here net.unix.max_dgram_qlen or net.core.wmem_max may be lower");
  }

  std::string describe(int from) const {
    return fmt::format("{}, {{{} bytes, {} of control}}, {:#x}", from, payload.size(),
                       control.size(), flags);
  }

  std::span<const std::uint8_t> payload;
  std::vector<std::uint8_t> control;
  int flags;
};

bool is_want_of_rights(int error_number) { return error_number == ESRCH || error_number == EPERM; }

}  // namespace

void UnixPerformer::perform(const UnixPlan& plan) {
  for (const UnixAction& action : plan) {
    if (Trace* trace = Trace::current()) trace->remark(to_text(action));
    try {
      std::visit([this](const auto& a) { apply(a); }, action);
    } catch (const SystemError& error) {
      throw error.about(to_text(action));
    }
  }
}

int UnixPerformer::socket(std::uint32_t number) const {
  const auto found = sockets_.find(number);
  return found == sockets_.end() ? -1 : found->second.get();
}

void UnixPerformer::adopt(std::uint32_t number, int standing) {
  sockets_[number] = FileDescriptor::duplicate_of(standing);
}

void UnixPerformer::give_up() {
  sockets_.clear();
  for (const std::string& path : bound_) ::unlink(path.c_str());
  bound_.clear();
}

void UnixPerformer::as(const Credentials& who, const std::string& what,
                       const std::function<void()>& call) {
  if (who == Credentials{} || act_as(who, call)) {
    if (who == Credentials{}) call();
    return;
  }
  lost_.push_back(fmt::format("{} was done by {}, and now by this process", what, to_text(who)));
  call();
}

void UnixPerformer::apply(const unix_action::MakeSocket& a) {
  sockets_[a.socket] = make_socket(AF_UNIX, static_cast<int>(a.type), 0);
}

void UnixPerformer::apply(const unix_action::MakePair& a) {
  FileDescriptor one = reserve_descriptor(), other = reserve_descriptor();
  as(a.as, "socketpair", [&] { make_pair_at(a.type, one, other); });
  sockets_[a.one] = std::move(one);
  sockets_[a.other] = std::move(other);
  partners_[a.one] = a.other;
  partners_[a.other] = a.one;
}

void UnixPerformer::apply(const unix_action::WriteOption& a) {
  const OptionRow* row = find_option(a.value.level, a.value.number);
  if (row == nullptr) {
    throw Unsupported(fmt::format("option {}/{}", a.value.level, a.value.number),
                      "not in this release's table");
  }
  std::string missing = write_option(socket(a.socket), *row, a.value, a.kind);
  if (!missing.empty()) lost_.push_back(std::move(missing));
}

void UnixPerformer::apply(const unix_action::Bind& a) {
  if (is_path(a.name)) return bind_path(a);
  sockaddr_un address{};
  const socklen_t length = to_sockaddr(a.name, address);
  try {
    bind_socket(socket(a.socket), reinterpret_cast<const sockaddr*>(&address), length);
  } catch (const SystemError& error) {
    if (error.error_number() != EADDRINUSE) throw;
    throw error.advise("somebody else has this name: once it is free the image can be restored");
  }
}

void UnixPerformer::bind_path(const unix_action::Bind& a) {
  const WorkingDirectory inside(a.node.directory);
  const std::string name(a.name.begin(), a.name.end());
  std::optional<Aside> aside;
  if (a.node.unlinked) {
    aside.emplace(name);
  } else {
    unlink_dead_node(name, static_cast<UnixType>(get_option(socket(a.socket), option::type)));
  }
  sockaddr_un address{};
  const socklen_t length = to_sockaddr(a.name, address);
  bind_socket(socket(a.socket), reinterpret_cast<const sockaddr*>(&address), length);
  if (a.node.unlinked) {
    call(
        "unlink", [&] { return ::unlink(name.c_str()); },
        [&] { return fmt::format("\"{}\"", name); });
    return;
  }
  const std::string directory(a.node.directory.begin(), a.node.directory.end());
  bound_.push_back(directory.empty() ? name : directory + "/" + name);
  set_owner(name, a.node);
}

void UnixPerformer::set_owner(const std::string& path, const UnixNode& node) {
  const int owned = try_call(
      "lchown", [&] { return ::lchown(path.c_str(), node.uid, node.gid); },
      [&] { return fmt::format("{}, {}, {}", path, node.uid, node.gid); });
  if (owned != 0) {
    lost_.push_back(fmt::format("the owner of {}, uid {}, gid {}", path, node.uid, node.gid));
  }
  call(
      "chmod", [&] { return ::chmod(path.c_str(), node.mode); },
      [&] { return fmt::format("{}, {:04o}", path, node.mode); });
}

void UnixPerformer::apply(const unix_action::Listen& a) {
  as(a.as, "listen", [&] { listen_socket(socket(a.socket), static_cast<int>(a.backlog)); });
}

void UnixPerformer::apply(const unix_action::Connect& a) {
  const Way way(socket(a.to));
  const int client = socket(a.socket);
  set_nonblocking(client, true);
  as(a.as, "connect",
     [&] { connect_socket(client, reinterpret_cast<const sockaddr*>(&way.address), way.length); });
  set_nonblocking(client, false);
}

void UnixPerformer::apply(const unix_action::Accept& a) {
  sockets_[a.socket] = accept_socket(socket(a.listener));
}

void UnixPerformer::apply(const unix_action::MakeRoom& a) {
  const int sender = socket(a.sender);
  const std::size_t bytes = 2 * a.bytes + around_a_message * a.messages;
  const int wanted = static_cast<int>(std::min<std::size_t>(bytes, INT32_MAX / 2));
  if (wanted <= get_option(sender, option::send_buffer)) return;
  if (set_option_if_permitted(sender, option::send_buffer_force, wanted)) return;
  set_option(sender, option::send_buffer, wanted);
}

void UnixPerformer::apply(const unix_action::Send& a) {
  for (const UnixMessage& message : a.messages) send(a.from, a.to, message);
}

bool UnixPerformer::needs_address(std::uint32_t from, std::uint32_t to) const {
  if (get_option(socket(from), option::type) != SOCK_DGRAM) return false;
  const auto partner = partners_.find(from);
  return partner == partners_.end() || partner->second != to;
}

// The kernel lets nobody tell of a process that is not there: it has to be there for a moment.
void UnixPerformer::send(std::uint32_t sender, std::uint32_t to, const UnixMessage& message) {
  const int from = socket(sender);
  std::vector<int> carried;
  for (const UnixRight& right : message.rights) {
    const int own = socket(right.socket);
    carried.push_back(own >= 0 ? own : other_socket_(right.socket));
  }
  std::optional<Way> way;
  if (needs_address(sender, to)) way.emplace(socket(to));
  const Way* where = way ? &*way : nullptr;
  const Letter letter(message, carried, message.has_credentials);
  if (!message.has_credentials) return letter.send(from, where);
  if (letter.try_send(from, where) >= 0) return;
  if (!is_want_of_rights(errno)) return letter.send(from, where);
  if (act_as(message.credentials, [&] { letter.send(from, where); })) return;
  lost_.push_back("who sent a message: " + to_text(message.credentials));
  Letter(message, carried, false).send(from, where);
}

void UnixPerformer::apply(const unix_action::LeaveUnread& a) {
  send_bytes(socket(a.from), Bytes{0}, MSG_DONTWAIT);
}

void UnixPerformer::apply(const unix_action::Close& a) { sockets_.erase(a.socket); }

void UnixPerformer::apply(const unix_action::ShutDown& a) {
  shut_down_socket(socket(a.socket), a.receive && a.send ? SHUT_RDWR
                                     : a.receive         ? SHUT_RD
                                                         : SHUT_WR);
}

void UnixPerformer::apply(const unix_action::AttachFilter& a) {
  attach(socket(a.socket), a.filter);
}

}  // namespace sockcr
