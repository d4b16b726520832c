// Taking the sockets of running programs, all or nothing.
//
//   Checkpoint checkpoint({.pids = {pid}, .gate = &gate});
//   checkpoint.freeze();
//   const Image& image = checkpoint.read();   // the gate must be closed by now
//   ... make the image safe ...
//   checkpoint.kill();
//
// Without kill() the end of the scope undoes everything: out of repair mode, what was read to
// pieces is built again, and the programs go on. (One thing cannot be built again: a connection
// that waited to be accepted from a unix listener and whose client is there still.)
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "engine/bpf/kernel_reader.h"
#include "engine/gate/gate.h"
#include "engine/image/image.h"
#include "engine/kernel_order.h"
#include "engine/process/diag.h"
#include "engine/process/find.h"
#include "engine/process/freeze.h"
#include "engine/process/guardian.h"
#include "engine/queues_of_listener.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/prober.h"
#include "engine/tcp/repair.h"
#include "engine/udp/capture.h"
#include "engine/udp/queue.h"
#include "engine/unix/capture.h"

namespace sockcr {

// 64 random bits that name an image and its gate; chosen before the gate closes.
std::uint64_t choose_image_id();

struct CheckpointRequest {
  std::vector<pid_t> pids;
  std::uint64_t image_id = 0;
  // Closed when read() is called, for datagrams too where a program has sockets of UDP. What no
  // descriptor refers to and BPF does not read is read through its tap; without one it is
  // unsupported, by name. So is the urgent byte of what is not acknowledged, which is unknown
  // without one. Outlives the Checkpoint.
  Gate* gate = nullptr;
  // Also what belongs to no program: TIME_WAIT and orphans of the calling thread's namespace.
  // (What waits in a listener's queues belongs to the listener.)
  bool ownerless = false;
  // The programs shall go on: what cannot be read without taking it to pieces is unsupported then.
  bool leave_running = false;
  // Where BPF can be used (engine/bpf/kernel_reader.h) it reads what it can, and that stays whole.
  bool use_bpf = true;
  // Of sockets whose segments are signed (RFC 2385). They are compared with those of the kernel,
  // and no image holds them: whoever restores must give them once more. A socket with another key,
  // or with one that is not here, is refused by name.
  std::vector<Md5Key> md5_keys{};
  // What is read of each connection, and in which order.
  std::vector<Reading> readings = capture_readings();
  // A guardian child stands by as long as the Checkpoint exists. When this process is killed before
  // kill(), the guardian gives the sockets back, calls `open_gate` and lets the programs go on;
  // when it is killed during kill(), the guardian ends them, and the gate stays closed.
  bool guarded = false;
  std::function<void()> open_gate = [] {};
};

// Made and used in the programs' network namespace. Needs PTRACE_MODE_ATTACH towards the programs
// and CAP_NET_ADMIN over the namespace; CAP_NET_RAW there for what no descriptor refers to.
class Checkpoint {
 public:
  // With a guardian: before the gate closes.
  explicit Checkpoint(CheckpointRequest request);
  ~Checkpoint();
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  void freeze();

  // Finds, takes and reads every socket of the frozen programs. Throws Unsupported, which names the
  // socket, when one of them is of a kind or in a state that cannot be restored. What reading takes
  // to pieces (a listener's queues, orphans, a pending error) is read after all else has succeeded.
  const Image& read();

  // SIGKILL for every program; returns when all of them are gone, and what belonged to nobody too.
  // Their sockets are in repair mode, or say nothing when they are closed: none of this reaches the
  // peers.
  void kill();

 private:
  // Of a raw socket nothing changes before its queue is taken.
  struct BeforeTaking {};

  struct Taken {
    FileDescriptor socket;
    std::variant<BeforeRepair, BeforePeeking, BeforeTaking, BeforeUnixPeeking> before;
    std::vector<SignedPeer> signed_peers;
  };

