// A scenario binary without sockets: its variants say how they end.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/sys/error.h"
#include "scenarios/runner/scenario_main.h"

namespace {

using namespace sockcr;
using namespace sockcr::scenario;

nlohmann::json describe() {
  nlohmann::json variants = nlohmann::json::array();
  for (const char* name : {"passes", "fails", "lacks", "throws", "aborts", "echoes"}) {
    variants.push_back({{"variant", name}, {"needs", ""}, {"in_cover", false}});
  }
  variants[0]["in_cover"] = true;
  return {
      {"scenario", "toy"},
      {"about", "no socket at all"},
      {"aliases", nlohmann::json::array()},
      {"variants", variants},
      {"engines", {{{"name", "native"}, {"about", "ours"}, {"cases", nlohmann::json::array()}}}}};
}

CaseResult run(const CaseRequest& request) {
  std::printf("noise on standard output\n");
  CaseResult result;
  result.verdict = Verdict::pass;
  if (request.variant == "fails" && request.cut != "none") {
    result.verdict = Verdict::fail;
    result.reason = "as its name says";
  }
  if (request.variant == "lacks") throw Unsupported("the moon", "it has set");
  if (request.variant == "throws") throw std::runtime_error("thrown");
  if (request.variant == "aborts") std::abort();
  if (request.variant == "echoes") result.reason = nlohmann::json(request).dump();
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  return scenario_main(
      {describe, run, [](const std::string& variant) { return "timeline of " + variant + "\n"; }},
      argc, argv);
}
