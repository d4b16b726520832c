#include "engine/restore.h"

#include <netinet/in.h>
#include <map>

#include "engine/image/validate.h"
#include "engine/options/table.h"
#include "engine/sys/socket.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/rebuild.h"

namespace sockcr {

namespace {

std::vector<OptionValue> options_of_new_socket(int domain) {
  return read_options(make_socket(domain, SOCK_STREAM, IPPROTO_TCP).get(), domain);
}

}  // namespace

Restoration::Restoration(Image image) : image_(std::move(image)) {
  validate(image_);
  const Circumstance now = current_circumstance(image_.circumstance.image_id);
  std::map<int, std::vector<OptionValue>> defaults;
  for (const Socket& socket : image_.sockets) {
    const auto& c = std::get<TcpConnection>(socket);
    if (!defaults.contains(c.domain)) defaults[c.domain] = options_of_new_socket(c.domain);
    const Target target{rebased(c.clock, image_.circumstance, now), defaults[c.domain]};
    plans_.push_back({plan_build(c, target), plan_resume(c)});
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
