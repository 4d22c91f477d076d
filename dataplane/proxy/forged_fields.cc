#include "dataplane/proxy/forged_fields.h"

#include <algorithm>
#include <array>

#include "dataplane/base/ascii.h"

namespace sluice::proxy {

namespace {

using http::FieldId;

// Outside field_id.h: nobody else reads them.
constexpr std::string_view kPrivateNames[] = {
    "x-http-method", "x-method-override", "x-original-path", "x-original-host", "x-original-uri",
};

constexpr http::FieldSet kPrivate =
    http::FieldBit(FieldId::kXEnvoyAttemptCount) | http::FieldBit(FieldId::kXEnvoyOriginalPath) |
    http::FieldBit(FieldId::kXEnvoyUpstreamServiceTime) |
    http::FieldBit(FieldId::kXForwardedClientCert) |
    http::FieldBit(FieldId::kXHttpMethodOverride) | http::FieldBit(FieldId::kXOriginalUrl) |
    http::FieldBit(FieldId::kXRewriteUrl);

bool IsPrivate(FieldId id) { return (kPrivate & http::FieldBit(id)) != 0; }

bool IsPrivateName(std::string_view name) {
  constexpr std::string_view kEnvoy = "x-envoy-";
  if (name.size() < kEnvoy.size() || base::AsciiLower(name[0]) != 'x') return false;
  if (base::EqualsIgnoreCase(name.substr(0, kEnvoy.size()), kEnvoy)) return true;
  return std::any_of(std::begin(kPrivateNames), std::end(kPrivateNames),
                     [name](std::string_view one) { return base::EqualsIgnoreCase(name, one); });
}

// Set by us on requests.
bool IsOurs(FieldId id) {
  switch (id) {
    case FieldId::kForwarded:
    case FieldId::kVia:
    case FieldId::kXForwardedFor:
    case FieldId::kXForwardedHost:
    case FieldId::kXForwardedPort:
    case FieldId::kXForwardedPrefix:
    case FieldId::kXForwardedProto:
    case FieldId::kXRealIp:
    case FieldId::kXRequestId: return true;
    default: return IsPrivate(id);
  }
}

// The known field that `name` looks like; kUnknown if it has no '.' or '_'.
FieldId LooksLike(std::string_view name) {
  constexpr size_t kLongest = 64;
  if (name.size() > kLongest || name.find_first_of("._") == std::string_view::npos) {
    return FieldId::kUnknown;
  }
  std::array<char, kLongest> text;
  std::replace_copy_if(name.begin(), name.end(), text.begin(),
                       [](char c) { return c == '.' || c == '_'; }, '-');
  return http::LookupField({text.data(), name.size()});
}

}  // namespace

void RemovePrivateFields(http::Head& head) {
  if (!head.MayHave(kPrivate | http::FieldBit(FieldId::kUnknown))) return;
  for (uint32_t i = 0; i < head.size(); ++i) {
    const http::Field& field = head.at(i);
    if (field.removed()) continue;
    if (field.id == FieldId::kUnknown ? IsPrivateName(field.name()) : IsPrivate(field.id)) {
      head.RemoveAt(i);
    }
  }
}

void RemoveLookAlikes(http::Head& head) {
  if (!head.MayHave(http::FieldBit(FieldId::kUnknown))) return;
  for (uint32_t i = 0; i < head.size(); ++i) {
    const http::Field& field = head.at(i);
    if (field.removed() || field.id != FieldId::kUnknown) continue;
    if (IsOurs(LooksLike(field.name()))) head.RemoveAt(i);
  }
}

}  // namespace sluice::proxy
