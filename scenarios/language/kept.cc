#include "scenarios/language/kept.h"

#include <fmt/format.h>
#include <algorithm>
#include <iterator>

#include "engine/sys/error.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/await.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// Nobody has a descriptor of a request, of a child before accept(2), or of what was closed.
bool is_nobodys(const std::optional<TcpDiag>& kept) { return kept && kept->inode == 0; }

std::vector<pcap::Segment> hear(World& world, Who who) {
  world.mark("said");  // whatever was sent is in the capture
  return heard_so_far(world, who);
}

pcap::Side side_of(Who who) {
  return who.speaker == Speaker::ours ? pcap::Side::ours : pcap::Side::peer;
}

// Places in the two streams, as the rules count them.
std::string last_said(World& world, Who who) {
  const pcap::Side side = side_of(who);
  const std::vector<pcap::Segment> all = hear(world, who);
  const auto last =
      std::find_if(all.rbegin(), all.rend(), [&](const auto& each) { return each.from == side; });
  if (last == all.rend()) return "nothing";
  return fmt::format("seq {}, ack {}", last->begin, last->ack.value_or(0));
}

}  // namespace

std::vector<pcap::Segment> heard_so_far(World& world, Who who) {
  const auto talk = world.conversations.find(who.conversation);
  const auto place = std::distance(world.conversations.begin(), talk);
  const std::vector<pcap::Evidence> evidence = world.evidence();
  return pcap::Hearing(evidence.at(static_cast<std::size_t>(place))).conversation.segments;
}

std::optional<TcpDiag> find_in_kernel(World& world, Who who) {
  const Conversation& talk = world.conversation(who.conversation);
  const bool is_ours = who.speaker == Speaker::ours;
  const bool in_ours = is_ours || !talk.on_the_wire;
  const NetworkNamespace::Scope inside(
      world.laboratory.inside(in_ours ? netns::End::ours : netns::End::peer));
  for (const TcpDiag& diag : dump_tcp()) {
    const bool found = is_ours ? talk.is_between(diag.local, diag.remote)
                               : talk.is_between(diag.remote, diag.local);
    if (found) return diag;
  }
  return std::nullopt;
}

std::string text_of(const std::optional<TcpDiag>& kept) {
  if (!kept) return "it is not there";
  return fmt::format("{}, recv-q {}, send-q {}, inode {}, timer {} in {} ms, {} retransmits",
                     to_text(kept->state), kept->receive_queue, kept->send_queue, kept->inode,
                     static_cast<int>(kept->timer), kept->timer_ms, kept->retransmits);
}

Step End::is_kept_in(TcpState state, At at) const {
  return {
      fmt::format("the kernel keeps {} in {}, and nobody has a descriptor", name_, to_text(state)),
      [who = who_, name = name_, state](World& world) {
        await(
            world, "what the kernel keeps of " + name, to_text(state),
            [&] {
              const auto kept = find_in_kernel(world, who);
              return is_nobodys(kept) && kept->state == state;
            },
            [&] { return text_of(find_in_kernel(world, who)); });
      },
      at};
}

Step End::is_kept_with(std::size_t unread, std::size_t undelivered, At at) const {
  return {fmt::format("the kernel keeps {} unread and {} undelivered of {}", unread, undelivered,
                      name_),
          [who = who_, name = name_, unread, undelivered](World& world) {
            await(
                world, "what the kernel keeps of " + name,
                fmt::format("recv-q {}, send-q {}", unread, undelivered),
                [&] {
                  const auto kept = find_in_kernel(world, who);
                  return is_nobodys(kept) && kept->receive_queue == unread &&
                         kept->send_queue == undelivered;
                },
                [&] { return text_of(find_in_kernel(world, who)); });
          },
          at};
}

Step End::is_gone(At at) const {
  return {fmt::format("nothing is left of {}", name_),
          [who = who_, name = name_](World& world) {
            await(
                world, "what the kernel keeps of " + name, "nothing",
                [&] { return !find_in_kernel(world, who); },
                [&] { return text_of(find_in_kernel(world, who)); });
          },
          at};
}

Step End::is_kept_for_at_most(int seconds, At at) const {
  return {fmt::format("the kernel keeps {} for at most {} s more", name_, seconds),
          [who = who_, name = name_, seconds](World& world) {
            const auto kept = find_in_kernel(world, who);
            const auto most = static_cast<std::uint32_t>(seconds) * 1000;
            if (kept && kept->timer == TcpTimer::time_wait && kept->timer_ms <= most) return;
            throw Violation("timer of " + name, fmt::format("at most {} ms", most), text_of(kept));
          },
          at};
}

Step End::said_last_what_it_must(At at) const {
  return {fmt::format("the last that {} said stands behind its FIN and acknowledges that of {}",
                      name_, other_),
          [who = who_, name = name_](World& world) {
            const Conversation& talk = world.conversation(who.conversation);
            const bool is_ours = who.speaker == Speaker::ours;
            const Actor& self = is_ours ? talk.ours : talk.peer;
            const Actor& other = is_ours ? talk.peer : talk.ours;
            // The SYN is 0, the first byte 1.
            const std::string wanted =
                fmt::format("seq {}, ack {}", self.written + 2, other.written + 2);
            const std::string said = last_said(world, who);
            if (said != wanted) throw Violation("the last that " + name + " said", wanted, said);
          },
          at};
}

Step End::has_sent_at_most(std::size_t bytes_a_segment, At at) const {
  return {fmt::format("no segment of {} has had more than {} bytes", name_, bytes_a_segment),
          [who = who_, name = name_, bytes_a_segment](World& world) {
            std::size_t longest = 0;
            for (const auto& each : hear(world, who)) {
              if (each.from == side_of(who)) longest = std::max(longest, each.tcp.payload.size());
            }
            if (longest <= bytes_a_segment) return;
            throw Violation("longest segment of " + name,
                            fmt::format("at most {} bytes", bytes_a_segment),
                            fmt::format("{}", longest));
          },
          at};
}

Step End::sends_up_to(std::uint32_t bytes, At at) const {
  return {fmt::format("{} sends up to {} bytes in a segment", name_, bytes),
          [who = who_, name = name_, bytes](World& world) {
            const std::uint32_t mss = read_info(world.actor(who).borrow().get()).snd_mss;
            if (mss <= bytes && mss >= bytes / 4 * 3) return;
            throw Violation("snd_mss of " + name, fmt::format("{} at most", bytes),
                            fmt::format("{}", mss));
          },
          at};
}

Step End::lingers_in_fin_wait2(int seconds, At at) const {
  return {fmt::format("{} shall wait {} s for the FIN of {}, once closed", name_, seconds, other_),
          [who = who_, seconds](World& world) {
            const SocketOption<int> linger2{IPPROTO_TCP, TCP_LINGER2, "TCP_LINGER2"};
            set_option(world.actor(who).borrow().get(), linger2, seconds);
          },
          at};
}

}  // namespace sockcr::scenario
