#include "dataplane/config/compile_header_mutation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "dataplane/config/compile_matchers.h"
#include "dataplane/config/implemented_fields.h"
#include "dataplane/http/text.h"

namespace sluice::config {
namespace {

using envoy::config::core::v3::HeaderValueOption;

// Setting one by configuration would break the framing of the message or speak for another hop
// (RFC 9110 7.6.1, RFC 9112 6); the host has its own rewrite.
constexpr std::array<std::string_view, 9> kNotByConfiguration = {
    "connection", "content-length",    "host",    "keep-alive", "proxy-connection",
    "te",         "transfer-encoding", "trailer", "upgrade"};

bool CheckName(std::string_view name, const std::string& path, ErrorList& errors) {
  const size_t before = errors.size();
  if (name.starts_with(':')) {
    errors.Add(path,
               fmt::format("'{}' belongs to the start line and cannot be changed here", name));
  } else if (std::find(kNotByConfiguration.begin(), kNotByConfiguration.end(), LowerCase(name)) !=
             kNotByConfiguration.end()) {
    errors.Add(path, fmt::format(
                         "'{}' frames the message or names the next hop and cannot be changed here",
                         name));
  } else {
    CheckFieldName(name, path, errors);
  }
  return errors.size() == before;
}

// Text with "%%" as "%"; nullopt with an error if it names an operator or holds a control
// character.
std::optional<std::string> Literal(std::string_view value, const std::string& path,
                                   ErrorList& errors) {
  std::string literal;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F) {
      errors.Add(path, fmt::format("must not hold byte 0x{:02x}", static_cast<unsigned char>(c)));
      return std::nullopt;
    }
    literal.push_back(c);
    if (c != '%') continue;
    if (value.substr(i + 1).starts_with('%')) {
      ++i;
      continue;
    }
    errors.Add(path, fmt::format("format operator in '{}': not implemented yet", value));
    return std::nullopt;
  }
  return std::string(http::TrimOws(literal));
}

route::AppendAction ActionOf(const HeaderValueOption& option, const std::string& path,
                             ErrorList& errors) {
  if (option.has_append()) {
    if (option.append_action() != HeaderValueOption::APPEND_IF_EXISTS_OR_ADD) {
      errors.Add(JoinPath(path, "append"), "must not be set together with append_action");
    }
    return option.append().value() ? route::AppendAction::kAppendIfExistsOrAdd
                                   : route::AppendAction::kOverwriteIfExistsOrAdd;
  }
  switch (option.append_action()) {
    case HeaderValueOption::APPEND_IF_EXISTS_OR_ADD:
      return route::AppendAction::kAppendIfExistsOrAdd;
    case HeaderValueOption::ADD_IF_ABSENT:
      return route::AppendAction::kAddIfAbsent;
    case HeaderValueOption::OVERWRITE_IF_EXISTS_OR_ADD:
      return route::AppendAction::kOverwriteIfExistsOrAdd;
    case HeaderValueOption::OVERWRITE_IF_EXISTS:
      return route::AppendAction::kOverwriteIfExists;
    default:
      errors.Add(JoinPath(path, "append_action"), "is not a known value");
      return route::AppendAction::kAppendIfExistsOrAdd;
  }
}

void CompileAddition(const HeaderValueOption& option, const std::string& path,
                     route::FieldMutation& out, ErrorList& errors) {
  const std::string header = JoinPath(path, "header");
  const auto& field = option.header();
  const bool raw = !field.raw_value().empty();
  if (raw && !field.value().empty())
    errors.Add(JoinPath(header, "raw_value"), "must not be set together with value");
  const bool name_ok = CheckName(field.key(), JoinPath(header, "key"), errors);
  const std::optional<std::string> value =
      Literal(raw ? field.raw_value() : field.value(),
              JoinPath(header, raw ? "raw_value" : "value"), errors);
  const route::AppendAction action = ActionOf(option, path, errors);
  if (!name_ok || !value) return;
  // xDS: an empty value adds nothing unless it is wanted.
  if (value->empty() && !option.keep_empty_value()) return;
  const std::string name = LowerCase(field.key());
  out.add.push_back({http::LookupField(name), action, name, *value});
}

bool Overwrites(const route::FieldAdd& add) {
  return add.action == route::AppendAction::kOverwriteIfExists ||
         add.action == route::AppendAction::kOverwriteIfExistsOrAdd;
}

}  // namespace

void CompileFieldMutation(const HeaderAdditions& add, const HeaderRemovals& remove,
                          std::string_view direction, const std::string& path,
                          route::FieldMutation& out, ErrorList& errors) {
  const std::string adds = JoinPath(path, fmt::format("{}_headers_to_add", direction));
  const std::string removes = JoinPath(path, fmt::format("{}_headers_to_remove", direction));
  for (int i = 0; i < add.size(); ++i) CompileAddition(add[i], IndexPath(adds, i), out, errors);
  // Envoy overwrites before it appends, whatever the order of the list.
  std::stable_partition(out.add.begin(), out.add.end(), Overwrites);
  for (int i = 0; i < remove.size(); ++i) {
    if (!CheckName(remove[i], IndexPath(removes, i), errors)) continue;
    const std::string name = LowerCase(remove[i]);
    out.remove.push_back({http::LookupField(name), name});
  }
}

}  // namespace sluice::config
