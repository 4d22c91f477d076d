// The syntax of what people write besides names and paths: hosts, addresses, HTTP tokens, dates.
// Pure; any thread.
#pragma once

#include <google/protobuf/duration.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::model {

// What is wrong with a host of a Gateway: "shop.example.com", "*.example.com", "*", an IP literal
// (IPv6 in brackets). Lower case, no port. "" if nothing.
std::string HostError(std::string_view host);

// A host name without wildcard, or an IP literal: what DNS or a Host field can say.
bool IsHostName(std::string_view host);
// The same with an optional ":port" (RFC 9110 7.2).
bool IsAuthority(std::string_view text);

// IPv4 or IPv6 literal without brackets.
bool IsIpLiteral(std::string_view text);

// RFC 9110 5.6.2.
bool IsToken(std::string_view text);
// A field value without control characters (RFC 9110 5.5); it may be empty.
bool IsFieldValue(std::string_view text);
// Fields that frame a message or belong to one hop: no configuration may change them. Any case.
bool IsFramingField(std::string_view name);

std::string LowerCase(std::string_view text);

// "2026-11-30" in seconds since 1970, at the start of that day in UTC; nullopt if it is no date.
std::optional<int64_t> ParseDate(std::string_view text);

// In nanoseconds; nullopt if it is no valid one, negative or over a year.
std::optional<int64_t> NanosOf(const google::protobuf::Duration& duration);

}  // namespace sluice::model
