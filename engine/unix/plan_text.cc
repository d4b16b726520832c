#include <fmt/format.h>

#include "engine/unix/plan.h"

namespace sockcr {
namespace {

namespace act = unix_action;

std::string number_text(std::uint32_t socket) { return fmt::format("unix socket {}", socket); }

struct Describe {
  std::string operator()(const act::MakeSocket& a) const {
    return fmt::format("make {}, {}", number_text(a.socket), sockcr::to_text(a.type));
  }
  std::string operator()(const act::MakePair& a) const {
    return fmt::format("make {} and {}, a pair of {}, as {}", number_text(a.one), a.other,
                       sockcr::to_text(a.type), sockcr::to_text(a.as));
  }
  std::string operator()(const act::WriteOption& a) const {
    const OptionRow* row = find_option(a.value.level, a.value.number);
    return fmt::format("write {} of {}", row != nullptr ? row->name : "an unknown option",
                       number_text(a.socket));
  }
  std::string operator()(const act::Bind& a) const {
    return fmt::format("bind {} to {}{}", number_text(a.socket), name_text(a.name),
                       a.node.unlinked ? ", unlinked" : "");
  }
  std::string operator()(const act::Listen& a) const {
    return fmt::format("listen on {} as {}", number_text(a.socket), sockcr::to_text(a.as));
  }
  std::string operator()(const act::Connect& a) const {
    return fmt::format("connect {} to {} as {}", number_text(a.socket), a.to,
                       sockcr::to_text(a.as));
  }
  std::string operator()(const act::Accept& a) const {
    return fmt::format("accept {} from {}", number_text(a.socket), a.listener);
  }
  std::string operator()(const act::MakeRoom& a) const {
    return fmt::format("make room for {} messages of {} bytes in {}", a.messages, a.bytes,
                       number_text(a.sender));
  }
  std::string operator()(const act::Send& a) const {
    return fmt::format("send {} messages from {} to {}", a.messages.size(), number_text(a.from),
                       a.to);
  }
  std::string operator()(const act::LeaveUnread& a) const {
    return fmt::format("leave a byte of {} unread", number_text(a.from));
  }
  std::string operator()(const act::Close& a) const { return "close " + number_text(a.socket); }
  std::string operator()(const act::ShutDown& a) const {
    return fmt::format("shut {} down for{}{}", number_text(a.socket), a.receive ? " reading" : "",
                       a.send ? " writing" : "");
  }
  std::string operator()(const act::AttachFilter& a) const {
    return fmt::format("attach the filter of {}: {}", number_text(a.socket), to_text(a.filter));
  }
};

}  // namespace

std::string to_text(const UnixAction& action) { return std::visit(Describe{}, action); }

}  // namespace sockcr
