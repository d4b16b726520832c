// What the runner asks of a case and what it hears back: values, and the JSON they travel in.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pcap/comparison/aspect.h"

namespace sockcr::scenario {

enum class Verdict {
  pass,
  fail,     // a violation
  xfail,    // a violation that was expected
  xpass,    // a pass where a violation was expected
  skip,     // unsupported, by name
  trouble,  // this machine could not judge
};

std::string_view to_text(Verdict verdict);
std::optional<Verdict> verdict_of(std::string_view text);

struct CaseRequest {
  std::string variant;
  std::string cut = "once";       // none, once, twice, elsewhere
  std::string engine = "native";  // native, broken:NAME
  std::string gate = "iptables";
  std::uint64_t seed = 1;
  double slow_factor = 1;      // multiplies every deadline
  bool keep = false;           // leave the directory after a pass too
  bool trace = false;          // put the trace of the cut into the report after a pass too
  std::string directory;       // absolute; made only when there is something to leave; "": nowhere
  bool compare_images = true;  // the second checkpoint against the first
  bool compare = false;        // tell the traits of what the peer saw
  std::string rerun;           // the shell command that repeats this case
  std::string walk{};          // of a random walk that has been edited: all of it

  bool operator==(const CaseRequest&) const = default;
};

struct CaseResult {
  Verdict verdict = Verdict::trouble;
  double ms = 0;
  std::optional<double> stall_ms;     // empty where no byte is due
  std::string reason;                 // one line; after a pass "", or what the case has to say
  std::string report;                 // many lines, for people: transcript, packets, trace
  std::string kernel;                 // release of the kernel that judged
  std::string directory;              // "" when nothing was left
  std::vector<pcap::Trait> traits{};  // of what the peer saw, where they were asked for
  std::map<std::string, double> profile{};  // ms of each part (runner/profile.h)
  bool needs_control = true;  // not where nothing is cut: a failure is the kernel's then
  // Of a random walk: its pieces, each of which can be left out; joined with "; " they are what a
  // request takes.
  std::vector<std::string> walk{};

  bool operator==(const CaseResult&) const = default;
};

// One JSON object each, keys as the fields are called. Reading throws nlohmann::json::exception
// where a key that has no default is missing or has another type.
void to_json(nlohmann::json& json, const CaseRequest& request);
void from_json(const nlohmann::json& json, CaseRequest& request);
void to_json(nlohmann::json& json, const CaseResult& result);
void from_json(const nlohmann::json& json, CaseResult& result);

// The text as it travels: bytes that are no UTF-8 (a case may report what it found) are replaced.
std::string to_line(const nlohmann::json& json);

}  // namespace sockcr::scenario
