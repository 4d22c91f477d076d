#include "dataplane/proxy/log_record.h"

#include <algorithm>
#include <cstring>

#include "dataplane/buffer/copy_bytes.h"
#include "dataplane/config/access_log_spec.h"
#include "dataplane/proxy/log_ring.h"
#include "dataplane/upstream/endpoint.h"

namespace sluice::proxy {

namespace {

using buffer::CopyBytes;
using config::LogCopy;
using config::LogFieldName;
using config::LogFilter;
using config::LogOperator;
using config::LogValue;
using filter::Exchange;
using From = config::LogCopy::From;
using Pseudo = config::LogFieldName::Pseudo;

constexpr uint16_t kMaxIpText = 46;
static_assert(2 * sizeof(uint16_t) + sizeof(net::Address) + kMaxIpText <= kMaxValue);
static_assert(sizeof(RecordHead) + config::AccessLogSpec::kMaxOperators * kMaxValue <=
              LogRing::kMaxRecord);

// Each Put writes one value at `at` and returns where the next one begins. Room is there for the
// longest (MaxRecord).
inline char* PutSize(char* at, size_t size) {
  const auto stored = static_cast<uint16_t>(size);
  std::memcpy(at, &stored, sizeof stored);
  return at + sizeof stored;
}

inline char* PutAbsent(char* at) { return PutSize(at, kAbsent); }

inline char* PutText(char* at, std::string_view text, size_t max) {
  const size_t size = text.size() < max ? text.size() : max;
  at = PutSize(at, size);
  CopyBytes(at, text.data(), size);
  return at + size;
}

// A text, or absent when it is empty.
inline char* PutName(char* at, std::string_view text, size_t max) {
  return text.empty() ? PutAbsent(at) : PutText(at, text, max);
}

// `path` and `query` in two pieces; the query takes what the path leaves of `max`.
[[gnu::noinline]] char* PutPieces(char* at, std::string_view path, std::string_view query,
                                  size_t max) {
  const size_t size = std::min(path.size() + 1 + query.size(), max);
  const size_t first = std::min(path.size(), size);
  at = PutSize(at, size);
  std::memcpy(at, path.data(), first);
  if (size > first) {
    at[first] = '?';
    std::memcpy(at + first + 1, query.data(), size - first - 1);
  }
  return at + size;
}

// `path`, and '?' and the query where the request has one: mostly as they were received, in one
// piece. The byte between is looked at, since two pieces may be neighbours by chance.
inline char* PutPath(char* at, std::string_view path, const http::Head& head, size_t max) {
  if (!head.has_query) return PutName(at, path, max);
  const char* const mark = path.data() + path.size();
  if (mark + 1 != head.query.data() || *mark != '?') return PutPieces(at, path, head.query, max);
  return PutText(at, {path.data(), path.size() + 1 + head.query.size()}, max);
}

inline char* PutAddress(char* at, const net::Address* address) {
  if (address == nullptr) return PutAbsent(at);
  at = PutSize(at, sizeof *address);
  std::memcpy(at, address, sizeof *address);
  return at + sizeof *address;
}

inline bool HasOriginalPath(const Exchange& exchange) {
  const std::string_view original = exchange.original_path;
  const std::string_view path = exchange.request.path;
  if (original.data() == path.data() && original.size() == path.size()) return false;
  return !original.empty() && original != path;
}

// nullptr when the field is absent.
char* PutField(char* at, const Exchange& exchange, const http::Head& head,
               const LogFieldName& field, size_t max) {
  std::string_view text;
  char digits[3];
  switch (field.pseudo) {
    case Pseudo::kNone: {
      const auto value =
          field.id != http::FieldId::kUnknown ? head.Get(field.id) : head.Find(field.name);
      return value ? PutText(at, *value, max) : nullptr;
    }
    case Pseudo::kPath:
      return head.path.empty() ? nullptr : PutPath(at, head.path, head, max);
    case Pseudo::kOriginalPath:
      if (!HasOriginalPath(exchange)) return nullptr;
      return PutPath(at, exchange.original_path, head, max);
    case Pseudo::kStatus:
      if (head.status == 0) return nullptr;
      digits[0] = static_cast<char>('0' + head.status / 100);
      digits[1] = static_cast<char>('0' + head.status / 10 % 10);
      digits[2] = static_cast<char>('0' + head.status % 10);
      text = {digits, sizeof digits};
      break;
    case Pseudo::kMethod:
      text = head.method_text;
      break;
    case Pseudo::kAuthority:
      text = head.authority;
      break;
    case Pseudo::kScheme:
      text = head.scheme;
      break;
  }
  return text.empty() ? nullptr : PutText(at, text, max);
}

// The uncommon fields: alternatives, names outside http/field_id.h, trailers.
[[gnu::noinline]] char* PutOtherField(char* at, const Exchange& exchange, const LogOperator& op,
                                      size_t max) {
  const http::Head& head = op.value == LogValue::kRequestField    ? exchange.request
                           : op.value == LogValue::kResponseField ? exchange.response
                                                                  : exchange.response_trailers;
  char* end = PutField(at, exchange, head, op.field, max);
  if (end == nullptr && !op.alternative.empty()) {
    end = PutField(at, exchange, head, op.alternative, max);
  }
  return end != nullptr ? end : PutAbsent(at);
}

inline char* PutKnownField(char* at, const http::Head& head, const LogCopy& copy) {
  const auto value = head.Get(copy.id);
  return value ? PutText(at, *value, copy.max_text) : PutAbsent(at);
}

inline std::string_view RouteName(const Exchange& exchange) {
  return exchange.route.route != nullptr ? std::string_view(exchange.route.route->name) : "";
}

inline std::string_view HostName(const Exchange& exchange) {
  return exchange.route.host != nullptr ? std::string_view(exchange.route.host->name()) : "";
}

inline std::string_view UpstreamHost(const Exchange& exchange) {
  return exchange.endpoint != nullptr ? std::string_view(exchange.endpoint->address_text()) : "";
}

inline char* PutValue(char* at, const Exchange& exchange, const config::AccessLogSpec& spec,
                      const LogCopy& copy) {
  const http::Head& request = exchange.request;
  const size_t max = copy.max_text;
  switch (copy.from) {
    case From::kMethod:
      return PutName(at, request.method_text, max);
    case From::kPath:
      return PutPath(at, request.path, request, max);
    case From::kOriginalPath:
      if (!HasOriginalPath(exchange)) return PutAbsent(at);
      return PutPath(at, exchange.original_path, request, max);
    case From::kOriginalOrPath:
      return PutPath(at, HasOriginalPath(exchange) ? exchange.original_path : request.path, request,
                     max);
    case From::kAuthority:
      return PutName(at, request.authority, max);
    case From::kRequestField:
      return PutKnownField(at, request, copy);
    case From::kResponseField:
      return PutKnownField(at, exchange.response, copy);
    case From::kOtherField:
      return PutOtherField(at, exchange, spec.operators[copy.op], max);
    case From::kUpstreamHost:
      return PutName(at, UpstreamHost(exchange), max);
    case From::kUpstreamCluster:
      return PutName(at, exchange.cluster_name, max);
    case From::kRouteName:
      return PutName(at, RouteName(exchange), max);
    case From::kVirtualHostName:
      return PutName(at, HostName(exchange), max);
    // Both: the port belongs to the client only if no other proxy stands between (log_format.cc).
    case From::kClient:
      return PutAddress(PutText(at, exchange.client_ip, kMaxIpText), exchange.downstream_remote);
    case From::kDirect:
      return PutAddress(at, exchange.downstream_remote);
    case From::kLocal:
      return PutAddress(at, exchange.downstream_local);
  }
  return PutAbsent(at);
}

bool Compares(LogFilter::Compare compare, uint64_t value, uint64_t number) {
  switch (compare) {
    case LogFilter::Compare::kEqual:
      return value == number;
    case LogFilter::Compare::kAtLeast:
      return value >= number;
    case LogFilter::Compare::kAtMost:
      return value <= number;
  }
  return false;
}

// Independent of the bits that split traffic between clusters.
uint32_t SampleNumber(uint64_t random) {
  return static_cast<uint32_t>((random * 0x9e3779b97f4a7c15u) >> 32);
}

}  // namespace

std::optional<uint64_t> ElapsedMs(base::MonoTime from, base::MonoTime to) {
  if (from == base::MonoTime{} || to == base::MonoTime{} || to < from) return std::nullopt;
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count());
}

