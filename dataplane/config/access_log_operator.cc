#include "dataplane/config/access_log_operator.h"

#include <fmt/format.h>

#include <algorithm>

#include "dataplane/config/access_log_time.h"
#include "dataplane/config/compile_matchers.h"

namespace sluice::config {

namespace {

using Pseudo = LogFieldName::Pseudo;

enum class Argument : uint8_t { kNone, kTime, kField };

struct Known {
  std::string_view name;
  LogValue value;
  Argument argument = Argument::kNone;
};

constexpr Known kKnown[] = {
    {"START_TIME", LogValue::kStartTime, Argument::kTime},
    {"REQ", LogValue::kRequestField, Argument::kField},
    {"RESP", LogValue::kResponseField, Argument::kField},
    {"TRAILER", LogValue::kResponseTrailer, Argument::kField},
    {"PROTOCOL", LogValue::kProtocol},
    {"RESPONSE_CODE", LogValue::kResponseCode},
    {"RESPONSE_CODE_DETAILS", LogValue::kResponseCodeDetails},
    {"RESPONSE_FLAGS", LogValue::kResponseFlags},
    {"BYTES_RECEIVED", LogValue::kBytesReceived},
    {"BYTES_SENT", LogValue::kBytesSent},
    {"DURATION", LogValue::kDuration},
    {"REQUEST_DURATION", LogValue::kRequestDuration},
    {"RESPONSE_DURATION", LogValue::kResponseDuration},
    {"RESPONSE_TX_DURATION", LogValue::kResponseTxDuration},
    {"UPSTREAM_HOST", LogValue::kUpstreamHost},
    {"UPSTREAM_REMOTE_ADDRESS", LogValue::kUpstreamHost},
    {"UPSTREAM_CLUSTER", LogValue::kUpstreamCluster},
    {"ROUTE_NAME", LogValue::kRouteName},
    {"VIRTUAL_HOST_NAME", LogValue::kVirtualHostName},
    {"DOWNSTREAM_REMOTE_ADDRESS", LogValue::kClientAddress},
    {"DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", LogValue::kClientIp},
    {"DOWNSTREAM_DIRECT_REMOTE_ADDRESS", LogValue::kDirectAddress},
    {"DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT", LogValue::kDirectIp},
    {"DOWNSTREAM_LOCAL_ADDRESS", LogValue::kLocalAddress},
    {"DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT", LogValue::kLocalIp},
};

const Known* Find(std::string_view name) {
  for (const Known& known : kKnown) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

Pseudo PseudoOf(std::string_view name, LogValue value) {
  if (value == LogValue::kResponseField) {
    return name == ":status" ? Pseudo::kStatus : Pseudo::kNone;
  }
  if (value != LogValue::kRequestField) return Pseudo::kNone;
  if (name == ":method") return Pseudo::kMethod;
  if (name == ":path") return Pseudo::kPath;
  if (name == ":authority" || name == "host") return Pseudo::kAuthority;
  if (name == ":scheme") return Pseudo::kScheme;
  return name == "x-envoy-original-path" ? Pseudo::kOriginalPath : Pseudo::kNone;
}

// False: no such pseudo field, or not a field name.
bool CompileField(std::string_view text, LogValue value, LogFieldName& out) {
  out.name = LowerCase(text);
  out.pseudo = PseudoOf(out.name, value);
  if (out.pseudo != Pseudo::kNone) return true;
  ErrorList errors;
  CheckFieldName(out.name, "", errors);
  if (!errors.empty()) return false;
  out.id = http::LookupField(out.name);
  return true;
}

LogCopy::From FieldSource(const LogOperator& op) {
  using From = LogCopy::From;
  if (op.alternative.pseudo == Pseudo::kPath && op.field.pseudo == Pseudo::kOriginalPath) {
    return From::kOriginalOrPath;
  }
  if (!op.alternative.empty()) return From::kOtherField;
  switch (op.field.pseudo) {
    case Pseudo::kNone:
      break;
    case Pseudo::kMethod:
      return From::kMethod;
    case Pseudo::kPath:
      return From::kPath;
    case Pseudo::kOriginalPath:
      return From::kOriginalPath;
    case Pseudo::kAuthority:
      return From::kAuthority;
    default:
      return From::kOtherField;
  }
  if (op.field.id == http::FieldId::kUnknown) return From::kOtherField;
  if (op.value == LogValue::kRequestField) return From::kRequestField;
  return op.value == LogValue::kResponseField ? From::kResponseField : From::kOtherField;
}

LogCopy::From SourceOf(const LogOperator& op) {
  using From = LogCopy::From;
  switch (op.value) {
    case LogValue::kUpstreamHost:
      return From::kUpstreamHost;
    case LogValue::kUpstreamCluster:
      return From::kUpstreamCluster;
    case LogValue::kRouteName:
      return From::kRouteName;
    case LogValue::kVirtualHostName:
      return From::kVirtualHostName;
    case LogValue::kClientAddress:
    case LogValue::kClientIp:
      return From::kClient;
    case LogValue::kDirectAddress:
    case LogValue::kDirectIp:
      return From::kDirect;
    case LogValue::kLocalAddress:
    case LogValue::kLocalIp:
      return From::kLocal;
    default:
      return FieldSource(op);
  }
}

OperatorResult CompileFields(LogOperator op, const OperatorText& text) {
  const std::string_view argument = *text.argument;
  const size_t mark = argument.find('?');
  const std::string_view first = argument.substr(0, mark);
  if (!CompileField(first, op.value, op.field)) {
    return {{}, fmt::format("'{}' is not a field name", first)};
  }
  if (mark != argument.npos && !CompileField(argument.substr(mark + 1), op.value, op.alternative)) {
    return {{}, fmt::format("'{}' is not a field name", argument.substr(mark + 1))};
  }
  return {std::move(op), {}};
}

}  // namespace

OperatorResult CompileOperator(const OperatorText& text) {
  const Known* known = Find(text.name);
  if (known == nullptr) return {{}, fmt::format("operator %{}% is not implemented", text.name)};
  LogOperator op;
  op.value = known->value;
  if (text.max_length) {
    if (IsNumber(op.value)) return {{}, fmt::format("%{}% takes no length", text.name)};
    op.max_length = *text.max_length;
  }
  switch (known->argument) {
    case Argument::kNone:
      if (text.argument) return {{}, fmt::format("%{}% takes no argument", text.name)};
      return {std::move(op), {}};
    case Argument::kTime:
      if (!text.argument) return {std::move(op), {}};
      if (auto error = CheckTimeFormat(*text.argument)) return {{}, *std::move(error)};
      op.time_format = std::string(*text.argument);
      return {std::move(op), {}};
    case Argument::kField:
      if (!text.argument)
        return {{}, fmt::format("%{}% needs a field name in parentheses", text.name)};
      return CompileFields(std::move(op), text);
  }
  return {};
}

LogCopy CompileCopy(const LogOperator& op, uint32_t index) {
  const uint32_t max_text = std::min<uint32_t>(op.max_length, AccessLogSpec::kMaxText);
  return {SourceOf(op), op.field.id, static_cast<uint16_t>(max_text), index};
}

}  // namespace sluice::config
