#include "scenarios/runner/guest/guest_crew.h"

#include <cstdio>
#include <fstream>
#include <set>
#include <utility>

#include "engine/sys/error.h"
#include "scenarios/runner/answer.h"

namespace sockcr::runner {
namespace {

// An emulated processor does well in the loops by which a pace is measured, as it translates each
// once; a case starts processes, enters the kernel and faults in pages, 10 to 20 times slower than
// the host.
constexpr double emulated_is_slower_by = 5;

// A kernel that says hello and then nothing, or ends, would be booted for ever.
constexpr int most_guests_for_nothing = 3;

Pace pace_of(const Hello& hello, const GuestImage& image) {
  const bool is_emulated =
      image.kind != ImageKind::user_mode && image.accelerator == Accelerator::tcg;
  const double factor = is_emulated ? emulated_is_slower_by : 1;
  return {hello.pace.work_ms * factor, hello.pace.round_us * factor};
}

// By the clock of the host. The agent speaks each second, but a busy host may stop all of a guest
// for a while. In virtual time it speaks when that has moved, which it does not while a case
// computes; and how fast the guest is only the host can tell.
Clock::duration silence_limit(const Hello& hello, const GuestImage& image,
                              std::optional<double> slow_factor) {
  const Pace pace = hello.virtual_time && !slow_factor ? measure_pace() : pace_of(hello, image);
  const std::chrono::duration<double> limit((hello.virtual_time ? 60 : 15) *
                                            slow_factor.value_or(slow_factor_of(pace)));
  return std::chrono::duration_cast<Clock::duration>(limit);
}

template <class... Case>
struct Overloaded : Case... {
  using Case::operator()...;
};
template <class... Case>
Overloaded(Case...) -> Overloaded<Case...>;

void leave_console(const std::string& directory, KernelFault& fault) {
  if (directory.empty()) return;
  std::error_code ignored;  // what cannot be left is in the report
  std::filesystem::create_directories(directory, ignored);
  std::ofstream file(std::filesystem::path(directory) / "console.txt");
  file << fault.trace;
  if (file.flush()) fault.directory = directory;
}

void take_home(const GuestFolder& folder, const std::string& directory) {
  try {
    folder.hand_over(directory);
  } catch (const std::filesystem::filesystem_error& error) {
    std::fprintf(stderr, "what a case left stays behind: %s\n", error.what());
  }
}

}  // namespace

GuestCrew::GuestCrew(GuestPrograms programs, std::filesystem::path output,
                     std::optional<double> slow_factor, int wake)
    : programs_(std::move(programs)),
      output_(std::move(output)),
      guest_(boot(wake)),
      hello_(guest_->hello()),
      silence_(silence_limit(hello_, programs_.image, slow_factor)) {}

// Whether KVM works, only a boot tells: where it has not, QEMU does without from then on.
std::unique_ptr<Guest> GuestCrew::boot(int wake) {
  const auto attempt = [&] { return std::make_unique<Guest>(programs_, output_, wake); };
  if (programs_.image.accelerator == Accelerator::tcg || guest_has_booted_) return attempt();
  try {
    auto guest = attempt();
    guest_has_booted_ = true;
    return guest;
  } catch (const SystemError& error) {
    std::fprintf(stderr, "KVM does not run it (%s): without\n", one_line(error.what()).c_str());
  }
  programs_.image.accelerator = Accelerator::tcg;
  return attempt();
}

Pace GuestCrew::pace() { return pace_of(hello_, programs_.image); }

void GuestCrew::start(const Order& order) {
  orders_.emplace(order.ticket, order);
  waiting_.push_back(order.ticket);
}

std::vector<Ended> GuestCrew::wait(Clock::duration limit, int wake) {
  if (!ended_.empty() || !is_ready(wake)) return take_ended();
  send_what_waits();
  guest_->wait(limit, wake);
  hear();
  return take_ended();
}

// Whether there is a guest; where none can be had, all that wait for it have ended.
bool GuestCrew::is_ready(int wake) {
  if (guest_) return true;
  try {
    if (!no_guest_) guest_ = boot(wake);
    if (guest_) return true;
  } catch (const BootInterrupted&) {
    return false;
  } catch (const SystemError& error) {
    no_guest_ = KernelFault{"booted anew: " + one_line(error.what()), error.what(), false};
  }
  give_up();
  return false;
}

void GuestCrew::give_up() {
  std::set<Ticket> judged;
  if (lineup_) {
    for (const Ended& ended : std::move(*lineup_).broken_off()) {
      judged.insert(ended.ticket);
      hand_out(ended);
    }
    lineup_.reset();
  }
  for (const auto& [ticket, order] : orders_) {
    if (judged.count(ticket) == 0) ended_.push_back(blamed(ticket, *no_guest_));
  }
}

void GuestCrew::send_what_waits() {
  if (!lineup_) {
    for (; !waiting_.empty(); waiting_.pop_front()) send(waiting_.front());
    return;
  }
  if (!sent_.empty()) return;
  if (const auto suspect = lineup_->next()) return send(*suspect);
  for (const Ended& ended : std::move(*lineup_).judged()) hand_out(ended);
  lineup_.reset();
}

void GuestCrew::send(Ticket ticket) {
  sent_[ticket] = false;
  guest_->send(orders_.at(ticket));
}

void GuestCrew::hear() {
  const auto silence = sent_.empty() ? std::nullopt : std::optional(silence_);
  const Guest::Heard heard = guest_->hear(silence);
  for (const Message& message : heard.messages) take(message);
  if (heard.fault) complained(*heard.fault);
}

void GuestCrew::take(const Message& message) {
  std::visit(Overloaded{
                 [&](const Ended& ended) { settle(ended); },
                 [&](const Refused& refused) {
                   settle(blamed(refused.ticket, {refused.reason, "", false}));
                 },
                 [&](const Began& began) {
                   sent_[began.ticket] = true;
                   guests_for_nothing_ = 0;
                 },
                 [](const Hello&) {},
                 [](const SignOfLife&) {},
             },
             message);
}

void GuestCrew::settle(const Ended& ended) {
  sent_.erase(ended.ticket);
  if (guest_) take_home(guest_->folder(), orders_.at(ended.ticket).directory);
  if (lineup_) {
    lineup_->ended(ended);
    guest_.reset();  // the next one has a kernel of its own
  } else {
    hand_out(ended);
  }
}

// Those that had not begun wait for the next guest.
void GuestCrew::complained(const KernelFault& fault) {
  std::vector<Ticket> suspects;
  for (const auto& [ticket, has_begun] : sent_) {
    if (has_begun) suspects.push_back(ticket);
    if (!has_begun) waiting_.push_front(ticket);
  }
  sent_.clear();
  guest_.reset();
  if (suspects.empty()) {
    std::fprintf(stderr, "between cases: %s\n%s", fault.reason.c_str(), fault.trace.c_str());
    if (++guests_for_nothing_ == most_guests_for_nothing) {
      const std::string reason = "no case begins in the guest: " + fault.reason;
      no_guest_ = KernelFault{reason, fault.trace, false};
    }
  }
  if (lineup_) {
    for (const Ticket ticket : suspects) lineup_->complained(ticket, fault);
  } else if (suspects.size() > 1 && fault.is_violation) {
    lineup_.emplace(std::move(suspects), fault);
  } else {
    for (const Ticket ticket : suspects) hand_out(blamed(ticket, fault));
  }
}

void GuestCrew::hand_out(Ended ended) {
  if (ended.fault && ended.fault->is_violation) {
    leave_console(orders_.at(ended.ticket).directory, *ended.fault);
  }
  ended_.push_back(std::move(ended));
}

std::vector<Ended> GuestCrew::take_ended() {
  for (const Ended& ended : ended_) orders_.erase(ended.ticket);
  return std::exchange(ended_, {});
}

void GuestCrew::kill_all() {
  guest_.reset();
  no_guest_ = KernelFault{"killed", "", false};
}

}  // namespace sockcr::runner
