#include "dataplane/proxy/log_record.h"

#include <algorithm>
#include <cstring>

#include "dataplane/config/access_log_spec.h"
#include "dataplane/proxy/log_ring.h"
#include "dataplane/upstream/endpoint.h"

namespace sluice::proxy {

namespace {

using config::LogFieldName;
using config::LogFilter;
using config::LogOperator;
using config::LogValue;
using filter::Exchange;
using Pseudo = config::LogFieldName::Pseudo;

// What every value still to come may count on, so that a long one before it takes nothing away: an
// address and the text of another.
constexpr size_t kReserved = 96;
constexpr uint32_t kMaxIpText = 46;
static_assert(2 * sizeof(uint16_t) + sizeof(net::Address) + kMaxIpText <= kReserved);
static_assert(sizeof(RecordHead) + config::AccessLogSpec::kMaxOperators * kReserved <
              LogRing::kMaxRecord);

class RecordWriter final {
 public:
  RecordWriter(char* at, char* end) : at_(at), end_(end) {}

  void Absent() { Size(kAbsent); }

  void Text(std::string_view text, uint32_t max_length) {
    const size_t size = Fitting(text.size(), max_length);
    Size(static_cast<uint16_t>(size));
    std::memcpy(at_, text.data(), size);
    at_ += size;
  }

  // `path`, and '?' and `query` where there is one.
  void Path(std::string_view path, bool has_query, std::string_view query, uint32_t max_length) {
    const size_t whole = path.size() + (has_query ? 1 + query.size() : 0);
    const size_t size = Fitting(whole, max_length);
    Size(static_cast<uint16_t>(size));
    const size_t first = std::min(path.size(), size);
    std::memcpy(at_, path.data(), first);
    if (size > first) {
      at_[first] = '?';
      std::memcpy(at_ + first + 1, query.data(), size - first - 1);
    }
    at_ += size;
  }

  void Address(const net::Address* address) {
    if (address == nullptr) return Absent();
    Size(sizeof *address);
    std::memcpy(at_, address, sizeof *address);
    at_ += sizeof *address;
  }

  char* at() const { return at_; }

 private:
  size_t Fitting(size_t size, uint32_t max_length) const {
    const auto room = static_cast<size_t>(end_ - at_) - sizeof(uint16_t);
    return std::min({size, static_cast<size_t>(max_length), kMaxLoggedText, room});
  }
  void Size(uint16_t size) {
    std::memcpy(at_, &size, sizeof size);
    at_ += sizeof size;
  }

  char* at_;
  char* const end_;
};

bool HasOriginalPath(const Exchange& exchange) {
  return !exchange.original_path.empty() && exchange.original_path != exchange.request.path;
}

// False when the field is absent.
bool WriteField(const Exchange& exchange, const http::Head& head, const LogFieldName& field,
                uint32_t max_length, RecordWriter& out) {
  switch (field.pseudo) {
    case Pseudo::kNone:
      break;
    case Pseudo::kMethod:
      if (head.method_text.empty()) return false;
      out.Text(head.method_text, max_length);
      return true;
    case Pseudo::kPath:
      if (head.path.empty()) return false;
      out.Path(head.path, head.has_query, head.query, max_length);
      return true;
    case Pseudo::kAuthority:
      if (head.authority.empty()) return false;
      out.Text(head.authority, max_length);
      return true;
    case Pseudo::kScheme:
      if (head.scheme.empty()) return false;
      out.Text(head.scheme, max_length);
      return true;
    case Pseudo::kStatus: {
      if (head.status == 0) return false;
      const char digits[] = {static_cast<char>('0' + head.status / 100),
                             static_cast<char>('0' + head.status / 10 % 10),
                             static_cast<char>('0' + head.status % 10)};
      out.Text({digits, sizeof digits}, max_length);
      return true;
    }
    case Pseudo::kOriginalPath:
      if (!HasOriginalPath(exchange)) return false;
      out.Path(exchange.original_path, head.has_query, head.query, max_length);
      return true;
  }
  const auto value =
      field.id != http::FieldId::kUnknown ? head.Get(field.id) : head.Find(field.name);
  if (!value) return false;
  out.Text(*value, max_length);
  return true;
}

void WriteFields(const Exchange& exchange, const http::Head& head, const LogOperator& op,
                 RecordWriter& out) {
  if (WriteField(exchange, head, op.field, op.max_length, out)) return;
  if (op.alternative.empty() || !WriteField(exchange, head, op.alternative, op.max_length, out)) {
    out.Absent();
  }
}

void WriteName(std::string_view name, const LogOperator& op, RecordWriter& out) {
  if (name.empty()) return out.Absent();
  out.Text(name, op.max_length);
}

void WriteValue(const Exchange& exchange, const LogOperator& op, RecordWriter& out) {
  switch (op.value) {
    case LogValue::kRequestField:
      return WriteFields(exchange, exchange.request, op, out);
    case LogValue::kResponseField:
      return WriteFields(exchange, exchange.response, op, out);
    case LogValue::kResponseTrailer:
      return WriteFields(exchange, exchange.response_trailers, op, out);
    case LogValue::kUpstreamHost:
      return WriteName(exchange.endpoint != nullptr
                           ? std::string_view(exchange.endpoint->address_text())
                           : std::string_view(),
                       op, out);
    case LogValue::kUpstreamCluster:
      return WriteName(exchange.cluster_name, op, out);
    case LogValue::kRouteName:
      return WriteName(exchange.route.route != nullptr
                           ? std::string_view(exchange.route.route->name)
                           : std::string_view(),
                       op, out);
    case LogValue::kVirtualHostName:
      return WriteName(exchange.route.host != nullptr
                           ? std::string_view(exchange.route.host->name())
                           : std::string_view(),
                       op, out);
    // Both: the port belongs to the client only if no other proxy stands between (log_format.cc).
    case LogValue::kClientAddress:
    case LogValue::kClientIp:
      out.Text(exchange.client_ip, kMaxIpText);
      return out.Address(exchange.downstream_remote);
    case LogValue::kDirectAddress:
    case LogValue::kDirectIp:
      return out.Address(exchange.downstream_remote);
    case LogValue::kLocalAddress:
    case LogValue::kLocalIp:
      return out.Address(exchange.downstream_local);
    default:
      return out.Absent();
  }
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
  char* const end = out + LogRing::kMaxRecord;
  size_t left = spec.copied.size();
  char* at = out + sizeof(RecordHead);
  for (uint32_t index : spec.copied) {
    --left;
    RecordWriter writer(at, end - left * kReserved);
    WriteValue(exchange, spec.operators[index], writer);
    at = writer.at();
  }
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
