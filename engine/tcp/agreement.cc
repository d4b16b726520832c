#include "engine/tcp/agreement.h"

#include <algorithm>

namespace sockcr {

void Agreement::add(const HeardSegment& answer, std::uint32_t asked_ms, std::uint32_t took_ms) {
  const bool agrees = last_ && last_->seq == answer.seq && last_->ack == answer.ack;
  last_ = answer;
  if (!agrees) return;
  agreed_ = answer;
  if (!answer.timestamps) {
    uncertain_ms_ = 0;
    return;
  }
  if (took_ms < uncertain_ms_) clock_ = {false, answer.timestamps->value - asked_ms};
  uncertain_ms_ = std::min(uncertain_ms_, took_ms);
}

}  // namespace sockcr
