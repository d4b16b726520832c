// Child processes of this machine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/runner/crew.h"

namespace sockcr::runner {

class ProcessCrew : public Crew {
 public:
  ProcessCrew();
  ~ProcessCrew() override;

  std::string kernel() const override;
  Pace pace() override { return measure_pace(); }
  std::size_t size() const override { return members_.size(); }
  void start(const Order& order) override;
  std::vector<Ended> wait(Clock::duration limit, int wake) override;
  void kill_all() override;

 private:
  struct Member;

  Clock::duration until_next_deadline(Clock::duration limit) const;
  std::vector<Ended> collect_ended();
  void kill_late();
  void send_kill();

  FileDescriptor nothing_;
  std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace sockcr::runner
