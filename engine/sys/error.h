// Three kinds of trouble, three types; they are never mixed.
//
//   SystemError   the machine said no: a call, its argument, errno, whose socket, what to do next
//   Violation     something that must hold does not: expected and actual
//   Unsupported   this kernel, these rights or this build cannot do it, or we declare not to
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace sockcr {

class SystemError : public std::runtime_error {
 public:
  // `error_number` as in errno; 0 when the failing party reports in words only (`argument`).
  SystemError(std::string_view call, std::string_view argument, int error_number);

  int error_number() const { return error_number_; }
  const std::string& call() const { return call_; }
  const std::string& argument() const { return argument_; }

  // The same error, with whose socket or process it was, and what the reader can do about it.
  SystemError about(std::string_view subject) const;
  SystemError advise(std::string_view next_step) const;

 private:
  void compose();

  std::string call_, argument_, subject_, next_step_, text_;
  int error_number_;

 public:
  const char* what() const noexcept override { return text_.c_str(); }
};

class Violation : public std::runtime_error {
 public:
  Violation(std::string_view what, std::string_view expected, std::string_view actual);

  std::string subject, expected, actual;
};

class Unsupported : public std::runtime_error {
 public:
  // `feature` names the thing, `reason` says what is missing, in one clause.
  Unsupported(std::string_view feature, std::string_view reason);
};

// "ENOPROTOOPT" for 92; "errno 4000" for a number without a name.
std::string errno_name(int error_number);

}  // namespace sockcr
