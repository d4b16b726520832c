// Who performs the cut: the thing under test, seen from outside.
#pragma once

#include <sys/types.h>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/checkpoint.h"
#include "engine/gate/gate.h"
#include "engine/restore.h"
#include "engine/sys/process.h"

namespace sockcr::scenario {

struct CutRequest {
  std::vector<pid_t> subjects;
  std::uint64_t image_id = 0;
  Gate* gate = nullptr;        // the case's, closed
  bool leave_running = false;  // let_go() will follow, and not kill()
  // Connections are left out, and appear closed to their program.
  bool listen_only_at_checkpoint = false, listen_only_at_restore = false;
  std::vector<Md5Key> md5_keys{};            // no image holds them
  std::function<void(Image&)> as_written{};  // on the way from one to the other; empty: nothing
};

// This machine cannot judge: neither the engine's fault nor the kernel's.
class Trouble : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct RestoredSocket {
  int socket;
  std::vector<Holder> holders;  // the descriptors that were this socket, in the old subjects
};

// One cut of some subjects, and of what nobody has a descriptor of in their network namespace, into
// one image; the calls come in this order, each once.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual void freeze(const CutRequest& request) = 0;
  virtual void checkpoint() = 0;
  virtual void kill() = 0;
  // Instead of kill(): the subjects run on, with their sockets as they were. An engine that is
  // destroyed in the middle of a checkpoint does the same.
  virtual void let_go() = 0;
  // Before the restore, where an address has become another one; once at most.
  virtual void readdress(const Address& from, const Address& to) = 0;
  // The gate is closed; the sockets are this object's until it is destroyed.
  virtual void restore() = 0;
  // What restore() has made is about to be killed, and restored once more.
  virtual void give_up() {}
  // Those that descriptors held.
  virtual std::vector<RestoredSocket> sockets() const = 0;
  // The new subjects exist: `now` answers which of them is what an old one was, 0 for none.
  virtual void give_owners(const std::function<pid_t(pid_t then)>& now) = 0;
  // The gate is open.
  virtual void resume() = 0;

  virtual const Bytes& image() const = 0;  // as in a file; empty where its form is the engine's own
  // What it leaves for whoever looks into a failure; empty: nothing.
  virtual std::filesystem::path folder() const { return {}; }

  // What an old subject has become, a child of this process, asked once behind restore(), where the
  // engine has made that itself; then it has no sockets to hand over.
  virtual std::optional<ChildProcess> subject(pid_t /*then*/) { return std::nullopt; }
};

struct EngineEntry {
  std::string name;   // native, criu, broken:NAME
  std::string about;  // what a broken one breaks
  // Cases that are sure to catch it: NAME.VARIANT.
  std::vector<std::string> cases;
  std::function<std::unique_ptr<Engine>()> make;
};

// native, criu, then the broken ones.
const std::vector<EngineEntry>& engines();
// Also criu:PATH. Throws std::out_of_range for an unknown name.
EngineEntry engine_named(const std::string& name);
// Inside the sandbox, before anything is driven; throws Trouble where this machine cannot have it.
void prepare_engine(const std::string& name);
// Another project's: its images are its own, and nobody sees its system calls.
bool is_foreign(const std::string& name);

}  // namespace sockcr::scenario
