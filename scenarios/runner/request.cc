#include "scenarios/runner/request.h"

#include <fmt/format.h>

#include "scenarios/runner/place.h"

namespace sockcr::runner {

scenario::CaseRequest request_for(const Catalogue& catalogue, const Planned& planned,
                                  const Options& options, const Caller& caller,
                                  const std::filesystem::path& output_folder) {
  const ScenarioEntry& scenario = catalogue.scenarios[planned.id.scenario];
  scenario::CaseRequest request;
  request.variant = scenario.variants[planned.id.variant].name;
  request.cut = planned.cut;
  request.engine = options.choice.engine;
  request.gate = options.gate;
  request.seed = options.seed + planned.round;
  if (options.walk) request.variant = std::to_string(request.seed);
  const std::string name = scenario.name + "." + request.variant;
  request.slow_factor = options.factor();
  request.keep = options.keep || options.compare;
  request.trace = options.trace;
  request.compare_images = options.compare_images;
  request.compare = options.compare;
  if (!output_folder.empty()) {
    request.directory =
        output_folder / directory_name(name, request, options.walk ? 0 : planned.round);
  }
  const std::string own_name = caller.names_scenario ? name : request.variant;
  request.rerun = options.walk ? rerun_command(caller.command + " --walk", "1", request)
                               : rerun_command(caller.command, own_name, request);
  // A factor that was measured is measured again.
  if (options.slow_factor) request.rerun += fmt::format(" --slow-factor {}", *options.slow_factor);
  if (!options.kernel.empty()) request.rerun += " --kernel " + shell_quoted(options.kernel);
  if (options.virtual_time()) request.rerun += " --virtual-time";
  return request;
}

}  // namespace sockcr::runner
