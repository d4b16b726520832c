// Mistakes of when and where: a gate that opens too early, a restore in another namespace or at
// another address.
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <csignal>
#include <optional>
#include <vector>

#include "engine/sys/error.h"
#include "engine/sys/netlink.h"
#include "engine/sys/pidfd.h"
#include "engine/sys/setns.h"
#include "engine/sys/socket.h"
#include "scenarios/engines/mistake.h"

namespace sockcr::scenario {
namespace {

constexpr int first_descriptor = 3;  // of a subject

class HomeSick : public Native {
 public:
  void freeze(const CutRequest& request) override {
    home_ = NetworkNamespace::current();
    Native::freeze(request);
  }
  void restore() override {
    const NetworkNamespace::Scope inside(*home_);
    Native::restore();
  }

 private:
  std::optional<NetworkNamespace> home_;
};

class Stubborn : public Native {
 public:
  void readdress(const Address&, const Address&) override {}
};

// Gives what is unread to the first restore of an image, and nothing to the next.
class Spent : public Native {
 public:
  void restore() override {
    Native::restore();
    spent_ = true;
  }

 protected:
  void edit(Image& image) const override {
    if (!spent_) return;
    for (Socket& socket : image.sockets) {
      auto* c = std::get_if<TcpConnection>(&socket);
      if (c == nullptr) continue;
      c->receive_queue.clear();
      c->copied_seq = c->rcv_nxt;
    }
  }

 private:
  bool spent_ = false;
};

// Believes that the gate is needed only while sockets are there.
class Careless : public Native {
 public:
  void freeze(const CutRequest& request) override {
    gate_ = request.gate;
    Native::freeze(request);
  }
  void kill() override {
    Native::kill();
    gate_->open();
  }
  void restore() override {
    gate_->close();
    Native::restore();
  }

 private:
  Gate* gate_ = nullptr;
};

// Leaves nothing of what firewalls knew of a connection when it kills its program.
class Forgetful : public Native {
 public:
  void kill() override {
    Native::kill();
    constexpr int delete_connections = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
    NetlinkMessage all(delete_connections, NLM_F_REQUEST | NLM_F_ACK);
    const nfgenmsg header{.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0, .res_id = 0};
    all.append(&header, sizeof header);
    NetlinkSocket(NETLINK_NETFILTER).request(all, "to forget every connection");
  }
};

// What a restore that fails has made so far stays.
class Littering : public Native {
 public:
  void restore() override {
    try {
      Native::restore();
    } catch (const SystemError&) {
      left_.push_back(make_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
      listen_socket(left_.back().get(), 1);
      throw;
    }
  }

 private:
  std::vector<FileDescriptor> left_;
};

// Opens the gate for a moment, when the sockets are gone and not yet there again.
class Peeping : public Native {
 public:
  void freeze(const CutRequest& request) override {
    gate_ = request.gate;
    Native::freeze(request);
  }
  void kill() override {
    Native::kill();
    gate_->open();
    gate_->close();
  }

 private:
  Gate* gate_ = nullptr;
};

// Does something more to the subjects when they should run on, whether the checkpoint was taken or
// has failed.
class Clumsy : public Native {
 public:
  explicit Clumsy(std::function<void(const PidFd&)> act) : act_(std::move(act)) {}
  ~Clumsy() override {
    if (!killed_) Clumsy::let_go();
  }
  void freeze(const CutRequest& request) override {
    for (const pid_t pid : request.subjects) subjects_.push_back(PidFd::open(pid));
    Native::freeze(request);
  }
  void kill() override {
    killed_ = true;
    Native::kill();
  }
  void let_go() override {
    Native::let_go();
    for (const PidFd& subject : subjects_) act_(subject);
    subjects_.clear();
  }

 private:
  std::function<void(const PidFd&)> act_;
  std::vector<PidFd> subjects_;
  bool killed_ = false;
};

void leave_in_repair(const PidFd& subject) {
  enter_repair(subject.take(first_descriptor).get(), Reuse::keep);
}

void take_a_byte(const PidFd& subject) {
  std::uint8_t byte = 0;
  const FileDescriptor socket = subject.take(first_descriptor);
  static_cast<void>(::recv(socket.get(), &byte, 1, MSG_DONTWAIT));
}

template <class Broken>
EngineEntry entry_of(std::string name, std::string about, std::vector<std::string> cases) {
  return {"broken:" + std::move(name), std::move(about), std::move(cases),
          [] { return std::make_unique<Broken>(); }};
}

EngineEntry clumsy_entry(std::string name, std::string about, std::vector<std::string> cases,
                         std::function<void(const PidFd&)> act) {
  return {"broken:" + std::move(name), std::move(about), std::move(cases),
          [act = std::move(act)] { return std::make_unique<Clumsy>(act); }};
}

}  // namespace

std::vector<EngineEntry> engines_broken_elsewhere() {
  return {
      entry_of<HomeSick>("home-sick", "the sockets are built in the namespace that they came from",
                         {"migrate.v4_active_empty_ts", "migrate.v6_passive_empty_nots_link"}),
      entry_of<Littering>("littering", "a restore that fails leaves a socket behind",
                          {"address_kinds.v4_active_unread_ts_occupied",
                           "address_kinds.v6_passive_unread_ts_occupied"}),
      entry_of<Peeping>(
          "peeping", "opens the gate for a moment between the kill and the restore",
          {"arrivals.v4_active_empty_ts", "arrivals.v6_passive_unread_nots_close_wait"}),
      entry_of<Careless>("careless", "the gate is open between the kill and the restore",
                         {"gap.v4_active_all_ts", "gap.v6_passive_all_nots"}),
      entry_of<Forgetful>("forgetful",
                          "what connection tracking knows is thrown away with the killed program",
                          {"conntrack.v4_active_empty_ts", "conntrack.v6_passive_unacked_nots"}),
      entry_of<Spent>("spent", "the second restore of an image finds the receive queue empty",
                      {"restored_twice.v4_active_unread_ts", "restored_twice.v6_passive_all_nots"}),
      entry_of<Stubborn>(
          "stubborn", "who has moved to another address is restored at the old one",
          {"migrate.v4_active_empty_ts_new_address", "migrate.v6_passive_all_nots_new_address"}),
      clumsy_entry("never-thawed", "who shall run on stays stopped",
                   {"resumed.v4_passive_empty_ts_accept", "resumed.v6_active_empty_ts_failed"},
                   [](const PidFd& subject) { subject.send(SIGSTOP); }),
      clumsy_entry("left-in-repair", "the sockets of who shall run on stay in repair mode",
                   {"resumed.v4_active_empty_ts", "resumed.v6_active_empty_ts_edge_failed"},
                   leave_in_repair),
      clumsy_entry("drained", "what is unread is taken from who shall run on",
                   {"resumed.v4_active_unread_ts_edge", "resumed.v6_passive_unread_ts_edge_failed"},
                   take_a_byte),
  };
}

}  // namespace sockcr::scenario
