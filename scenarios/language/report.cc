#include "scenarios/language/report.h"

#include <fmt/format.h>
#include <filesystem>
#include <fstream>

#include "engine/process/diag.h"
#include "engine/sys/error.h"
#include "pcap/pcapng.h"
#include "pcap/text.h"

namespace sockcr::scenario {
namespace {

constexpr std::size_t most_packets = 60;

std::string milliseconds(std::chrono::nanoseconds took) {
  return fmt::format("{:8.1f} ms", std::chrono::duration<double, std::milli>(took).count());
}

std::string head(const World& world, const Performance& p) {
  const std::string name = world.settings.case_name();
  if (!p.failure) return fmt::format("{} passed in {} steps\n", name, p.steps.size());
  std::string text;
  if (p.failed_step) {
    const Step& step = p.steps[*p.failed_step].step;
    text = fmt::format("{} failed at step {} of {}\n{}:{}: {}\n", name, *p.failed_step + 1,
                       p.steps.size(), step.at.file, step.at.line, step.text);
  } else {
    text = fmt::format("{} failed: every step passed, the witness objects\n", name);
  }
  text += fmt::format("    {}\n", p.failure->what);
  if (!p.failure->expected.empty()) text += fmt::format("    expected: {}\n", p.failure->expected);
  return text + fmt::format("    actual:   {}\n", p.failure->actual);
}

std::string sentence_of(const PlayedStep& played) {
  return played.step.text + (played.aside.empty() ? "" : fmt::format(" ({})", played.aside));
}

std::string transcript(const Performance& p) {
  std::string text = "\n";
  for (const PlayedStep& played : p.steps) {
    const std::string sentence = sentence_of(played);
    switch (played.outcome) {
      case PlayedStep::Outcome::ok:
        text += fmt::format("  ok      {}  {}\n", milliseconds(played.took), sentence);
        break;
      case PlayedStep::Outcome::failed:
        text += fmt::format("  FAILED  {}  {}\n", milliseconds(played.took), sentence);
        break;
      case PlayedStep::Outcome::not_run:
        text += fmt::format("  not run              {}\n", sentence);
        break;
    }
  }
  return text;
}

std::string changes(const Performance& p) {
  if (p.changed.empty()) return "";
  std::string text = "\nwhat the cut has changed of ours:\n";
  for (const auto& [what, before, after] : p.changed) {
    text += fmt::format("  {}: {} became {}\n", what, before, after);
  }
  return text;
}

std::string breaches(const Performance& p) {
  if (p.breaches.empty()) return "";
  std::string text = "\nwhat the witness objects to:\n";
  for (const pcap::Breach& breach : p.breaches) {
    text += fmt::format("  {}\n", pcap::to_text(breach));
  }
  return text;
}

// From the closing of the gate on, or the last ones where it never closed.
std::string packets(const World& world) {
  const pcap::Recording recording = world.capture.recording();
  const std::size_t count = recording.packets.size();
  const pcap::MarkSpan* closed = recording.first_mark(pcap::phase::gate_closed);
  const std::size_t from =
      closed != nullptr ? closed->first : (count > most_packets ? count - most_packets : 1);
  const std::size_t to = std::min(count, from + most_packets - 1);
  std::string text = fmt::format("\npackets {} to {} of {}, seen at the peer:\n", from, to, count);
  return text + pcap::to_text(recording, from, to);
}

std::string ends(World& world) {
  std::string text = "\nboth ends now:\n";
  for (const netns::End end : {netns::End::ours, netns::End::peer}) {
    const NetworkNamespace::Scope inside(world.laboratory.inside(end));
    for (const TcpDiag& diag : dump_tcp()) {
      text +=
          fmt::format("  {}  {:<11} recv-q {} send-q {}  {} > {}  timer {} {} ms, {} retransmits\n",
                      to_text(end), to_text(diag.state), diag.receive_queue, diag.send_queue,
                      to_text(diag.local), to_text(diag.remote), static_cast<int>(diag.timer),
                      diag.timer_ms, diag.retransmits);
    }
  }
  return text;
}

// Regular files alone: a FIFO would wait for somebody.
void copy_folder_of(const Parcel& parcel, const std::filesystem::path& directory) {
  const std::filesystem::path& from = parcel.folder;
  if (from.empty()) return;
  const std::filesystem::path to = directory / from.filename();
  std::filesystem::create_directories(to);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(from)) {
    const auto place = to / entry.path().lexically_relative(from);
    if (entry.is_directory()) std::filesystem::create_directories(place);
    if (!entry.is_regular_file()) continue;
    std::filesystem::copy_file(entry, place, std::filesystem::copy_options::overwrite_existing);
  }
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw SystemError("write", path.string(), EIO);
}

// Beside the failure itself, which may be the first of these.
std::string changes_beside(const Performance& p) {
  std::string text;
  for (const auto& [what, before, after] : p.changed) {
    if (what == p.failure->what) continue;
    text += fmt::format("; besides, {}: {} became {}", what, before, after);
  }
  return text;
}

}  // namespace

std::string report_of(World& world, const Performance& p, bool with_trace) {
  std::string text = head(world, p) + transcript(p);
  if (p.failure) text += changes(p) + breaches(p) + packets(world) + ends(world);
  const bool show_trace = with_trace || (p.failure && p.failure->verdict == Verdict::fail);
  if (show_trace && !world.trace.lines().empty()) {
    text += "\ntrace of the cut:\n" + world.trace.to_text();
  }
  return text;
}

std::string reason_of(const Performance& p) {
  if (!p.failure) return "";
  if (p.failure->verdict == Verdict::skip || p.failure->verdict == Verdict::trouble) {
    return p.failure->actual;
  }
  std::string reason = fmt::format("{}: expected {}, actual {}", p.failure->what,
                                   p.failure->expected, p.failure->actual);
  // A step that waited in vain tells little; what stood on the wire may tell why.
  if (p.failed_step && !p.breaches.empty()) {
    reason += "; the witness: " + pcap::to_text(p.breaches.front());
  }
  return reason + changes_beside(p);
}

void leave_files(const World& world, const Performance& p, const std::string& report,
                 const std::string& directory) {
  const std::filesystem::path folder(directory);
  std::filesystem::create_directories(folder);
  const pcap::Recording recording = world.capture.recording();
  pcap::write_pcapng(folder / "capture.pcapng", recording, "peer",
                     pcap::comments_of(recording, p.breaches));
  write_file(folder / "report.txt", report);
  write_file(folder / "trace.txt", world.trace.to_text());
  for (std::size_t i = 0; i < world.parcels.size(); ++i) {
    const Bytes& image = world.parcels[i].image;
    if (image.empty()) continue;
    const std::string name = i == 0 ? "image.sockcr" : fmt::format("image-{}.sockcr", i + 1);
    write_file(folder / name, {reinterpret_cast<const char*>(image.data()), image.size()});
  }
  for (std::size_t i = 0; i < world.parcels.size(); ++i) copy_folder_of(world.parcels[i], folder);
}

}  // namespace sockcr::scenario
