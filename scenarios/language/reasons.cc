#include "scenarios/language/reasons.h"

#include <fmt/format.h>
#include <regex>
#include <set>

namespace sockcr::scenario {
namespace {

constexpr std::string_view any_end =
    "(?:ours|peer|listener|neighbour|(?:child|client|member) [0-9]+)";
constexpr std::size_t line_width = 92;
constexpr std::string_view nobody_has_said_why =
    "(no reason is written down)";  // a test looks for it

struct Compiled {
  std::regex sentence;
  const Reason* reason;
};

std::regex compiled(std::string_view sentence) {
  std::string expression;
  for (const char c : sentence) {
    if (c == '$') {
      expression += any_end;
    } else {
      expression += c;
    }
  }
  return std::regex(expression);
}

std::vector<Compiled> compile_all() {
  std::vector<Compiled> all;
  for (const Reason& reason : reason_table()) all.push_back({compiled(reason.sentence), &reason});
  return all;
}

bool is_meant(Reason::When when, Part part) {
  switch (when) {
    case Reason::When::always:
      return true;
    case Reason::When::before:
      return part == Part::before;
    case Reason::When::closed:
      return part == Part::closed;
    case Reason::When::after:
      return part == Part::after;
  }
  return false;
}

std::string_view heading(Part part) {
  switch (part) {
    case Part::before:
      return "To the state, and what its queues hold";
    case Part::closed:
      return "Behind the closed gate";
    case Part::after:
      return "The gate is open: the conversation runs to its end";
  }
  return "";
}

// In lines of some width, each behind `indent`.
std::string filled(std::string_view text, const std::string& indent) {
  std::string filled_text;
  while (!text.empty()) {
    std::size_t end = text.size();
    if (indent.size() + end > line_width) end = text.rfind(' ', line_width - indent.size());
    filled_text += fmt::format("{}{}\n", indent, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return filled_text;
}

constexpr std::string_view verdict =
    "After a cut a second checkpoint must equal the first. At the end the witness reads the whole "
    "capture, taken on the peer's side: no RST but one that is allowed above, nothing of ours "
    "while "
    "the gate was closed, no forged segment on the wire, no sequence number with two values, every "
    "byte once, no time stamp back, no right edge of a window moved left.";

}  // namespace

std::string reason_of(std::string_view sentence, Part part) {
  static const std::vector<Compiled> all = compile_all();
  for (const Compiled& each : all) {
    if (!is_meant(each.reason->when, part)) continue;
    if (std::regex_match(sentence.begin(), sentence.end(), each.sentence)) return each.reason->text;
  }
  return "";
}

std::string explained(const Steps& timeline) {
  std::string text;
  std::set<std::string> told;
  Part part = Part::before;
  const auto begin = [&](Part next) {
    part = next;
    told.clear();
    text += fmt::format("\n{}:\n", heading(part));
  };
  begin(Part::before);
  int number = 0;
  for (const Step& step : timeline.list()) {
    if (step.text == "gate closes") begin(Part::closed);
    if (step.text == "gate opens") begin(Part::after);
    text += fmt::format("{:4}  {}\n", ++number, step.text);
    const std::string reason = reason_of(step.text, part);
    if (reason.empty() || told.insert(reason).second) {
      text += filled(reason.empty() ? nobody_has_said_why : reason, std::string(10, ' '));
    }
  }
  return text + "\n" + filled(verdict, "");
}

}  // namespace sockcr::scenario
