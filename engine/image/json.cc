#include "engine/image/json.h"

#include <arpa/inet.h>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "engine/image/field_text.h"

namespace sockcr {
namespace {

using Json = nlohmann::ordered_json;

std::string plural(std::string_view name) { return std::string(name) + "s"; }

Json address_json(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(address.family, address.bytes.data(), text, sizeof text);
  return Json{{"family", address.family == AF_INET ? "inet" : "inet6"},
              {"address", text},
              {"port", address.port},
              {"scope_id", address.scope_id}};
}

template <class Value>
Json fields_json(const Value& value);

// Visits fields (for_each_field).
struct FieldsToJson {
  Json& object;

  void operator()(Attribute attribute, const Address& address) const {
    at(attribute) = address_json(address);
  }
  void operator()(Attribute attribute, TcpState state) const { at(attribute) = to_text(state); }
  void operator()(Attribute attribute, UnixType type) const { at(attribute) = to_text(type); }
  void operator()(Attribute attribute, Owner owner) const { at(attribute) = to_text(owner); }
  void operator()(Attribute attribute, StatusFlags flags) const { at(attribute) = to_text(flags); }
  void operator()(Attribute attribute, SignalOwner owner) const { at(attribute) = to_text(owner); }
  void operator()(Attribute attribute, const Bytes& bytes) const {
    at(attribute) = hexadecimal(bytes);
  }
  void operator()(Attribute attribute, const std::vector<Address>& addresses) const {
    Json& list = object[plural(rule_of(attribute).name)] = Json::array();
    for (const Address& address : addresses) list.push_back(address_json(address));
  }
  template <class Value>
  void operator()(Attribute attribute, const std::vector<Value>& values) const {
    Json& list = object[plural(rule_of(attribute).name)] = Json::array();
    for (const Value& value : values) list.push_back(fields_json(value));
  }
  template <class Value>
  void operator()(Attribute attribute, const Value& value) const {
    at(attribute) = value;
  }

  Json& at(Attribute attribute) const { return object[std::string(rule_of(attribute).name)]; }
};

template <class Value>
Json fields_json(const Value& value) {
  Json object = Json::object();
  for_each_field(value, FieldsToJson{object});
  return object;
}

template <class Kind>
Json socket_json(const Kind& socket) {
  Json object = Json::object({{"kind", name_of(scope_of(socket))}});
  for_each_field(socket, FieldsToJson{object});
  if constexpr (std::is_same_v<Kind, TcpConnection>) {
    object["receive_queue"] = hexadecimal(socket.receive_queue);
    object["send_queue"] = hexadecimal(socket.send_queue);
  }
  if constexpr (ReceivesDatagrams<Kind>) {
    Json& queue = object["queue"] = Json::array();
    for (const Datagram& one : socket.queue) queue.push_back(fields_json(one));
  }
  if constexpr (std::is_same_v<Kind, UnixSocket>) {
    Json& queue = object["queue"] = Json::array();
    for (const UnixMessage& one : socket.queue) {
      queue.push_back(fields_json(one));
      queue.back()["payload"] = hexadecimal(one.payload);
    }
  }
  return object;
}

}  // namespace

Json to_json(const Image& image) {
  Json circumstance = fields_json(image.circumstance);
  circumstance["image_id"] = image_id_text(image.circumstance.image_id);
  Json sockets = Json::array();
  for (std::size_t i = 0; i < image.sockets.size(); ++i) {
    sockets.push_back(
        std::visit([](const auto& kind) { return socket_json(kind); }, image.sockets[i]));
    sockets.back()["where"] = fields_json(image.where[i]);
  }
  return Json{{"format", image_version}, {"circumstance", circumstance}, {"sockets", sockets}};
}

}  // namespace sockcr
