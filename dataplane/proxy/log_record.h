// One access log record: what a worker copies out of an exchange, and how the writer reads it back.
//
// A record is a RecordHead followed by the values that AccessLogSpec.copied names, in that order:
// text as a 16-bit size (kAbsent: none) and that many bytes, addresses as net::Address behind a
// size as well; a client's address is the text of its IP and then the connection's address. It
// lives in this process only, so there is no version and no byte order. Long values are cut, so a
// record never exceeds LogRing::kMaxRecord.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/base/clock.h"
#include "dataplane/config/access_log_spec.h"
#include "dataplane/filter/exchange.h"
#include "dataplane/http/head.h"
#include "dataplane/net/address.h"

namespace sluice::proxy {

struct RecordHead {
  const config::AccessLogSpec* spec;
  base::MonoTime start;
  base::MonoTime request_complete;
  base::MonoTime upstream_first_byte;
  base::MonoTime end;
  uint64_t bytes_received;
  uint64_t bytes_sent;
  std::string_view details;  // a literal
  uint32_t flags;
  uint16_t status;  // 0: no response head went out
  http::Version version;
};

inline constexpr uint16_t kAbsent = UINT16_MAX;

// The longest value: a cut text, or an address and the text of another.
inline constexpr size_t kMaxValue = sizeof(uint16_t) + config::AccessLogSpec::kMaxText;
// An upper bound of the size of its records, at most LogRing::kMaxRecord.
inline size_t MaxRecord(const config::AccessLogSpec& spec) {
  return sizeof(RecordHead) + spec.copied.size() * kMaxValue;
}

// Writes the record of `exchange` to `out` (MaxRecord(spec) bytes, aligned to 8); returns its size.
size_t WriteRecord(const filter::Exchange& exchange, const config::AccessLogSpec& spec, char* out);

// Whether the log takes this exchange (xDS: AccessLog.filter). The exchange's `end` is set.
bool TakesExchange(const config::LogFilter& filter, const filter::Exchange& exchange);

// Milliseconds from `from` to `to`; nullopt where one of them was not reached.
std::optional<uint64_t> ElapsedMs(base::MonoTime from, base::MonoTime to);

}  // namespace sluice::proxy
