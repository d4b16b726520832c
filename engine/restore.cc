#include "engine/restore.h"

#include "engine/tcp/clock.h"
#include "engine/tcp/rebuild.h"

namespace sockcr {

Restoration::Restoration(Image image) : image_(std::move(image)) {
  const Circumstance now = current_circumstance(image_.circumstance.image_id);
  for (const Socket& socket : image_.sockets) {
    const auto& c = std::get<TcpConnection>(socket);
    plans_.push_back({plan_build(c, rebased(c.clock, image_.circumstance, now)), plan_resume(c)});
  }
}

void Restoration::build() {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    const auto& c = std::get<TcpConnection>(image_.sockets[i]);
    performers_.push_back(std::make_unique<Performer>(to_text(c), injectors_));
    performers_.back()->perform(plans_[i].build);
  }
}

std::vector<int> Restoration::sockets() const {
  std::vector<int> numbers;
  for (const auto& performer : performers_) numbers.push_back(performer->socket().get());
  return numbers;
}

void Restoration::resume() {
  for (std::size_t i = 0; i < plans_.size(); ++i) performers_[i]->perform(plans_[i].resume);
}

}  // namespace sockcr
