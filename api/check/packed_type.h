// Which message an Any holds, by the messages linked in. Pure; any thread.
#pragma once

#include <google/protobuf/any.pb.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>

namespace sluice::api {

struct PackedType {
  const google::protobuf::Descriptor* type = nullptr;
  std::string why;  // if null: why, ready to stand behind "path: "
};

// `url`: "type.googleapis.com/" and the full name; other hosts are refused, nobody uses them.
// TypedStruct, Envoy's detour for unknown types, is refused by name.
PackedType FindPackedType(std::string_view url);

// Null if the bytes are no `type`.
std::unique_ptr<google::protobuf::Message> Unpack(const google::protobuf::Any& any,
                                                  const google::protobuf::Descriptor& type);

}  // namespace sluice::api
