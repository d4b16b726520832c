#include "engine/image/diff.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "engine/image/field_text.h"

namespace sockcr {
namespace {

constexpr std::uint32_t milliseconds_slack = 2;  // ticks: the lowest bit of TSval cannot be read
constexpr std::uint32_t microseconds_slack = 1000;
constexpr std::size_t shown = 64;  // characters of a value

// Never lower: the peer's PAWS check would drop what we send.
bool clock_moved_little(const TcpConnection& a, const TcpConnection& b) {
  if (a.clock.microseconds != b.clock.microseconds) return false;
  const std::uint32_t moved = b.clock.offset - a.clock.offset;
  return moved <= (a.clock.microseconds ? microseconds_slack : milliseconds_slack);
}

bool always(const TcpConnection&, const TcpConnection&) { return true; }

// The edge that the peer may write up to. An ACK that the socket tries to send behind the gate, its
// delayed one say, computes the window anew, and may only move the edge to the right.
bool edge_is_kept(const TcpConnection& a, const TcpConnection& b) {
  return !before(b.window.rcv_wup + b.window.rcv_wnd, a.window.rcv_wup + a.window.rcv_wnd);
}

constexpr std::array tolerance_table{
    Tolerance{"clock.offset", clock_moved_little, "reading hides the lowest bit of TSval"},
    Tolerance{"window.snd_wl1", always, "a forged segment may become the last that set the window"},
    Tolerance{"window.rcv_wup", always, "any segment that we send moves it up to rcv_nxt"},
    Tolerance{"window.rcv_wnd", edge_is_kept,
              "it counts from rcv_wup, to the same edge or further"},
};

std::string where_queues_part(const Bytes& a, const Bytes& b, const Bytes& shown_one) {
  const auto parts = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto at = static_cast<std::size_t>(parts.first - a.begin());
  const std::size_t end = std::min(shown_one.size(), at + 8);
  const auto first = std::span(shown_one).subspan(at, end - at);
  return fmt::format("{} bytes, from byte {}: {}", shown_one.size(), at,
                     first.empty() ? "end" : hexadecimal(first));
}

void compare_queue(std::string_view name, const Bytes& a, const Bytes& b,
                   std::vector<Difference>& found) {
  if (a == b) return;
  found.push_back({std::string(name), where_queues_part(a, b, a), where_queues_part(a, b, b)});
}

template <class Kind>
std::vector<FieldText> rows_of(const Kind& socket) {
  FieldTexts texts;
  for_each_field(socket, texts);
  return texts.take();
}

const std::string* find(const std::vector<FieldText>& rows, std::string_view name) {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const FieldText& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &found->text;
}

template <class Kind>
std::vector<Difference> compare(const Kind& a, const Kind& b) {
  const std::vector<FieldText> of_a = rows_of(a), of_b = rows_of(b);
  std::vector<Difference> found;
  for (const FieldText& row : of_a) {
    const std::string* const other = find(of_b, row.name);
    if (other == nullptr || *other != row.text) {
      found.push_back({row.name, row.text, other != nullptr ? *other : "absent"});
    }
  }
  for (const FieldText& row : of_b) {
    if (find(of_a, row.name) == nullptr) found.push_back({row.name, "absent", row.text});
  }
  if constexpr (std::is_same_v<Kind, TcpConnection>) {
    compare_queue("receive_queue", a.receive_queue, b.receive_queue, found);
    compare_queue("send_queue", a.send_queue, b.send_queue, found);
  }
  return found;
}

bool is_tolerated(const Difference& difference, const TcpConnection& a, const TcpConnection& b) {
  return std::any_of(tolerance_table.begin(), tolerance_table.end(), [&](const Tolerance& one) {
    return one.name == difference.name && one.tolerates(a, b);
  });
}

}  // namespace

std::vector<Difference> differences(const Socket& a, const Socket& b) {
  if (a.index() != b.index()) {
    return {{"kind", std::string(name_of(scope_of(a))), std::string(name_of(scope_of(b)))}};
  }
  return std::visit(
      [&](const auto& kind) { return compare(kind, std::get<std::decay_t<decltype(kind)>>(b)); },
      a);
}

std::span<const Tolerance> tolerances() { return tolerance_table; }

std::vector<Difference> beyond_tolerance(const Socket& a, const Socket& b) {
  std::vector<Difference> found = differences(a, b);
  if (!std::holds_alternative<TcpConnection>(a) || a.index() != b.index()) return found;
  std::erase_if(found, [&](const Difference& difference) {
    return is_tolerated(difference, std::get<TcpConnection>(a), std::get<TcpConnection>(b));
  });
  return found;
}

std::string abbreviated(const std::string& text) {
  if (text.empty()) return "(empty)";
  return text.size() <= shown ? text : text.substr(0, shown) + "...";
}

std::string to_text(const Difference& difference) {
  return fmt::format("{}: {} -> {}", difference.name, abbreviated(difference.a),
                     abbreviated(difference.b));
}

}  // namespace sockcr
