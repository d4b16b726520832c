// What the contract promises and this build does not have yet: listed in --help, refused by name.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sockcr::runner {

class Unbuilt {
 public:
  // Registers the options; this object must outlive the parsing.
  void add_to(CLI::App& app);

  // Throws UsageError when one of them was given.
  void refuse() const;

  // Throws UsageError when an option has one of the values that are not built yet.
  void refuse_values(const std::map<std::string, std::vector<std::string>>& given) const;

 private:
  std::vector<std::string> given_;
};

}  // namespace sockcr::runner
