// One open file behind several descriptors, as subject of sentences. Whatever else is said of the
// socket is done by one of them, the first until `goes_on_by_the_other_descriptor`.
#pragma once

#include <functional>
#include <string>

#include "engine/image/open_file.h"
#include "scenarios/language/step.h"

namespace sockcr::scenario {

class Actor;

// Whom the signals go to.
enum class OwnedBy { nobody, its_program, its_other_program };

// What fcntl(2) is to set, and then to tell.
struct FileSetup {
  StatusFlags flags = StatusFlags::none;
  int signal = 0;  // as of F_SETSIG
  SignalOwner kind = SignalOwner::nobody;
  OwnedBy owner = OwnedBy::nobody;

  std::string text() const;
};

class SharedSocket {
 public:
  SharedSocket(std::string name, std::function<Actor&(World&)> actor)
      : name_(std::move(name)), actor_(std::move(actor)) {}

  // Its program's, one number higher, and close-on-exec (dup3).
  Step is_duplicated(At at = At::here()) const;
  // A child of its program has it at the same number (fork).
  Step is_inherited(At at = At::here()) const;
  // Another program has been sent it, and has it at another number (SCM_RIGHTS).
  Step is_sent_to_another_program(At at = At::here()) const;

  // One inode, one file (kcmp), and what one of the two sets the other has set. And of each of its
  // own whether it is close-on-exec.
  Step is_one_file(At at = At::here()) const;
  Step sets_up(const FileSetup& setup, At at = At::here()) const;
  Step is_set_up(const FileSetup& setup, At at = At::here()) const;
  // Its owner has a signal pending, sooner or later, and nobody else has.
  Step tells_its_owner(const FileSetup& setup, At at = At::here()) const;
  Step goes_on_by_the_other_descriptor(At at = At::here()) const;

 private:
  std::string name_;
  std::function<Actor&(World&)> actor_;
};

extern const SharedSocket shared_ours;
SharedSocket shared_unix(const std::string& name);  // by what unix_ends.h calls it

}  // namespace sockcr::scenario
