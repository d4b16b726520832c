#include "engine/image/diff.h"

#include <fmt/format.h>
#include <algorithm>
#include <span>
#include <type_traits>

#include "engine/image/field_text.h"
#include "engine/image/tolerance.h"

namespace sockcr {
namespace {

constexpr std::size_t shown = 64;  // characters of a value

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

// Row by row; what only one of the two has is absent in the other.
void compare_rows(const std::vector<FieldText>& of_a, const std::vector<FieldText>& of_b,
                  std::string_view of, std::vector<Difference>& found) {
  for (const FieldText& row : of_a) {
    const std::string* const other = find(of_b, row.name);
    if (other == nullptr || *other != row.text) {
      found.push_back({row.name + std::string(of), row.text, other != nullptr ? *other : "absent"});
    }
  }
  for (const FieldText& row : of_b) {
    if (find(of_a, row.name) == nullptr) {
      found.push_back({row.name + std::string(of), "absent", row.text});
    }
  }
}

void compare_datagrams(const std::vector<Datagram>& a, const std::vector<Datagram>& b,
                       std::vector<Difference>& found) {
  if (a.size() != b.size()) {
    found.push_back({"datagrams", fmt::format("{}", a.size()), fmt::format("{}", b.size())});
  }
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    compare_rows(rows_of(a[i]), rows_of(b[i]), fmt::format(" of datagram {}", i + 1), found);
  }
}

void compare_messages(const std::vector<UnixMessage>& a, const std::vector<UnixMessage>& b,
                      std::vector<Difference>& found) {
  if (a.size() != b.size()) {
    found.push_back({"messages", fmt::format("{}", a.size()), fmt::format("{}", b.size())});
  }
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const std::string of = fmt::format(" of message {}", i + 1);
    compare_rows(rows_of(a[i]), rows_of(b[i]), of, found);
    compare_queue("payload" + of, a[i].payload, b[i].payload, found);
  }
}

template <class Kind>
std::vector<Difference> compare(const Kind& a, const Kind& b) {
  std::vector<Difference> found;
  compare_rows(rows_of(a), rows_of(b), "", found);
  if constexpr (std::is_same_v<Kind, TcpConnection>) {
    compare_queue("receive_queue", a.receive_queue, b.receive_queue, found);
    compare_queue("send_queue", a.send_queue, b.send_queue, found);
  }
  if constexpr (ReceivesDatagrams<Kind>) compare_datagrams(a.queue, b.queue, found);
  if constexpr (std::is_same_v<Kind, UnixSocket>) compare_messages(a.queue, b.queue, found);
  return found;
}

template <class Kind>
std::vector<Difference> compare_tolerantly(const Kind& a, const Kind& b) {
  std::vector<Difference> found = compare(a, b);
  std::erase_if(found, [&](const Difference& difference) {
    const auto all = tolerances<Kind>();
    return std::any_of(all.begin(), all.end(), [&](const Tolerance<Kind>& one) {
      return difference.name.starts_with(one.name) && one.tolerates(a, b);
    });
  });
  return found;
}

// Calls with the two as what they are, when they are the same.
template <class Compare>
std::vector<Difference> of_one_kind(const Socket& a, const Socket& b, Compare compare_kinds) {
  if (a.index() != b.index()) {
    return {{"kind", std::string(name_of(scope_of(a))), std::string(name_of(scope_of(b)))}};
  }
  return std::visit(
      [&](const auto& kind) {
        return compare_kinds(kind, std::get<std::decay_t<decltype(kind)>>(b));
      },
      a);
}

}  // namespace

std::vector<Difference> differences(const Socket& a, const Socket& b) {
  return of_one_kind(a, b, [](const auto& one, const auto& other) { return compare(one, other); });
}

std::vector<Difference> beyond_tolerance(const Socket& a, const Socket& b) {
  return of_one_kind(
      a, b, [](const auto& one, const auto& other) { return compare_tolerantly(one, other); });
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
