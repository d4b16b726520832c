// One running guest, as its host sees it: a process group, its console and its channel.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/sys/descriptor.h"
#include "engine/sys/process.h"
#include "scenarios/runner/guest/channel.h"
#include "scenarios/runner/guest/guest_folder.h"

namespace sockcr::runner {

class Machine {
 public:
  // Begins to boot; what becomes of it is to be heard. Throws SystemError.
  Machine(const GuestPrograms& programs, const std::filesystem::path& output);

  // Readable when there is something to hear.
  int console() const { return console_.get(); }
  int channel() const { return channel_.get(); }

  // Takes in what is there now, the console last: what a kernel said before a message is then known
  // with the message. False once the guest has closed the channel, or is gone.
  bool listen();

  std::vector<Message> take_messages();  // throws nlohmann::json::exception for what is none
  const std::string& said() const { return said_; }  // on the console, and not forgotten
  void forget_all_but_the_last(std::size_t bytes);   // or somewhat more

  void send(const Crew::Order& order);  // now, and while listening what does not fit

  const GuestFolder& folder() const { return folder_; }

  // How it ended; kills it where it has not within `limit`.
  ChildProcess::Exit end(Clock::duration limit);

 private:
  GuestFolder folder_;
  FileDescriptor console_, channel_;
  ChildProcess process_;
  std::string said_;
  Lines lines_;
  std::string outbox_;

  void flush();
};

}  // namespace sockcr::runner
