// Known field names as small numbers, so that lookups need no string compare.
//
// The list holds what codecs, routing, the connection manager and stock filters read; a name that
// nobody reads needs no number. A name is found by a perfect hash over its length and two characters
// (field_lookup.h), then one compare without case. To add one, write its line below: when it breaks
// the hash, the compiler says which constants to write down instead. Numbers are not stable between
// builds and are never stored or sent. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::http {

// X(enumerator, lower-case name). Order is free; kUnknown is 0. At most 63, so that a set of fields
// is one word; names have 2 to 32 bytes.
// clang-format off
#define SLUICE_FIELDS(X) \
  X(kAccept, "accept") X(kAcceptEncoding, "accept-encoding") \
  X(kAcceptLanguage, "accept-language") X(kAge, "age") X(kAllow, "allow") X(kAltSvc, "alt-svc") \
  X(kAuthorization, "authorization") X(kCacheControl, "cache-control") \
  X(kConnection, "connection") X(kContentEncoding, "content-encoding") \
  X(kContentLength, "content-length") X(kContentType, "content-type") X(kCookie, "cookie") \
  X(kDate, "date") X(kEtag, "etag") X(kExpect, "expect") X(kForwarded, "forwarded") \
  X(kGrpcStatus, "grpc-status") X(kGrpcMessage, "grpc-message") X(kGrpcTimeout, "grpc-timeout") \
  X(kHost, "host") X(kHttp2Settings, "http2-settings") X(kIfModifiedSince, "if-modified-since") \
  X(kIfNoneMatch, "if-none-match") X(kKeepAlive, "keep-alive") X(kLastModified, "last-modified") \
  X(kLocation, "location") X(kMaxForwards, "max-forwards") X(kOrigin, "origin") \
  X(kProxyAuthenticate, "proxy-authenticate") X(kProxyAuthorization, "proxy-authorization") \
  X(kProxyConnection, "proxy-connection") X(kRange, "range") X(kReferer, "referer") \
  X(kRetryAfter, "retry-after") X(kServer, "server") X(kSetCookie, "set-cookie") X(kTe, "te") \
  X(kTraceparent, "traceparent") X(kTracestate, "tracestate") X(kTrailer, "trailer") \
  X(kTransferEncoding, "transfer-encoding") X(kUpgrade, "upgrade") X(kUserAgent, "user-agent") \
  X(kVary, "vary") X(kVia, "via") X(kWwwAuthenticate, "www-authenticate") \
  X(kXEnvoyAttemptCount, "x-envoy-attempt-count") \
  X(kXEnvoyOriginalPath, "x-envoy-original-path") \
  X(kXEnvoyUpstreamServiceTime, "x-envoy-upstream-service-time") \
  X(kXForwardedClientCert, "x-forwarded-client-cert") X(kXForwardedFor, "x-forwarded-for") \
  X(kXForwardedHost, "x-forwarded-host") X(kXForwardedPort, "x-forwarded-port") \
  X(kXForwardedPrefix, "x-forwarded-prefix") X(kXForwardedProto, "x-forwarded-proto") \
  X(kXHttpMethodOverride, "x-http-method-override") X(kXOriginalUrl, "x-original-url") \
  X(kXRealIp, "x-real-ip") X(kXRequestId, "x-request-id") X(kXRewriteUrl, "x-rewrite-url")
// clang-format on

enum class FieldId : uint8_t {
  kUnknown = 0,
#define SLUICE_FIELD_ENUM(id, name) id,
  SLUICE_FIELDS(SLUICE_FIELD_ENUM)
#undef SLUICE_FIELD_ENUM
  kCount,
};
inline constexpr uint32_t kFieldIdCount = static_cast<uint32_t>(FieldId::kCount);

// Sets of fields are words: `set & FieldBit(id)`. The bit of kUnknown stands for all other names.
using FieldSet = uint64_t;
static_assert(kFieldIdCount <= 64);
constexpr FieldSet FieldBit(FieldId id) { return FieldSet{1} << static_cast<uint8_t>(id); }

// Any case (RFC 9110 5.1); kUnknown for names outside the list. Reads no byte beyond `name`.
FieldId LookupField(std::string_view name);
// Lower case, static text; "" for kUnknown.
std::string_view FieldName(FieldId id);

}  // namespace sluice::http
