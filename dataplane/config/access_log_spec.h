// One compiled access log: where its lines go, which requests it takes, and how a line looks.
//
// Made by compile_access_logs.cc on the build thread, immutable afterwards, shared by workers (they
// copy the values that `operators` name) and by the log writer (it renders `pieces`). A worker that
// recorded with it keeps it alive until the writer has read the record (proxy/log_source.h), so a
// revision may drop it at any time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/base/clock.h"
#include "dataplane/http/field_id.h"
#include "dataplane/route/predicates.h"

namespace sluice::config {

// What one operator (%NAME(argument):length%) takes from an exchange.
enum class LogValue : uint8_t {
  // Always in a record (proxy/log_record.h): they cost the worker nothing more.
  kStartTime,
  kProtocol,
  kResponseCode,
  kResponseCodeDetails,
  kResponseFlags,
  kBytesReceived,
  kBytesSent,
  kDuration,
  kRequestDuration,
  kResponseDuration,
  kResponseTxDuration,
  // Copied only where a format asks: see IsCopied.
  kRequestField,
  kResponseField,
  kResponseTrailer,
  kUpstreamHost,
  kUpstreamCluster,
  kRouteName,
  kVirtualHostName,
  kClientAddress,
  kClientIp,
  kDirectAddress,
  kDirectIp,
  kLocalAddress,
  kLocalIp,
};
inline bool IsCopied(LogValue value) { return value >= LogValue::kRequestField; }
// In JSON: a number, not a string.
bool IsNumber(LogValue value);

// The letters that Envoy's access logs have for a filter::ResponseFlag.
struct FlagLetters {
  uint32_t flag;
  std::string_view letters;
};
// All of them, in the order in which several are printed.
std::span<const FlagLetters> ResponseFlagLetters();

// A field or pseudo field of a head. `name` is lower case; empty: none.
struct LogFieldName {
  enum class Pseudo : uint8_t {
    kNone,
    kMethod,
    kPath,
    kAuthority,
    kScheme,
    kStatus,
    kOriginalPath,  // x-envoy-original-path: what a rewrite replaced; absent without one
  };
  std::string name;
  http::FieldId id = http::FieldId::kUnknown;
  Pseudo pseudo = Pseudo::kNone;
  bool empty() const { return name.empty(); }
};

struct LogOperator {
  LogValue value = LogValue::kStartTime;
  LogFieldName field;                // with the three kinds of fields
  LogFieldName alternative;          // taken when `field` is absent
  uint32_t max_length = UINT32_MAX;  // bytes kept of a text
  std::string time_format;           // kStartTime: "" for 2026-01-02T03:04:05.678Z
};

// What a worker copies for one operator: the operator, resolved so far that recording needs no look
// at it for the common ones.
struct LogCopy {
  enum class From : uint8_t {
    // Of the request.
    kMethod,
    kPath,
    kOriginalPath,    // absent without a rewrite
    kOriginalOrPath,  // %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%
    kAuthority,
    kRequestField,   // `id`
    kResponseField,  // `id`
    kOtherField,     // everything else about fields: look at the operator
    kUpstreamHost,
    kUpstreamCluster,
    kRouteName,
    kVirtualHostName,
    kClient,  // text of the IP, then the address of the connection
    kDirect,
    kLocal,
  };
  From from;
  http::FieldId id;
  uint16_t max_text;  // bytes; <= AccessLogSpec::kMaxText
  uint32_t op;        // index into AccessLogSpec.operators
};

// A line is its pieces one after the other.
struct LogPiece {
  enum class Kind : uint8_t {
    kLiteral,    // `text` as it is: JSON syntax and names, already escaped, or literal text
    kText,       // the operator's value, escaped for the form; absent is "-" (or nothing)
    kJsonValue,  // the operator's value with its JSON type; absent is null
    // With omit_empty only: `text` is a member's name and colon; a comma goes before it unless it
    // is the object's first.
    kJsonName,
    kJsonOptional,  // a name as above and the value; nothing at all when the value is absent
  };
  Kind kind = Kind::kLiteral;
  uint32_t op = 0;  // index into AccessLogSpec.operators
  std::string text;
};

// Which requests are logged (xDS: AccessLogFilter). An empty filter takes all.
struct LogFilter {
  enum class Kind : uint8_t { kAll, kStatus, kDuration, kFlags, kSample, kHeader, kAnd, kOr };
  enum class Compare : uint8_t { kEqual, kAtLeast, kAtMost };
  Kind kind = Kind::kAll;
  Compare compare = Compare::kEqual;  // kStatus, kDuration
  uint64_t number = 0;                // status, milliseconds, or kSample: of 2^32
  uint32_t flags = 0;                 // kFlags: filter::ResponseFlag bits, any of them
  std::shared_ptr<const route::HeaderPredicate> header;  // kHeader: of the request
  std::vector<LogFilter> parts;                          // kAnd, kOr
};

enum class LogSinkKind : uint8_t { kFile, kStdout, kStderr };
enum class LogForm : uint8_t { kText, kJson };

struct AccessLogSpec {
  // More operators than this are refused: a record has a bound.
  static constexpr size_t kMaxOperators = 64;
  // Longer texts are cut.
  static constexpr uint16_t kMaxText = 4096;

  LogSinkKind sink = LogSinkKind::kFile;
  std::string path;  // kFile
  LogForm form = LogForm::kText;
  bool omit_empty = false;  // xDS: omit_empty_values
  LogFilter filter;
  std::vector<LogOperator> operators;
  std::vector<LogPiece> pieces;
  // Values that a worker copies, in record order: those of operators with IsCopied.
  std::vector<LogCopy> copied;
};

}  // namespace sluice::config
