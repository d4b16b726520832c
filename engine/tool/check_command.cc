#include "engine/tool/check_command.h"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/probe/probe.h"
#include "engine/sys/kernel_release.h"
#include "engine/tool/terminal.h"

namespace sockcr {
namespace {

using Json = nlohmann::ordered_json;
using Capabilities = std::vector<Capability>;

std::string to_text(Answer answer) {
  switch (answer) {
    case Answer::yes:
      return "yes";
    case Answer::no:
      return "no";
    case Answer::unknown:
      return "unknown";
  }
  return "";
}

Ink ink_of(const Capability& capability) {
  if (capability.finding.answer == Answer::yes) return Ink::green;
  return capability.essential ? Ink::red : Ink::bold;
}

// "repair mode and the gate: not permitted -> run as root"
std::string remarks(const Capability& capability) {
  std::string text = capability.purpose;
  if (!capability.finding.text.empty()) text += ": " + capability.finding.text;
  if (!capability.advice.empty()) text += " -> " + capability.advice;
  return text;
}

void print_capability(const Capability& capability, std::size_t name_width) {
  const std::string answer = fmt::format("{:<7}", to_text(capability.finding.answer));
  fmt::print("  {}  {:<{}}  {}\n", inked(ink_of(capability), answer), capability.name, name_width,
             remarks(capability));
}

std::string missing_essentials(const Capabilities& capabilities) {
  std::vector<std::string> names;
  for (const Capability& c : capabilities) {
    if (c.essential && c.finding.answer != Answer::yes) names.push_back(c.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

void print_text(const Capabilities& capabilities) {
  std::size_t width = 0;
  for (const Capability& c : capabilities) width = std::max(width, c.name.size());
  fmt::print("Linux {}, sockcr {}, user {}\n", kernel_release(), SOCKCR_VERSION, ::geteuid());
  std::string group;
  for (const Capability& capability : capabilities) {
    if (capability.group != group) {
      group = capability.group;
      fmt::print("{}\n", inked(Ink::bold, group));
    }
    print_capability(capability, width);
  }
  const std::string missing = missing_essentials(capabilities);
  fmt::print("{}\n",
             missing.empty()
                 ? inked(Ink::green, "TCP connections can be checkpointed and restored here")
                 : inked(Ink::red,
                         "TCP connections cannot be checkpointed and restored "
                         "here: " +
                             missing));
}

Json to_json(const Capability& c) {
  return {{"group", c.group},         {"name", c.name},       {"answer", to_text(c.finding.answer)},
          {"essential", c.essential}, {"purpose", c.purpose}, {"finding", c.finding.text},
          {"advice", c.advice}};
}

void print_json(const Capabilities& capabilities) {
  Json rows = Json::array();
  for (const Capability& capability : capabilities) rows.push_back(to_json(capability));
  const Json all{{"kernel", kernel_release()},
                 {"sockcr", SOCKCR_VERSION},
                 {"user", ::geteuid()},
                 {"possible", all_essentials(capabilities)},
                 {"capabilities", rows}};
  fmt::print("{}\n", all.dump(2));
}

}  // namespace

ExitCode check(bool json) {
  const Capabilities capabilities = probe_capabilities();
  if (json) {
    print_json(capabilities);
  } else {
    print_text(capabilities);
  }
  return all_essentials(capabilities) ? ExitCode::success : ExitCode::failure;
}

}  // namespace sockcr
