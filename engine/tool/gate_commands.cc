#include "engine/tool/gate_commands.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <cstdio>

#include "engine/gate/iptables_gate.h"
#include "engine/tool/image_stream.h"
#include "engine/tool/network_namespaces.h"
#include "engine/tool/refusal.h"

namespace sockcr {
namespace {

using ImageIds = std::vector<std::uint64_t>;

bool contains(const ImageIds& ids, std::uint64_t id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

std::uint64_t image_id_of(const std::string& text) {
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (error == std::errc() && end == text.data() + text.size() && text.size() == 16) return id;
  throw WrongUse(fmt::format("{} is no image id: 16 hexadecimal digits", text));
}

void open_gate(std::uint64_t id) { IptablesGate::adopt(id).open(); }

ImageIds image_ids_of(const std::vector<std::string>& texts) {
  ImageIds ids;
  for (const std::string& text : texts) ids.push_back(image_id_of(text));
  return ids;
}

void open_chosen(const ImageIds& ids, const ImageIds& standing) {
  for (const std::uint64_t id : ids) {
    if (!contains(standing, id)) {
      throw Refused(fmt::format("no gate of image {} stands here", image_id_text(id)));
    }
    open_gate(id);
    fmt::print("gate of image {} opened\n", image_id_text(id));
  }
}

void list(const ImageIds& standing) {
  if (standing.empty()) fmt::print("no gate stands in this network namespace\n");
  for (const std::uint64_t id : standing) {
    fmt::print("gate of image {} stands: restore the image, or open it: sockcr rescue {}\n",
               image_id_text(id), image_id_text(id));
  }
}

}  // namespace

ExitCode release(const std::string& image, const std::string& netns) {
  const std::uint64_t id = read_named_image(image).circumstance.image_id;
  const Inside inside(netns);
  if (!contains(standing_gates(), id)) {
    fmt::print(stderr,
               "sockcr: no gate of image {} stands in this network namespace: nothing to release\n",
               image_id_text(id));
    return ExitCode::success;
  }
  open_gate(id);
  fmt::print(stderr,
             "sockcr: gate of image {} opened; peers of what is not restored will be reset\n",
             image_id_text(id));
  return ExitCode::success;
}

ExitCode rescue(const RescueOptions& options) {
  const ImageIds asked = image_ids_of(options.image_ids);
  const Inside inside(options.netns);
  const ImageIds standing = standing_gates();
  if (options.all || !asked.empty()) {
    open_chosen(options.all ? standing : asked, standing);
  } else {
    list(standing);
  }
  fmt::print(stderr,
             "sockcr: only gates so far: sockets in repair mode and stopped programs stay as they "
             "are (kill -CONT PID)\n");
  return ExitCode::success;
}

}  // namespace sockcr
