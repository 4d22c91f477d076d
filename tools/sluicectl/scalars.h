// Texts of a YAML file as the values that a protobuf field takes.
//
// Thread: any; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/duration.pb.h>

namespace sluice::ctl {

// The whole of `text`, decimal, no sign.
std::optional<uint64_t> ToUnsigned(std::string_view text);
// true or false, nothing else.
std::optional<bool> ToBool(std::string_view text);

// "3s", "250ms", "1m30s", "1h", "0"; no sign.
std::optional<google::protobuf::Duration> ToDuration(std::string_view text);
// The shortest form that ToDuration reads: "3s", "250ms", "1m30s".
std::string FromDuration(const google::protobuf::Duration& duration);

// snake_case of lowerCamelCase; what is snake_case already stays.
std::string SnakeCase(std::string_view name);

// How many letters must be put in, taken out or changed to make `b` of `a`.
size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace sluice::ctl
