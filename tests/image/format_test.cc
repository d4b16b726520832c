// FORMAT.md is what a stranger writes a reader from: its tables are those that this code has.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "engine/image/attributes.h"
#include "engine/image/records.h"

namespace sockcr {
namespace {

constexpr const char* page_path = SOCKCR_FORMAT_PAGE;

std::string read_page() {
  std::ifstream file(page_path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string type_text(const AttributeRule& rule) {
  switch (rule.type) {
    case AttributeType::u8:
      return "u8";
    case AttributeType::u16:
      return "u16";
    case AttributeType::u32:
      return "u32";
    case AttributeType::u64:
      return "u64";
    case AttributeType::i32:
      return "i32";
    case AttributeType::i64:
      return "i64";
    case AttributeType::bytes:
      return "bytes";
    case AttributeType::string:
      return "string";
    case AttributeType::nested:
      return fmt::format("attributes of {}", name_of(rule.inside));
  }
  return "?";
}

std::string occurs_text(Occurs occurs) {
  switch (occurs) {
    case Occurs::once:
      return "1";
    case Occurs::optional:
      return "0..1";
    case Occurs::many:
      return "0..n";
  }
  return "?";
}

std::string length_text(const AttributeRule& rule) {
  if (rule.type == AttributeType::nested) return "";
  return rule.length.min == rule.length.max
             ? fmt::format("{}", rule.length.min)
             : fmt::format("{} to {}", rule.length.min, rule.length.max);
}

std::string range_text(const ValueRange& range) {
  if (range.min == INT64_MIN && range.max == UINT64_MAX) return "";
  return fmt::format("{} to {}", range.min, range.max);
}

std::string scopes_text(const AttributeRule& rule) {
  std::string text;
  for (unsigned i = 0; name_of(static_cast<Scope>(i)) != "?"; ++i) {
    const auto scope = static_cast<Scope>(i);
    if (rule.scopes.contains(scope))
      text += (text.empty() ? "" : ", ") + std::string(name_of(scope));
  }
  return text;
}

std::string records_table() {
  std::string text = "| number | record |\n| --- | --- |\n";
  for (std::uint16_t number = 0; number < critical_bit; ++number) {
    const RecordRule* const rule = find_record(number);
    if (rule != nullptr) text += fmt::format("| {:#x} | {} |\n", number, name_of(rule->scope));
  }
  return text;
}

std::string attributes_table() {
  std::string text =
      "| number | name | type | length | values | how often | where |\n"
      "| --- | --- | --- | --- | --- | --- | --- |\n";
  for (const AttributeRule& rule : table::attributes) {
    text += fmt::format("| {} | {} | {} | {} | {} | {}{} | {} |\n",
                        static_cast<unsigned>(rule.number), rule.name, type_text(rule),
                        length_text(rule), range_text(rule.range), occurs_text(rule.occurs),
                        rule.critical ? "" : ", not critical", scopes_text(rule));
  }
  return text;
}

// What stands between <!-- NAME --> and <!-- end of NAME -->, replaced.
std::string with_table(const std::string& page, const std::string& name, const std::string& table) {
  const std::string begin = fmt::format("<!-- {} -->\n", name);
  const std::size_t from = page.find(begin),
                    to = page.find(fmt::format("<!-- end of {} -->", name));
  if (from == std::string::npos || to == std::string::npos) return "no place for " + name;
  return page.substr(0, from + begin.size()) + "\n" + table + "\n" + page.substr(to);
}

// SOCKCR_WRITE_FORMAT=1 writes them anew.
TEST(Format, ThePageHasTheTablesOfTheCode) {
  const std::string page = read_page();
  const std::string expected =
      with_table(with_table(page, "records", records_table()), "attributes", attributes_table());
  if (std::getenv("SOCKCR_WRITE_FORMAT") != nullptr) std::ofstream(page_path) << expected;
  EXPECT_EQ(read_page(), expected);
}

}  // namespace
}  // namespace sockcr
