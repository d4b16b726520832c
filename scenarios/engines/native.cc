#include "scenarios/engines/native.h"

#include "engine/image/decode.h"
#include "engine/image/encode.h"
#include "engine/image/listen_only.h"
#include "engine/image/readdress.h"

namespace sockcr::scenario {

void Native::freeze(const CutRequest& cut) {
  cut_ = cut;
  CheckpointRequest request{.pids = cut.subjects,
                            .image_id = cut.image_id,
                            .gate = cut.gate,
                            .ownerless = true,
                            .leave_running = cut.leave_running,
                            .md5_keys = cut.md5_keys};
  edit(request.readings);
  checkpoint_ = std::make_unique<Checkpoint>(std::move(request));
  checkpoint_->freeze();
}

void Native::checkpoint() {
  const Image& image = checkpoint_->read();
  bytes_ = encode(cut_.listen_only_at_checkpoint ? listen_only(image) : image);
}

void Native::kill() {
  checkpoint_->kill();
  checkpoint_.reset();
}

void Native::let_go() { checkpoint_.reset(); }

void Native::readdress(const Address& from, const Address& to) {
  readdress_ = [from, to](Image image) { return sockcr::readdress(std::move(image), from, to); };
}

void Native::restore() {
  Image image = readdress_(decode(bytes_));
  if (cut_.as_written) cut_.as_written(image);
  if (cut_.listen_only_at_restore) image = listen_only(std::move(image));
  edit(image);
  restoration_ = std::make_unique<Restoration>(std::move(image), cut_.md5_keys);
  for (std::size_t i = 0; i < restoration_->plans().size(); ++i) {
    edit(restoration_->plans()[i], restoration_->image().sockets[i]);
  }
  restoration_->build();
}

std::vector<RestoredSocket> Native::sockets() const {
  const std::vector<int> built = restoration_->sockets();
  std::vector<RestoredSocket> held;
  for (std::size_t i = 0; i < built.size(); ++i) {
    if (built[i] >= 0) held.push_back({built[i], restoration_->image().where[i].holders});
  }
  return held;
}

void Native::give_owners(const std::function<pid_t(pid_t then)>& now) {
  restoration_->give_owners(now);
}

void Native::resume() {
  restoration_->resume();
  restoration_.reset();
}

}  // namespace sockcr::scenario
