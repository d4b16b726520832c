#include "scenarios/runner/run.h"

#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/sys/error.h"
#include "scenarios/runner/answer.h"
#include "scenarios/runner/control.h"
#include "scenarios/runner/crew.h"
#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/interrupt.h"
#include "scenarios/runner/place.h"
#include "scenarios/runner/profile.h"
#include "scenarios/runner/request.h"
#include "scenarios/runner/run_facts.h"
#include "scenarios/runner/walking.h"

namespace sockcr::runner {
namespace {

using scenario::CaseRequest;
using scenario::CaseResult;
using scenario::Verdict;

constexpr int answer_descriptor = 3;
constexpr auto redraw_every = std::chrono::milliseconds(100);

// One process: a case, or the control of a failure, or of a pass that is compared with it.
struct Job {
  CaseId id;
  CaseRequest asked;
  std::uint64_t round = 0;
  std::optional<CaseResult> case_result = std::nullopt;  // set: the control runs, to judge this
  std::shared_ptr<ShrinkingWalk> shrinks = nullptr;  // set: not to be reported, but told to this

  CaseRequest request() const { return case_result ? control_of(asked) : asked; }
};

CaseResult judged_by_control(const CaseResult& result, const CaseResult& control) {
  return result.verdict == Verdict::fail ? judged_with(result, control)
                                         : compared_with(result, control);
}

class Run {
 public:
  Run(const Catalogue& catalogue, const Selection& selection, const Options& options,
      const Caller& caller, Expectations& expectations, Reporter& reporter, const Means& means)
      : catalogue_(catalogue),
        selection_(selection),
        options_(options),
        caller_(caller),
        expectations_(expectations),
        reporter_(reporter),
        schedule_(selection.cases, options.cuts,
                  {options.seed, options.shuffle, options.shard, options.rounds()}),
        interrupt_(means.interrupt),
        crew_(means.crew) {}

  int judge_all();

 private:
  void fill();
  bool unfinished() const;
  std::optional<Job> next_job();
  void start(Job job);
  void listen();
  void settle(const Ended& ended);
  void judge(const Job& job, const CaseResult& result);
  CaseResult tidied(const Job& job, CaseResult result) const;
  void conclude(const Job& job, const CaseResult& result);
  void shrink(const CaseId& id, const std::shared_ptr<ShrinkingWalk>& walk);
  bool is_enough() const;
  void report(const Job& job, const CaseResult& result);
  void report_damaged();
  void report_unjudged();
  void report_unneeded();
  void on_interrupt();
  void stop(Ending ending);
  Clock::duration limit_of(const CaseId& id) const;

  const Catalogue& catalogue_;
  const Selection& selection_;
  const Options& options_;
  const Caller& caller_;
  Expectations& expectations_;
  Reporter& reporter_;
  Schedule schedule_;

