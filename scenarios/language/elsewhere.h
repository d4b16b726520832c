// Ours goes on in another namespace: with the same address behind another Ethernet address, or with
// another address.
#pragma once

#include "engine/gate/gate.h"

namespace sockcr::scenario {

class World;

// Between the killing and the restoring: home and away change their parts, and the calling thread
// goes along. The gate there is closed before its cable is plugged in; the one that is left stays
// closed for ever, behind a cable that is pulled out. Throws Violation where something of ours has
// stayed behind.
void move_ours(World& world);

// Every socket that ours holds belongs to the namespace that it moved to. Not looked at before
// Linux 5.14, which does not tell.
void expect_ours_here(World& world);

// The gate is ours' cable: closed while it is pulled out. What TCP sends meanwhile it believes to
// have sent, for nobody refuses it.
class LinkGate final : public Gate {
 public:
  explicit LinkGate(World& world) : world_(world) {}

  void close() override;
  void open() override;
  bool is_closed() const override { return closed_; }
  void leave_closed() override {}

 private:
  World& world_;
  bool closed_ = false;
};

}  // namespace sockcr::scenario
