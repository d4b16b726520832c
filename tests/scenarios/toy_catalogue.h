// A small catalogue for tests.
#pragma once

#include <nlohmann/json.hpp>

#include "scenarios/runner/catalogue.h"

namespace sockcr::runner {

inline Catalogue toy_catalogue() {
  using nlohmann::json;
  const json half = {
      {"scenario", "half_closed"},
      {"about", "the peer has closed its half"},
      {"aliases", {"close_wait"}},
      {"variants",
       {{{"variant", "v4_ts"}, {"needs", ""}, {"in_cover", true}},
        {{"variant", "v6_ts"}, {"needs", ""}, {"in_cover", true}},
        {{"variant", "v6_nots"}, {"needs", "root"}, {"in_cover", false}},
        {{"variant", "v4_ts_day"}, {"long", true}}}},
      {"engines",
       {{{"name", "broken:window"}, {"about", "wrong"}, {"cases", {"half_closed.v6_ts"}}},
        {{"name", "native"}, {"about", "ours"}, {"cases", json::array()}}}}};
  const json closing = {
      {"scenario", "closing"},
      {"variants", {{{"variant", "v4_ts"}}, {{"variant", "v6_ts"}}}},
      {"engines",
       {{{"name", "broken:window"}, {"cases", {"closing.v4_ts", "half_closed.v6_ts"}}}}}};
  const json timer = {{"scenario", "timer"},
                      {"variants", {{{"variant", "v4_ts"}, {"long", true}, {"seconds", 7200}}}}};
  return {{scenario_from(closing, "/bin/closing"), scenario_from(half, "/bin/half"),
           scenario_from(timer, "/bin/timer")},
          {{"torn", "--describe: exited with 127"}}};
}

inline std::vector<std::string> names_of(const Catalogue& catalogue,
                                         const std::vector<CaseId>& cases) {
  std::vector<std::string> names;
  for (const CaseId& id : cases) names.push_back(case_name(catalogue, id));
  return names;
}

}  // namespace sockcr::runner