  Interrupt& interrupt_;
  Crew& crew_;
  std::map<std::uint64_t, Job> running_;
  std::deque<Job> controls_;  // and what a failing walk is shrunk by
  std::map<std::shared_ptr<ShrinkingWalk>, std::size_t> shrinking_;  // -> answers awaited
  std::uint64_t tickets_ = 0;
  bool planned_all_ = false;
  Tally tally_;
  Profile profile_;
  const Clock::time_point started_ = Clock::now();
  Ending ending_ = Ending::complete;
  const std::string kernel_ = crew_.kernel();
  const std::filesystem::path folder_ = output_folder();
};

// By the clock of the kernel that judges. Two cuts of half a minute each are the longest that a
// case waits for which does not say how long it does. In virtual time a day has passed in seconds:
// what is to last for hours may, and what hangs is ended nevertheless.
Clock::duration Run::limit_of(const CaseId& id) const {
  const VariantEntry& variant = catalogue_.scenarios[id.scenario].variants[id.variant];
  if (options_.virtual_time()) return std::chrono::hours(24);
  const double usual = variant.is_long ? 180 : 60;
  return std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(variant.seconds + usual * options_.factor()));
}

int Run::judge_all() {
  reporter_.begin(facts_of(catalogue_, selection_, schedule_, options_, kernel_));
  report_damaged();
  do {
    fill();
    listen();
  } while (unfinished());
  report_unjudged();
  if (options_.strict) report_unneeded();
  reporter_.end(tally_, ending_);
  if (options_.profile) {
    std::fputs(profile_.to_text(Clock::now() - started_).c_str(), stderr);
  }
  remove_if_empty(folder_);
  return ending_ == Ending::interrupted ? exit_interrupted : tally_.exit_code(options_.exit_style);
}

// One batch a call, so that a machine on which every start fails still hears Ctrl-C.
void Run::fill() {
  for (std::uint64_t i = 0; i < options_.jobs && crew_.size() < options_.jobs; ++i) {
    if (ending_ != Ending::complete) return;
    auto job = next_job();
    planned_all_ = !job;
    if (!job) return;
    start(std::move(*job));
  }
}

bool Run::unfinished() const {
  const bool more = !planned_all_ || !controls_.empty();
  return crew_.size() > 0 || (more && ending_ == Ending::complete);
}

// Controls first: a failure is kept in memory until its control has ended.
std::optional<Job> Run::next_job() {
  if (!controls_.empty()) {
    Job job = std::move(controls_.front());
    controls_.pop_front();
    return job;
  }
  // Where nothing can be judged, waiting for a failure would never end.
  const bool in_vain = tally_.judged() == 0 && tally_.cases() >= schedule_.per_round();
  if (!schedule_.total() && in_vain) return std::nullopt;
  if (is_enough()) return std::nullopt;
  const auto planned = schedule_.next();
  if (!planned) return std::nullopt;
  return Job{planned->id, request_for(catalogue_, *planned, options_, caller_, folder_),
             planned->round};
}

void Run::start(Job job) {
  const ScenarioEntry& entry = catalogue_.scenarios[job.id.scenario];
  const CaseRequest request = job.request();
  CaseResult trouble;
  trouble.kernel = kernel_;
  if (!has_engine(entry, request.engine)) {
    trouble.reason = entry.name + " was built without engine " + request.engine;
    judge(job, trouble);
    return;
  }
  clear_directory(request.directory);
  try {
    crew_.start({++tickets_,
                 {entry.binary, "--run-one", scenario::to_line(nlohmann::json(request))},
                 answer_descriptor,
                 limit_of(job.id),
                 request.directory});
    running_.emplace(tickets_, std::move(job));
  } catch (const SystemError& error) {
    trouble.reason = one_line(error.what());
    judge(job, trouble);
  }
}

void Run::listen() {
  const auto wait = crew_.size() > 0 ? redraw_every : std::chrono::milliseconds(0);
  for (const Ended& ended : crew_.wait(wait, interrupt_.get())) settle(ended);
  if (interrupt_.take()) on_interrupt();
  if (ending_ == Ending::complete) reporter_.tick(tally_);
}

void Run::settle(const Ended& ended) {
  if (ending_ != Ending::complete) return;  // we killed it: report_unjudged says what is to be said
  const auto found = running_.find(ended.ticket);
  const Job job = std::move(found->second);
  running_.erase(found);
  judge(job, result_of(ended, limit_of(job.id), kernel_));
}

void Run::judge(const Job& job, const CaseResult& result) {
  const bool failed = result.verdict == Verdict::fail;
  const bool is_asked_for_more = !result.traits.empty();
  if (failed && !result.needs_control) return conclude(job, result);
  if (job.case_result) {
    conclude(job, tidied(job, judged_by_control(*job.case_result, result)));
  } else if (is_control(job.asked)) {
    conclude(job, failed ? failed_control(result) : tidied(job, result));
  } else if (failed || is_asked_for_more) {
    controls_.push_back({job.id, job.asked, job.round, result, job.shrinks});
  } else {
    conclude(job, result);
  }
}

// What --compare kept for the moment goes where nobody could tell the difference.
CaseResult Run::tidied(const Job& job, CaseResult result) const {
  const bool wanted = options_.keep || result.verdict != Verdict::pass;
  if (wanted || !job.asked.compare) return result;
  clear_directory(job.asked.directory);
  result.directory.clear();
  return result;
}

void Run::conclude(const Job& job, const CaseResult& result) {
  if (job.shrinks) {
    job.shrinks->judged(result);
    if (--shrinking_.at(job.shrinks) == 0) shrink(job.id, job.shrinks);
  } else if (result.verdict == Verdict::fail && !result.walk.empty()) {
    shrink(job.id, std::make_shared<ShrinkingWalk>(job.asked, result));
  } else {
    report(job, result);
  }
}

// One batch of candidates; behind the last one the walk is reported.
void Run::shrink(const CaseId& id, const std::shared_ptr<ShrinkingWalk>& walk) {
  const std::vector<CaseRequest> requests = walk->next();
  if (requests.empty()) {
    shrinking_.erase(walk);
    return report({id, walk->asked()}, walk->result());
  }
  shrinking_[walk] = requests.size();
  for (const CaseRequest& request : requests) {
    controls_.push_back({id, request, 0, std::nullopt, walk});
  }
}

// Failures that are only to be shrunk count too.
bool Run::is_enough() const {
  const auto most = options_.stop_after();
  return most && tally_.failures() + shrinking_.size() >= *most;
}

void Run::report(const Job& job, const CaseResult& found) {
  profile_.add(found.profile);
  const CaseRequest& asked = job.asked;
  const std::string& scenario = catalogue_.scenarios[job.id.scenario].name;
  const std::string name = scenario + "." + asked.variant;
  const CaseResult result =
      expectations_.apply({name, asked.cut, asked.engine, found}, options_.strict);
  tally_.add(result.verdict);
  reporter_.judged({name, scenario, asked.variant, options_.walk ? 0 : job.round, asked.cut,
                    asked.engine, asked.rerun, result},
                   tally_);
  const auto most = options_.stop_after();
  if (most && tally_.failures() >= *most) stop(Ending::stopped);
}

void Run::report_damaged() {
  if (options_.shard.index != 1) return;  // once, not in every shard
  for (const DamagedEntry& damaged : selection_.damaged) {
    CaseRequest asked;
    asked.cut = options_.cuts.front();
    asked.engine = options_.choice.engine;
    CaseResult trouble;
    trouble.reason = damaged.reason;
    trouble.kernel = kernel_;
    tally_.add(trouble.verdict);
    reporter_.judged({damaged.name, damaged.name, "", 0, asked.cut, asked.engine,
                      rerun_command(caller_.command, damaged.name, asked), trouble},
                     tally_);
  }
}

// Failures whose control was cut off by Ctrl-C: somebody waited for them, so they are told.
void Run::report_unjudged() {
  if (ending_ != Ending::interrupted) return;
  const auto report_case = [this](const Job& job) {
    if (job.case_result && !job.shrinks) report(job, without_control(*job.case_result));
  };
  for (const auto& [ticket, job] : running_) report_case(job);
  for (const Job& job : controls_) report_case(job);
  for (const auto& [walk, awaited] : shrinking_) report({{}, walk->asked()}, walk->result());
}

// What is expected outlives its reason unless somebody says so. A failure that did not come was
// told as an xpass.
void Run::report_unneeded() {
  for (const Expectation* each : expectations_.unneeded()) {
    if (each->outcome != Expectation::Outcome::skip) continue;
    reporter_.note(each->place + ": no skip needed " + each->case_glob);
  }
}

void Run::on_interrupt() {
  if (ending_ != Ending::complete) ::_exit(exit_interrupted);  // the second: at once
  stop(Ending::interrupted);
}

void Run::stop(Ending ending) {
  ending_ = ending;
  crew_.kill_all();
}

}  // namespace

int run(const Catalogue& catalogue, const Selection& selection, const Options& options,
        const Caller& caller, Expectations& expectations, Reporter& reporter, const Means& means) {
  return Run(catalogue, selection, options, caller, expectations, reporter, means).judge_all();
}

}  // namespace sockcr::runner
