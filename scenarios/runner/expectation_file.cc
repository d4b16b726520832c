#include "scenarios/runner/expectation_file.h"

#include <fmt/format.h>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/option_values.h"
#include "scenarios/runner/program_path.h"
#include "scenarios/runner/suggestion.h"

namespace sockcr::runner {
namespace {

using nlohmann::json;

constexpr int entry_depth = 2;  // of an entry's braces: document, list, entry

// An iterator that counts newlines for whoever holds the counter: nlohmann::json keeps no places.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* line) : at_(at), line_(line) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (*at_++ == '\n') ++*line_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* line_;
};

// Of one entry: where it begins, and each of its fields.
struct Lines {
  std::size_t begin = 0;
  std::map<std::string, std::size_t> fields{};
};

class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : file_(file) { parse(text); }

  std::vector<Expectation> all() const {
    if (!document_.is_object()) refuse(1, "the document is no object");
    for (const auto& [key, value] : document_.items()) {
      if (key != "expectations") refuse(1, fmt::format("{}: there is no such field", key));
    }
    if (!document_.contains("expectations") || !document_["expectations"].is_array()) {
      refuse(1, "expectations: a list is needed");
    }
    std::vector<Expectation> found;
    for (const json& entry : document_["expectations"]) {
      found.push_back(expectation(entry, found.size()));
    }
    return found;
  }

 private:
  void parse(std::string_view text) {
    std::size_t line = 1;
    const auto note = [&](int depth, json::parse_event_t event, json& value) {
      if (event == json::parse_event_t::object_start && depth == entry_depth) {
        lines_.push_back({line});
      }
      if (event == json::parse_event_t::key && depth == entry_depth + 1) {
        note_field(value.get<std::string>(), line);
      }
      return true;
    };
    try {
      document_ = json::parse(CountingIterator(text.data(), &line),
                              CountingIterator(text.data() + text.size(), &line), note);
    } catch (const json::exception& error) {
      refuse(line, fmt::format("no JSON: {}", error.what()));
    }
  }

  void note_field(const std::string& name, std::size_t line) {
    const bool first = lines_.back().fields.emplace(name, line).second;
    if (!first) refuse(line, name + ": stands twice in one entry");
  }

  [[noreturn]] void refuse(std::size_t line, const std::string& why) const {
    throw UsageError(fmt::format("{}:{}: {}", file_, line, why));
  }

  [[noreturn]] void refuse_field(std::size_t entry, const std::string& field,
                                 const std::string& why) const {
    const auto found = lines_[entry].fields.find(field);
    const std::size_t line =
        found == lines_[entry].fields.end() ? lines_[entry].begin : found->second;
    refuse(line, fmt::format("{}: {}", field, why));
  }

  std::string text(const json& entry, std::size_t index, const std::string& field) const {
    if (!entry.contains(field)) return "";
    if (!entry[field].is_string()) refuse_field(index, field, "a text is needed");
    auto value = entry[field].get<std::string>();
    if (value.empty()) refuse_field(index, field, "is empty");
    return value;
  }

  std::string needed(const json& entry, std::size_t index, const std::string& field) const {
    if (!entry.contains(field)) refuse_field(index, field, "is missing");
    return text(entry, index, field);
  }

