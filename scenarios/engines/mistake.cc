#include "scenarios/engines/mistake.h"

namespace sockcr::scenario {
namespace {

class Broken : public Native {
 public:
  explicit Broken(Mistake mistake) : mistake_(std::move(mistake)) {}

 protected:
  void edit(std::vector<Reading>& readings) const override { mistake_.in_readings(readings); }
  void edit(Image& image) const override { mistake_.in_image(image); }
  void edit(SocketPlan& plan, const Socket& socket) const override {
    for (Plan* part : {&plan.build, &plan.complete}) {
      std::erase_if(*part,
                    [](const Action& a) { return std::holds_alternative<action::Verify>(a); });
    }
    mistake_.in_plan(plan, socket);
  }

 private:
  Mistake mistake_;
};

}  // namespace

EngineEntry broken_entry(std::string name, std::string about, std::vector<std::string> cases,
                         Mistake mistake) {
  return {"broken:" + std::move(name), std::move(about), std::move(cases),
          [mistake = std::move(mistake)] { return std::make_unique<Broken>(mistake); }};
}

}  // namespace sockcr::scenario
