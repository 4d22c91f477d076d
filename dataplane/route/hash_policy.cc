#include "dataplane/route/hash_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "absl/container/inlined_vector.h"
#include "dataplane/base/hash.h"
#include "dataplane/route/header_value.h"

namespace sluice::route {
namespace {

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Calls `f(part)` for each part of `text` until it returns true.
template <typename F>
void ForEachPart(std::string_view text, char separator, F&& f) {
  while (true) {
    const size_t end = text.find(separator);
    if (f(text.substr(0, end)) || end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::optional<uint64_t> HashField(const HashRule& rule, const http::Head& head,
                                  buffer::Arena& arena) {
  absl::InlinedVector<std::string_view, 8> values;
  TestField(head, rule.header, [&](std::string_view value) {
    if (rule.regex != nullptr) {
      value = arena.Copy(rule.regex->ReplaceAll(value, rule.substitution));
    } else if (rule.header.joined) {
      value = arena.Copy(value);  // may lie on the stack of the test
    }
    values.push_back(value);
    return false;
  });
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  uint64_t hash = 0;
  for (const std::string_view value : values) hash = base::XxHash64(value, hash);
  return hash;
}

// "" if there is no such cookie, or an empty one. Quotes around a value are not part of it (RFC 6265
// 4.1.1).
std::string_view FindCookie(std::string_view name, const http::Head& head) {
  std::string_view found;
  bool done = false;
  for (uint32_t i = 0; i < head.size() && !done; ++i) {
    const http::Field& field = head.at(i);
    if (field.removed() || field.id != http::FieldId::kCookie) continue;
    ForEachPart(field.value(), ';', [&](std::string_view pair) {
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos || Trim(pair.substr(0, equals)) != name) return false;
      found = Trim(pair.substr(equals + 1));
      done = true;
      return true;
    });
  }
  if (found.size() >= 2 && found.front() == '"' && found.back() == '"') {
    found = found.substr(1, found.size() - 2);
  }
  return found;
}

std::optional<uint64_t> HashCookie(const HashRule& rule, const http::Head& head,
                                   const HashClient& client, buffer::Arena& arena,
                                   std::string_view& set_cookie) {
  std::string_view value = FindCookie(rule.name, head);
  if (value.empty()) {
    if (!rule.makes_cookie) return std::nullopt;
    char digits[16];
    fmt::format_to(digits, "{:016x}", base::XxHash64(client.connection));
    value = arena.Copy({digits, sizeof(digits)});
    const size_t size = rule.name.size() + value.size() + rule.cookie_attributes.size() + 3;
    auto* text = static_cast<char*>(arena.Allocate(size, 1));
    fmt::format_to(text, "{}=\"{}\"{}", rule.name, value, rule.cookie_attributes);
    set_cookie = {text, size};
  }
  return base::XxHash64(value);
}

std::optional<uint64_t> HashParameter(const HashRule& rule, const http::Head& head) {
  if (!head.has_query) return std::nullopt;
  std::optional<uint64_t> hash;
  ForEachPart(head.query, '&', [&](std::string_view pair) {
    const size_t equals = pair.find('=');
    if (pair.empty() || pair.substr(0, equals) != rule.name) return false;
    hash = base::XxHash64(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    return true;
  });
  return hash;
}

}  // namespace

HashPolicy::HashPolicy(std::vector<HashRule> rules) : rules_(std::move(rules)) {
  may_make_cookie_ = std::any_of(rules_.begin(), rules_.end(),
                                 [](const HashRule& rule) { return rule.makes_cookie; });
}

RequestHash HashPolicy::Of(const http::Head& head, const HashClient& client,
                           buffer::Arena& arena) const {
  RequestHash result;
  for (const HashRule& rule : rules_) {
    std::optional<uint64_t> found;
    switch (rule.kind) {
      case HashRule::Kind::kHeader: found = HashField(rule, head, arena); break;
      case HashRule::Kind::kCookie:
        found = HashCookie(rule, head, client, arena, result.set_cookie);
        break;
      case HashRule::Kind::kSourceIp:
        if (!client.ip.empty()) found = base::XxHash64(client.ip);
        break;
      case HashRule::Kind::kQueryParameter: found = HashParameter(rule, head); break;
    }
    // Rotated, so that two equal rules do not undo each other.
    if (found) result.hash = std::rotl(result.hash.value_or(0), 1) ^ *found;
    if (rule.terminal && result.hash) break;
  }
  return result;
}

}  // namespace sluice::route
