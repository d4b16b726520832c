#pragma once

#include <memory>
#include <optional>

#include "scenarios/engines/engine.h"

namespace sockcr::scenario {

// Our engine, as a program would use the library: the image goes through its bytes. Where a broken
// engine departs from it, it overrides one of the edits.
class Native : public Engine {
 public:
  void freeze(const CutRequest& request) override;
  void checkpoint() override;
  void kill() override;
  void let_go() override;
  void readdress(const Address& from, const Address& to) override;
  void restore() override;
  std::vector<RestoredSocket> sockets() const override;
  void give_owners(const std::function<pid_t(pid_t then)>& now) override;
  void resume() override;
  const Bytes& image() const override { return bytes_; }

 protected:
  virtual void edit(std::vector<Reading>&) const {}
  virtual void edit(Image&) const {}
  virtual void edit(SocketPlan&, const Socket&) const {}

 private:
  CutRequest cut_;
  std::unique_ptr<Checkpoint> checkpoint_;
  Bytes bytes_;
  std::function<Image(Image)> readdress_ = [](Image image) { return image; };
  std::unique_ptr<Restoration> restoration_;
};

}  // namespace sockcr::scenario