  // What cannot be read without taking it to pieces.
  struct Pieces {
    std::vector<std::pair<TakenListener, std::vector<TcpDiag>>> queues;  // and their requests
    std::vector<TcpDiag> orphans;
    std::vector<std::size_t> errors;  // connections of the image that have one pending
  };

  void take();
  static void give_back(const Taken& taken);
  Taken take(FileDescriptor socket, const FoundSocket& found);
  Taken take_udp(FileDescriptor socket, const std::string& where);
  Taken take_raw(FileDescriptor socket, const std::string& where);
  Taken take_unix(FileDescriptor socket, const std::string& where);
  Socket read_held(const Taken& taken, std::uint64_t inode);
  void refuse_corked(int socket) const;
  UdpSocket read_udp(int socket);
  Socket read_raw(int socket, std::uint64_t inode);
  void take_raw_queues();
  void fill_raw_queues();
  template <class Kind>
  void put_in_order(int socket, Kind& read) {
    if (read.memberships.empty() || !reader_) return;
    const auto groups = reader_->groups_in_order(socket);
    read.in_kernel_order = groups && put_in_kernel_order(read.memberships, *groups);
  }
  void show_what_was_hidden();
  void read_unix();
  void read_unix(std::size_t place);
  void refuse_hidden(const UnixSocket& socket) const;
  std::uint32_t number_of(FileDescriptor carried, const std::string& carrier);
  std::uint32_t number_of(std::uint64_t inode) const;
  void join_unix(std::size_t place);
  std::string text_of_unix(std::size_t place) const;
  bool is_awaited(std::uint64_t inode) const;
  void accept_unix();
  void add_accepted(FileDescriptor accepted, std::uint32_t listener);
  void put_unix_together();
  void await_end_of_unix() const;
  void complete(int socket, Socket& read);
  void add_where(std::size_t i);
  void read_without_descriptor();
  std::vector<TakenListener> listeners() const;
  Pieces find_pieces() const;
  void refuse_pieces(const Pieces& pieces) const;
  void refuse_signed(const Pieces& pieces) const;
  static void refuse_filtered(const Pieces& pieces);
  void name_program(int socket, Socket& read);
  void refuse_dying_programs() const;
  bool read_whole(const TcpDiag& request, const TakenListener& listener);
  bool read_whole(const TcpDiag& orphan);
  void read_whole(Pieces& pieces);
  void read_to_pieces();
  void put_together();
  Prober& prober(std::string_view what);
  void add(Socket socket);
  void stand_guard();
  Guardian::Duties duties() const;

  CheckpointRequest request_;
  std::optional<Guardian> guardian_;  // before what it guards, and so dismissed after it
  std::vector<PidFd> running_;        // the programs that were not stopped by somebody else
  std::vector<Frozen> frozen_;
  std::vector<FoundSocket> found_;
  std::vector<TcpDiag> dump_;
  std::vector<std::size_t> drained_raw_;  // sockets of the image: their queues are taken
  std::vector<std::size_t> hidden_;  // sockets of the image: peeking has hidden something there
  std::vector<UdpDiag> udp_dump_, udp_lite_dump_;  // where a program has such
  std::map<std::uint64_t, UnixDiag> unix_dump_;
  std::map<std::size_t, CapturedUnix> unix_;  // by their places in found_
  std::vector<Taken> taken_;                  // as found_
  std::optional<Prober> prober_;
  std::unique_ptr<KernelReader> reader_;               // where BPF is used
  std::vector<KernelReader::FilterProgram> programs_;  // that filter for sockets of the image
  std::string without_reader_ = "switched off";        // why it is not, or not for the last orphan
  std::vector<TcpDiag> ownerless_;                     // of the dump, those that were read
  std::vector<TcpDiag> drained_;          // orphans of the dump, those that were read to pieces
  std::vector<FileDescriptor> accepted_;  // out of listeners' queues, in repair mode
  std::optional<std::size_t> in_pieces_;  // from this socket of the image on
  Image image_;
  bool killed_ = false;
};

}  // namespace sockcr
