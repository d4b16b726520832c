// Running another program: an argument vector, what it inherits, what it said.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/sys/process.h"

namespace sockcr {

class Program {
 public:
  explicit Program(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}

  // The child's descriptor `number` is a duplicate of ours `descriptor`; 0, 1 and 2 are inherited
  // as they are unless named here, everything else is closed.
  Program& inherit(int number, int descriptor);

  // Throws SystemError when the program cannot be executed (ENOENT: it is not installed).
  ChildProcess start() const;

  // This process becomes the program; returns, with errno, when it cannot be executed.
  void become() const;

  struct Output {
    ChildProcess::Exit exit;
    std::string out, err;
  };
  // Feeds `input`, waits for the end and collects what it printed.
  Output run(std::string_view input = "") const;

  std::string to_text() const;  // as one would type it

 private:
  std::vector<std::string> arguments_;
  std::map<int, int> inherited_;
};

// The absolute path of program `name` by $PATH and the sbin directories; empty when there is none.
std::string find_program(std::string_view name);

}  // namespace sockcr
