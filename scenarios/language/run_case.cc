#include "scenarios/language/run_case.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <unistd.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "engine/sys/call.h"
#include "engine/sys/kernel_release.h"
#include "engine/sys/socket.h"
#include "engine/tcp/repair.h"
#include "netns/sandbox.h"
#include "scenarios/engines/criu_cache.h"
#include "scenarios/language/backlog.h"
#include "scenarios/language/expand.h"
#include "scenarios/language/report.h"

namespace sockcr::scenario {
namespace {

Cut cut_of(const std::string& word) {
  if (word == "none") return Cut::none;
  if (word == "once") return Cut::once;
  if (word == "twice") return Cut::twice;
  if (word == "elsewhere") return Cut::elsewhere;
  throw std::invalid_argument("no cut is called " + word);
}

Settings settings_of(const Scenario& scenario, const CaseRequest& request) {
  const auto variant = find_variant(scenario.axes, request.variant);
  if (!variant) throw std::invalid_argument(scenario.name + " has no variant " + request.variant);
  return {.scenario = scenario.name,
          .variant = *variant,
          .cut = cut_of(request.cut),
          .engine = request.engine,
          .seed = request.seed,
          .slow_factor = request.slow_factor,
          .compare_images = request.compare_images,
          .sysctls =
              scenario.sysctls ? scenario.sysctls(*variant) : std::vector<netns::SysctlOverride>{},
          .scenery = scenario.scenery(*variant)};
}

// Whether this kernel and these rights can do it at all; asked before anything is judged.
void probe_repair_mode() {
  const FileDescriptor socket = make_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  enter_repair(socket.get(), Reuse::keep);
  leave_repair(socket.get(), WindowProbe::no);
}

// What a kernel counts when a segment was not what it had expected: nstat's names.
constexpr const char* counts_of_surprise[] = {
    "TcpInErrs",
    "TcpInCsumErrors",
    "TcpEstabResets",
    "TcpAttemptFails",
    "TcpOutRsts",
    "TcpExtPAWSActive",
    "TcpExtPAWSEstab",
    "TcpExtBeyondWindow",
    "TcpExtTSEcrRejected",
    "TcpExtTCPSACKDiscard",
    "TcpExtTCPSACKReneging",
    "TcpExtTCPChallengeACK",
    "TcpExtTCPSYNChallenge",
    "TcpExtTCPRcvQDrop",
    "TcpExtTCPZeroWindowDrop",
    "TcpExtTCPMD5NotFound",
    "TcpExtTCPMD5Unexpected",
    "TcpExtTCPMD5Failure",
    "TcpExtTCPAbortOnData",
    "TcpExtTCPAbortOnTimeout",
    "TcpExtTCPAbortFailed",
    "TcpExtListenDrops",
    "TcpExtTCPReqQFullDrop",
    "UdpInErrors",
    "UdpInCsumErrors",
    "UdpNoPorts",
    "Udp6InErrors",
    "Udp6NoPorts",
    "IcmpInDestUnreachs",
    "Icmp6InDestUnreachs",
};

std::vector<pcap::Trait> surprises_of_peer(const World& world) {
  const netns::Counters counted = world.counted_by_peer();
  std::vector<pcap::Trait> traits;
  for (const char* name : counts_of_surprise) {
    traits.push_back({name, "peer", {fmt::format("{}", netns::value_of(counted, name))}});
  }
  return traits;
}

std::vector<pcap::Trait> traits_of(const World& world) {
  const std::vector<pcap::Evidence> evidence = world.evidence();
  std::vector<pcap::Trait> all = surprises_of_peer(world);
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    const auto more = pcap::traits_of(evidence[i], evidence.size() == 1 ? 0 : i + 1);
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

// The milliseconds of its parts, each to its name (runner/profile.h).
class Stopwatch {
 public:
  explicit Stopwatch(Clock::time_point start) : last_(start) {}
  void stop(const std::string& part, Clock::time_point now = Clock::now()) {
    parts_[part] += std::chrono::duration<double, std::milli>(now - last_).count();
    last_ = now;
  }
  std::map<std::string, double> parts() const { return parts_; }

 private:
  Clock::time_point last_;
  std::map<std::string, double> parts_;
};

std::string part_of(StepKind kind) {
  switch (kind) {
    case StepKind::laboratory:
      return "wire";
    case StepKind::drive:
      return "drive";
    case StepKind::engine:
      return "cut";
  }
  return "";
}

std::map<std::string, double> parts_of(const Performance& performance, Stopwatch watch,
                                       Clock::time_point played) {
  auto now = played;
  for (const PlayedStep& step : performance.steps) {
    now += std::chrono::duration_cast<Clock::duration>(step.took);
    watch.stop(part_of(step.step.kind), now);
  }
  watch.stop("judge");
  return watch.parts();
}

// Of a conversation that has lost packets to this machine nothing is known.
void excuse(CaseResult& result, unsigned long lost) {
  if (result.verdict != Verdict::fail || lost == 0) return;
  result.verdict = Verdict::trouble;
  result.reason = fmt::format(
      "this machine lost {} packets meanwhile (the backlog of a CPU was full, see "
      "/proc/net/softnet_stat): lower -j or raise net.core.netdev_max_backlog; {}",
      lost, result.reason);
}

// What a mail needs, and a terminal says elsewhere.
std::string origin_of(const CaseRequest& request) {
  return fmt::format("kernel {}  engine {}  cut {}  gate {}  seed {}\nrerun with {}\n\n",
                     kernel_release(), request.engine, request.cut, request.gate, request.seed,
                     request.rerun);
}

CaseResult perform(const Scenario& scenario, const CaseRequest& request, Clock::time_point start) {
  Stopwatch watch(start);
  watch.stop("namespaces");
  const Settings settings = settings_of(scenario, request);
  const Steps timeline = scenario.timeline(settings.variant);
  const bool is_cut = has_cut(timeline);
  if (is_cut) probe_repair_mode();
  if (settings.cut != Cut::none) prepare_engine(settings.engine);
  // Never destroyed: this process ends now and all its world with it, while closing the capture by
  // hand would wait for one RCU grace period more.
  World& world = *new World(settings);
  watch.stop("laboratory", world.laboratory_built);
  watch.stop("capture");
  const unsigned long lost_before = packets_lost_by_this_machine();
  const auto played = Clock::now();
  const Performance performance = play(world, expand(timeline, settings));

  CaseResult result;
  result.needs_control = is_cut;
  result.profile = parts_of(performance, watch, played);
  result.verdict = performance.failure ? performance.failure->verdict : Verdict::pass;
  result.stall_ms = performance.stall_ms;
  result.reason = performance.failure ? reason_of(performance) : world.remark;
  excuse(result, packets_lost_by_this_machine() - lost_before);
  if (request.compare && !performance.failure) {
    if (scenario.not_compared.empty()) {
      result.traits = traits_of(world);
    } else {
      result.reason = "not compared: " + scenario.not_compared;
    }
  }
  std::string report;
  if (performance.failure || request.keep || request.trace) {
    report = report_of(world, performance, request.trace);
  }
  if (performance.failure || request.trace) result.report = report;
  const bool judged_against = performance.failure && performance.failure->verdict != Verdict::skip;
  if ((judged_against || request.keep) && !request.directory.empty()) {
    leave_files(world, performance, origin_of(request) + report, request.directory);
    result.directory = request.directory;
  }
  return result;
}

// A file without a name, which the sandbox's process and ours share.
class Message {
 public:
  Message()
      : file_(call(
            "memfd_create", [] { return ::memfd_create("case", MFD_CLOEXEC); },
            [] { return std::string("\"case\", MFD_CLOEXEC"); })) {}

  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t n = ::write(file_.get(), text.data(), text.size());
      if (n < 0) throw SystemError("write", "memfd", errno);
      text.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  std::string read() const {
    std::string text(static_cast<std::size_t>(::lseek(file_.get(), 0, SEEK_END)), '\0');
    if (::pread(file_.get(), text.data(), text.size(), 0) < 0) {
      throw SystemError("pread", "memfd", errno);
    }
    return text;
  }

 private:
  FileDescriptor file_;
};

CaseResult unjudged(Verdict verdict, std::string reason) {
  CaseResult result;
  result.verdict = verdict;
  result.reason = std::move(reason);
  return result;
}

// An error of the set-up: nothing has been judged yet.
CaseResult guarded(const Scenario& scenario, const CaseRequest& request, Clock::time_point start) {
  try {
    return perform(scenario, request, start);
  } catch (const Unsupported& unsupported) {
    return unjudged(Verdict::skip, unsupported.what());
  } catch (const std::exception& error) {
    return unjudged(Verdict::trouble, error.what());
  }
}

}  // namespace

CaseResult run_case(const Scenario& scenario, const CaseRequest& request) {
  const auto start = Clock::now();
  open_criu_cache();
  const Message message;
  const int code = netns::run_in_sandbox([&] {
    message.write(nlohmann::json(guarded(scenario, request, start))
                      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return 0;
  });
  const std::string answer = message.read();
  CaseResult result =
      answer.empty()
          ? unjudged(Verdict::trouble, fmt::format("the case's process ended with code {}", code))
          : nlohmann::json::parse(answer).get<CaseResult>();
  result.kernel = kernel_release();
  result.ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  if (!result.profile.empty()) {
    double inside = 0;
    for (const auto& [part, ms] : result.profile) inside += ms;
    result.profile["end"] = result.ms - inside;
  }
  return result;
}

}  // namespace sockcr::scenario
