#include "scenarios/walk/source.h"

#include <fmt/format.h>

#include "scenarios/walk/flavour.h"
#include "scenarios/walk/told.h"

namespace sockcr::scenario {
namespace {

std::string about_of(const Walk& walk) {
  const std::string text = to_text(walk);
  return "found by a random walk: " + (text.empty() ? "a plain connection" : text);
}

constexpr std::string_view why_narrow = "the walk that was found";

std::string timeline_of(const Walk& walk) {
  std::string text;
  for (const Line& line : lines_of(walk, variant_of(walk))) {
    text += fmt::format("          {},\n", line.source);
  }
  return text;
}

std::string sysctls_of(const Flavour& flavour) {
  if (flavour.sysctls.make == nullptr) return "";
  return fmt::format(
      "    .sysctls = [](const Variant&) -> std::vector<netns::SysctlOverride> {{\n"
      "      return {};\n"
      "    }},\n",
      flavour.sysctls.source);
}

std::string scenery_of(const Flavour& flavour) {
  if (flavour.scenery.make == nullptr) return "";
  return fmt::format("    .scenery = [](const Variant&) -> Scenery {{ return {}; }},\n",
                     flavour.scenery.source);
}

}  // namespace

Variant variant_of(const Walk& walk) {
  return {.family = walk.start.family,
          .side = walk.start.side,
          .queues = Queues::empty,
          .options = walk.start.options};
}

Scenario scenario_of(const Walk& walk, const std::string& name) {
  const Flavour& flavour = flavour_of(walk.start);
  Scenario scenario{.name = name,
                    .about = about_of(walk),
                    .axes = {.families = {walk.start.family},
                             .sides = {walk.start.side},
                             .queues = {Queues::empty},
                             .options = {walk.start.options},
                             .narrowed = std::string(why_narrow)},
                    .timeline = [walk](const Variant& v) { return steps_of(lines_of(walk, v)); }};
  if (flavour.sysctls.make != nullptr) scenario.sysctls = flavour.sysctls.make;
  if (flavour.scenery.make != nullptr) scenario.scenery = flavour.scenery.make;
  return scenario;
}

std::string source_of(const Walk& walk, const std::string& name) {
  const Flavour& flavour = flavour_of(walk.start);
  const std::string timeline = timeline_of(walk);
  const bool names_variant =
      timeline.find("(v)") != std::string::npos || timeline.find("(v,") != std::string::npos;
  return fmt::format(
      "#include <cerrno>\n\n"
      "#include \"scenarios/language/words.h\"\n\n"
      "namespace sockcr::scenario {{\n\n"
      "const Scenario the_scenario{{\n"
      "    .name = \"{0}\",\n"
      "    .about = \"{1}\",\n"
      "    .axes = {{.families = {{Family::{2}}},\n"
      "             .sides = {{Side::{3}}},\n"
      "             .queues = {{Queues::empty}},\n"
      "             .options = {{Options::{4}}},\n"
      "             .narrowed = \"{5}\"}},\n"
      "{6}"
      "    .timeline = [](const Variant&{7}) -> Steps {{\n"
      "      return {{\n"
      "{8}"
      "      }};\n"
      "    }},\n"
      "{9}"
      "}};\n\n"
      "}}  // namespace sockcr::scenario\n",
      name, about_of(walk), to_text(walk.start.family), to_text(walk.start.side),
      to_text(walk.start.options), why_narrow, sysctls_of(flavour), names_variant ? " v" : "",
      timeline, scenery_of(flavour));
}

std::size_t count_of_lines(const Walk& walk) { return lines_of(walk, variant_of(walk)).size(); }

}  // namespace sockcr::scenario
