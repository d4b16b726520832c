// Cases in a guest: a kernel of its own, booted when it is needed, and again after each complaint.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/runner/crew.h"
#include "scenarios/runner/guest/guest.h"
#include "scenarios/runner/guest/lineup.h"

namespace sockcr::runner {

class GuestCrew : public Crew {
 public:
  // Boots; throws as Guest does. What cases leave for `output` arrives there. Without a slow factor
  // that of the guest is taken.
  GuestCrew(GuestPrograms programs, std::filesystem::path output, std::optional<double> slow_factor,
            int wake);

  std::string kernel() const override { return hello_.kernel; }
  Pace pace() override;
  std::size_t size() const override { return orders_.size(); }
  void start(const Order& order) override;
  std::vector<Ended> wait(Clock::duration limit, int wake) override;
  void kill_all() override;

 private:
  using Ticket = std::uint64_t;

  std::unique_ptr<Guest> boot(int wake);
  bool is_ready(int wake);
  void give_up();
  void send_what_waits();
  void send(Ticket ticket);
  void hear();
  void take(const Message& message);
  void settle(const Ended& ended);
  void complained(const KernelFault& fault);
  void hand_out(Ended ended);
  std::vector<Ended> take_ended();

  GuestPrograms programs_;
  const std::filesystem::path output_;
  bool guest_has_booted_ = false;  // with KVM
  std::unique_ptr<Guest> guest_;
  Hello hello_;
  Clock::duration silence_;              // after which a busy guest hangs
  std::optional<KernelFault> no_guest_;  // it booted once, and does not any more
  int guests_for_nothing_ = 0;           // in a row: ended before a case had begun

  std::map<Ticket, Order> orders_;  // all that our caller waits for
  std::deque<Ticket> waiting_;      // not sent
  std::map<Ticket, bool> sent_;     // -> it has begun
  std::optional<Lineup> lineup_;
  std::vector<Ended> ended_;
};

}  // namespace sockcr::runner
