#include "engine/tool/checkpoint_report.h"
#include "engine/tool/datagrams.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstdio>
#include <string>

#include "engine/tool/datagrams.h"

namespace sockcr {
namespace {

std::string counted(std::size_t number, const char* singular, const char* plural) {
  return fmt::format("{} {}", number, number == 1 ? singular : plural);
}

std::string holders_text(const SocketCircumstance& where) {
  std::vector<std::string> texts;
  for (const Holder& holder : where.holders) {
    texts.push_back(fmt::format("descriptor {} of {}", holder.descriptor, holder.pid));
  }
  return texts.empty() ? "no descriptor" : fmt::format("{}", fmt::join(texts, ", "));
}

// What the image does not have, and a line for it each.
void print_losses(const TcpConnection& c) {
  if (!c.send_urgent_unknown) return;
  fmt::print(stderr,
             "    unknown: which byte of its send queue is urgent; if one is, the mark is lost\n");
}
void print_losses(const UdpSocket& socket) {
  if (socket.errors_lost) fmt::print(stderr, "    lost: its pending errors\n");
  if (shares_its_port(socket)) {
    fmt::print(
        stderr,
        "    unknown: a program that chooses among its group; if there is one, it is lost\n");
  }
}
template <class Kind>
void print_losses(const Kind&) {}

void print_lost_owner(const Image& image, std::size_t i) {
  const std::int32_t owner = image.where[i].owner_pid;
  if (owner == 0 || is_of_image(image, owner)) return;
  fmt::print(stderr, "    lost: whom its signals go to, {} {}\n",
             to_text(open_file_of(image.sockets[i])->owner), owner);
}

void print_sockets(const Image& image) {
  for (std::size_t i = 0; i < image.sockets.size(); ++i) {
    const std::string name = std::visit([](const auto& s) { return to_text(s); }, image.sockets[i]);
    fmt::print(stderr, "  {}  ({})\n", name, holders_text(image.where[i]));
    std::visit([](const auto& socket) { print_losses(socket); }, image.sockets[i]);
    print_lost_owner(image, i);
  }
}

void print_head(const Image& image, const std::string& output) {
  fmt::print(stderr, "sockcr: image {} of {} is in {}\n",
             image_id_text(image.circumstance.image_id),
             counted(image.sockets.size(), "socket", "sockets"),
             output == "-" ? "standard output" : output);
  print_sockets(image);
}

// As one would type them.
void print_next_steps(const std::string& image, const NextStep& next) {
  const std::string where = next.netns->empty() ? "" : " --netns " + *next.netns;
  const std::string keys = next.md5_key.empty() ? "" : " --md5-key " + next.md5_key;
  const std::string restore =
      fmt::format("sockcr restore -i {}{}{} -- COMMAND", image, where, keys);
  const std::string release = fmt::format("sockcr release -i {}{}", image, where);
  fmt::print(stderr,
             "  {0:<{2}}   goes on with them\n"
             "  {1:<{2}}   gives them up: the peers are reset\n",
             restore, release, restore.size());
}

}  // namespace

void report_left_running(const Image& image, const std::string& output) {
  print_head(image, output);
  fmt::print(stderr, "sockcr: the programs run on, the gate is open\n");
}

void report_killed(const Image& image, const std::string& output, const std::vector<pid_t>& pids,
                   const NextStep& next) {
  print_head(image, output);
  const std::string ended = pids.empty() ? "" : fmt::format("killed {}; ", fmt::join(pids, ", "));
  if (!next.netns) {
    fmt::print(stderr,
               "sockcr: {}nobody else is seen in their network namespace, which may end with them: "
               "restore in one that has the addresses\n",
               ended);
    return;
  }
  const bool datagrams =
      std::any_of(image.sockets.begin(), image.sockets.end(),
                  [](const Socket& socket) { return std::holds_alternative<UdpSocket>(socket); });
  std::string blocked = datagrams ? "TCP and UDP" : "TCP";
  for (const std::uint8_t protocol : raw_protocols_of(image)) {
    blocked += fmt::format(", protocol {}", protocol);
  }
  fmt::print(stderr, "sockcr: {}all {} of their network namespace is blocked until one of\n", ended,
             blocked);
  print_next_steps(output == "-" ? "IMAGE" : output, next);
}

}  // namespace sockcr
