#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/sys/descriptor.h"
#include "scenarios/engines/criu_run.h"
#include "scenarios/engines/engine.h"

namespace sockcr::scenario {

// CRIU, as its users run it: a dump kills the subject, a restore makes it again with its number.
// It has a lock of its own around each connection, inside the case's gate. A restore is held where
// CRIU runs the script that it calls post-restore: all is built, in repair mode and still locked;
// resume() lets it go on. What CRIU cannot be asked for is unsupported, by name.
class Criu : public Engine {
 public:
  explicit Criu(std::string program) : program_(std::move(program)) {}
  // A restore that is held goes on to its end: its subject is what the next cut is about.
  ~Criu() override;
  Criu(const Criu&) = delete;
  Criu& operator=(const Criu&) = delete;

  void freeze(const CutRequest& request) override;
  void checkpoint() override;
  void kill() override {}  // checkpoint() has
  void let_go() override {}
  void readdress(const Address& from, const Address& to) override;
  void restore() override;
  // It traces what it has restored: its own parent would not hear of its end.
  void give_up() override { restoring_.reset(); }
  std::vector<RestoredSocket> sockets() const override { return {}; }
  std::optional<ChildProcess> subject(pid_t then) override;
  void give_owners(const std::function<pid_t(pid_t then)>&) override {}  // CRIU's business
  void resume() override;

  const Bytes& image() const override { return no_image_; }
  std::filesystem::path folder() const override { return folder_; }

 private:
  std::vector<std::string> tcp_options(bool connections_closed) const;
  void hold();
  void await_held();
  [[noreturn]] void explain(const CriuRun& run, const std::string& action) const;

  std::string program_;
  CutRequest cut_;
  std::filesystem::path folder_;
  std::string subject_program_;
  FileDescriptor restored_, go_on_;  // FIFOs: the script says the one, and waits for the other
  std::optional<CriuRun> restoring_;
  Bytes no_image_;
};

}  // namespace sockcr::scenario