  void refuse_unknown_fields(const json& entry, std::size_t index) const {
    static const std::vector<std::string> known{"case", "except", "outcome", "reason", "says",
                                                "cut",  "engine", "kernel",  "see"};
    for (const auto& [key, value] : entry.items()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        refuse_field(index, key, "there is no such field" + did_you_mean(key, known));
      }
    }
  }

  std::vector<std::string> exceptions(const json& entry, std::size_t index) const {
    if (!entry.contains("except")) return {};
    const json& globs = entry["except"];
    const auto is_text = [](const json& each) {
      return each.is_string() && !each.get<std::string>().empty();
    };
    if (!globs.is_array() || globs.empty() || !std::all_of(globs.begin(), globs.end(), is_text)) {
      refuse_field(index, "except", "a list of texts is needed");
    }
    return globs.get<std::vector<std::string>>();
  }

  Expectation::Outcome outcome(const json& entry, std::size_t index) const {
    const std::string word = needed(entry, index, "outcome");
    if (word == "fail") return Expectation::Outcome::fail;
    if (word == "skip") return Expectation::Outcome::skip;
    refuse_field(index, "outcome", fmt::format("{} is neither fail nor skip", word));
  }

  std::vector<std::string> cuts(const json& entry, std::size_t index) const {
    const std::string words = text(entry, index, "cut");
    try {
      return words.empty() ? std::vector<std::string>{} : parse_cuts(words);
    } catch (const UsageError& error) {
      refuse_field(index, "cut", error.what());
    }
  }

  std::optional<std::regex> says(const json& entry, std::size_t index) const {
    const std::string expression = text(entry, index, "says");
    if (expression.empty()) return std::nullopt;
    try {
      return std::regex(expression);
    } catch (const std::regex_error& error) {
      refuse_field(index, "says", fmt::format("no regular expression: {}", error.what()));
    }
  }

  std::optional<KernelRelease> bound(const json& range, std::size_t index,
                                     const std::string& name) const {
    if (!range.contains(name)) return std::nullopt;
    const auto release = range[name].is_string()
                             ? parse_kernel_release(range[name].get<std::string>())
                             : std::nullopt;
    if (!release) refuse_field(index, "kernel", name + ": no release like \"6.12\"");
    return release;
  }

  void read_kernel(const json& entry, std::size_t index, Expectation& expectation) const {
    if (!entry.contains("kernel")) return;
    const json& range = entry["kernel"];
    if (!range.is_object()) refuse_field(index, "kernel", "{\"since\", \"before\"} is needed");
    for (const auto& [key, value] : range.items()) {
      if (key != "since" && key != "before") {
        refuse_field(index, "kernel", key + " is neither since nor before");
      }
    }
    expectation.since = bound(range, index, "since");
    expectation.before = bound(range, index, "before");
    const bool empty =
        expectation.since && expectation.before && *expectation.since >= *expectation.before;
    if (empty) refuse_field(index, "kernel", "no release lies between the two");
  }

  Expectation expectation(const json& entry, std::size_t index) const {
    if (!entry.is_object()) refuse(1, fmt::format("entry {} is no object", index + 1));
    refuse_unknown_fields(entry, index);
    Expectation expectation;
    expectation.case_glob = needed(entry, index, "case");
    expectation.except_globs = exceptions(entry, index);
    expectation.outcome = outcome(entry, index);
    expectation.reason = needed(entry, index, "reason");
    expectation.says = says(entry, index);
    expectation.cuts = cuts(entry, index);
    if (entry.contains("engine")) expectation.engine_glob = text(entry, index, "engine");
    read_kernel(entry, index, expectation);
    expectation.see = expectation.outcome == Expectation::Outcome::fail
                          ? needed(entry, index, "see")
                          : text(entry, index, "see");
    expectation.place = fmt::format("{}:{}", file_, lines_[index].begin);
    return expectation;
  }

  const std::string& file_;
  json document_;
  std::vector<Lines> lines_;
};

}  // namespace

std::vector<Expectation> parse_expectations(std::string_view text, const std::string& file) {
  return Reader(text, file).all();
}

std::vector<Expectation> read_expectations(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) throw UsageError(fmt::format("{} cannot be read", file.string()));
  return parse_expectations(text.str(), file.string());
}

std::filesystem::path usual_expectation_file() {
  const auto folder = program_path().parent_path();
  for (const auto& candidate : {folder, folder.parent_path()}) {
    std::error_code unreadable;
    auto file = candidate / "expectations.json";
    if (std::filesystem::is_regular_file(file, unreadable)) return file;
  }
  return {};
}

}  // namespace sockcr::runner