size_t WriteRecord(const Exchange& exchange, const config::AccessLogSpec& spec, char* out) {
  new (out) RecordHead{
      .spec = &spec,
      .start = exchange.start,
      .request_complete = exchange.request_complete,
      .upstream_first_byte = exchange.upstream_first_byte,
      .end = exchange.end,
      .bytes_received = exchange.request_body_bytes,
      .bytes_sent = exchange.response_body_bytes,
      .details = exchange.details,
      .flags = exchange.flags,
      .status = exchange.response.status,
      .version = exchange.request.version,
  };
  char* at = out + sizeof(RecordHead);
  for (const LogCopy& copy : spec.copied) at = PutValue(at, exchange, spec, copy);
  return static_cast<size_t>(at - out);
}

bool TakesExchange(const LogFilter& filter, const Exchange& exchange) {
  const auto takes = [&](const LogFilter& part) { return TakesExchange(part, exchange); };
  switch (filter.kind) {
    case LogFilter::Kind::kAll:
      return true;
    case LogFilter::Kind::kStatus:
      return Compares(filter.compare, exchange.response.status, filter.number);
    case LogFilter::Kind::kDuration: {
      const auto duration = ElapsedMs(exchange.start, exchange.end);
      return duration && Compares(filter.compare, *duration, filter.number);
    }
    case LogFilter::Kind::kFlags:
      return (exchange.flags & filter.flags) != 0;
    case LogFilter::Kind::kSample:
      return SampleNumber(exchange.random) < filter.number;
    case LogFilter::Kind::kHeader:
      return filter.header->Matches(exchange.request);
    case LogFilter::Kind::kAnd:
      return std::all_of(filter.parts.begin(), filter.parts.end(), takes);
    case LogFilter::Kind::kOr:
      return std::any_of(filter.parts.begin(), filter.parts.end(), takes);
  }
  return true;
}

}  // namespace sluice::proxy
