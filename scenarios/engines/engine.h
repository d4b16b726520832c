// Who performs the cut: the thing under test, seen from outside.
#pragma once

#include <sys/types.h>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/checkpoint.h"
#include "engine/restore.h"

namespace sockcr::scenario {

// One cut of one subject; the calls come in this order, each once.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual void freeze(pid_t subject, std::uint64_t image_id) = 0;
  virtual void checkpoint() = 0;
  virtual void kill() = 0;
  // The gate is closed; the sockets are this object's until it is destroyed.
  virtual void restore() = 0;
  virtual std::vector<int> sockets() const = 0;
  // The gate is open.
  virtual void resume() = 0;

  virtual const Bytes& image() const = 0;  // as in a file
};

struct EngineEntry {
  std::string name;   // native, broken:NAME
  std::string about;  // what a broken one breaks
  // Cases that are sure to catch it: NAME.VARIANT.
  std::vector<std::string> cases;
  std::function<std::unique_ptr<Engine>()> make;
};

// native, then the broken ones.
const std::vector<EngineEntry>& engines();
// Throws std::out_of_range for an unknown name.
const EngineEntry& engine_named(const std::string& name);

}  // namespace sockcr::scenario
