// Building the sockets of an image again, all or nothing, in two calls:
//
//   Restoration restoration(image);
//   restoration.build();    // the gate is closed; nothing reaches the wire
//   ... hand restoration.sockets() to the new program, let go, open the gate ...
//   restoration.resume();   // the conversation goes on, without waiting for a timer
//
// Until resume() the sockets that a program gets are in repair mode, and giving them up says
// nothing to the peers.
#pragma once

#include <sys/types.h>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/image/image.h"
#include "engine/tcp/perform.h"
#include "engine/udp/perform.h"
#include "engine/unix/perform.h"

namespace sockcr {

// What is done to one socket, as plans.
struct SocketPlan {
  Plan build;
  Plan complete;  // once all sockets of the image are built
  Plan resume;    // once the gate is open
  // Of a socket of datagrams, instead of all these.
  UdpPlan datagrams{};
  UdpPlan datagrams_complete{};
  UnixPlans local{};  // of a unix socket, likewise
};

// Of the sockets from `first` on, for this machine as it is now; they must outlive the plans.
// `keys` are those of signed peers (RFC 2385), which no image holds. Throws Unsupported for what
// this release does not rebuild, and for a key that is not there.
std::vector<SocketPlan> plans_of(const Image& image, std::size_t first = 0,
                                 std::span<const Md5Key> keys = {});

// Made and used in the network namespace that the sockets shall live in; needs CAP_NET_ADMIN and
// CAP_NET_RAW there.
class Restoration {
 public:
  // Makes the plans; changes nothing. Throws ImageError for values that no kernel could have
  // produced and Unsupported for what this release does not rebuild.
  explicit Restoration(Image image, std::span<const Md5Key> keys = {});
  Restoration(const Restoration&) = delete;
  Restoration& operator=(const Restoration&) = delete;

  const Image& image() const { return image_; }
  // In the image's order; may be edited until they are performed.
  std::vector<SocketPlan>& plans() { return plans_; }

  // When it throws, nothing stays.
  void build();
  // The descriptors of the built sockets, in the image's order; they stay this object's. -1 for a
  // socket that no descriptor refers to: it is on its own from here on.
  std::vector<int> sockets() const;
  // Whose the signals of the sockets shall be (F_SETOWN): `now` answers who does what a process of
  // the image did, 0 where nobody knows. Once somebody does: the new program must exist. An owner
  // that is none of the image's processes, or a group that the new process does not lead, is lost;
  // so are all where nobody calls this.
  void give_owners(const std::function<pid_t(pid_t then)>& now);
  // What could not be given back as it was, mostly for want of rights, a clause each
  // (write_option).
  std::vector<std::string> losses() const;
  void resume();

  // Instead of resume(): ends what is on its own, too. The gate is closed.
  void undo();

 private:
  void build(std::size_t i);
  void build_udp(std::size_t i);
  void build_unix(UnixPlan UnixPlans::*part);
  void build_open_files();
  std::vector<std::string> lost_owner(std::size_t i) const;  // none or one
  int socket(std::size_t i) const;
  bool is_built(std::size_t i) const { return performers_[i] || udp_performers_[i]; }

  Image image_;
  std::vector<SocketPlan> plans_;
  Injectors injectors_;
  Forger forger_;
  // One of the two for each socket of TCP and UDP.
  std::vector<std::unique_ptr<Performer>> performers_;
  std::vector<std::unique_ptr<UdpPerformer>> udp_performers_;
  UnixPerformer unix_performer_;  // of all that are neither
  std::set<std::size_t> owned_;   // sockets whose owner was given back
};

}  // namespace sockcr
