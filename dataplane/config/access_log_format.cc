#include "dataplane/config/access_log_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "dataplane/config/access_log_escape.h"
#include "dataplane/config/access_log_operator.h"

namespace sluice::config {

namespace {

using google::protobuf::Struct;
using ProtoValue = google::protobuf::Value;

bool IsNameChar(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

bool SameField(const LogFieldName& a, const LogFieldName& b) {
  return a.name == b.name && a.pseudo == b.pseudo;
}

bool SameOperator(const LogOperator& a, const LogOperator& b) {
  return a.value == b.value && SameField(a.field, b.field) &&
         SameField(a.alternative, b.alternative) && a.max_length == b.max_length &&
         a.time_format == b.time_format;
}

}  // namespace

const std::string_view kDefaultLogFormat =
    "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" "
    "%RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
    "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" "
    "\"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

void LogFormatCompiler::CompileText(std::string_view format, const std::string& path) {
  spec_.form = LogForm::kText;
  if (format.empty()) errors_.Add(path, "the format is empty");
  for (Part& part : Split(format, path)) {
    if (part.op >= 0) {
      Piece(LogPiece::Kind::kText, part.op);
    } else {
      Literal(part.literal);
    }
  }
  Finish();
}

void LogFormatCompiler::CompileJson(const Struct& json, JsonTypes types, const std::string& path) {
  spec_.form = LogForm::kJson;
  types_ = types;
  Object(json, 0, path);
  Literal("\n");
  Finish();
}

std::vector<LogFormatCompiler::Part> LogFormatCompiler::Split(std::string_view format,
                                                              const std::string& path) {
  std::vector<Part> parts;
  size_t at = 0;
  while (at < format.size()) {
    const size_t percent = std::min(format.find('%', at), format.size());
    if (percent > at) parts.push_back({std::string(format.substr(at, percent - at)), -1});
    if (percent == format.size()) break;
    if (percent + 1 < format.size() && format[percent + 1] == '%') {
      parts.push_back({"%", -1});
      at = percent + 2;
      continue;
    }
    int op = -1;
    at = ParseOperator(format, percent, path, &op);
    if (at == format.npos) break;
    if (op >= 0) parts.push_back({"", op});
  }
  return parts;
}

size_t LogFormatCompiler::ParseOperator(std::string_view format, size_t at, const std::string& path,
                                        int* op) {
  const auto fail = [&](std::string_view why) {
    errors_.Add(path, fmt::format("at position {}: {}", at, why));
    return format.npos;
  };
  OperatorText text;
  size_t end = at + 1;
  while (end < format.size() && IsNameChar(format[end])) ++end;
  text.name = format.substr(at + 1, end - at - 1);
  if (text.name.empty()) return fail("a '%' that begins no operator ('%%' is a percent sign)");
  if (end < format.size() && format[end] == '(') {
    const size_t close = format.find(')', end);
    if (close == format.npos) return fail("missing ')'");
    text.argument = format.substr(end + 1, close - end - 1);
    end = close + 1;
  }
  if (end < format.size() && format[end] == ':') {
    uint32_t length = 0;
    const auto [rest, code] =
        std::from_chars(format.data() + end + 1, format.data() + format.size(), length);
    if (code != std::errc() || length == 0) return fail("the length is not a number above 0");
    text.max_length = length;
    end = static_cast<size_t>(rest - format.data());
  }
  if (end >= format.size() || format[end] != '%') return fail("the operator does not end with '%'");
  OperatorResult result = CompileOperator(text);
  if (result.op) {
    *op = AddOperator(*std::move(result.op), path);
  } else {
    fail(result.error);
  }
  return end + 1;
}

int LogFormatCompiler::AddOperator(LogOperator op, const std::string& path) {
  for (size_t i = 0; i < spec_.operators.size(); ++i) {
    if (SameOperator(spec_.operators[i], op)) return static_cast<int>(i);
  }
  if (spec_.operators.size() == AccessLogSpec::kMaxOperators) {
    errors_.Add(path,
                fmt::format("more than {} different operators", AccessLogSpec::kMaxOperators));
    return -1;
  }
  spec_.operators.push_back(std::move(op));
  return static_cast<int>(spec_.operators.size() - 1);
}

void LogFormatCompiler::Object(const Struct& json, int depth, const std::string& path) {
  if (depth > kMaxDepth) return errors_.Add(path, "nested too deeply");
  std::vector<std::string> names;
  for (const auto& [name, value] : json.fields()) names.push_back(name);
  std::sort(names.begin(), names.end());
  Literal("{");
  bool first = true;
  for (const std::string& name : names) {
    std::string member = "\"";
    AppendJsonEscaped(name, member);
    member += "\":";
    if (spec_.omit_empty) {
      OptionalMember(std::move(member), json.fields().at(name), depth, api::KeyPath(path, name));
    } else {
      Literal((first ? "" : ",") + member);
      Value(json.fields().at(name), depth, api::KeyPath(path, name));
    }
    first = false;
  }
  Literal("}");
}

void LogFormatCompiler::OptionalMember(std::string name, const ProtoValue& value, int depth,
                                       const std::string& path) {
  if (!value.has_string_value()) {
    Piece(LogPiece::Kind::kJsonName, 0, std::move(name));
    return Value(value, depth, path);
  }
  const std::vector<Part> parts = Split(value.string_value(), path);
  if (IsOneValue(parts)) return Piece(LogPiece::Kind::kJsonOptional, parts[0].op, std::move(name));
  Piece(LogPiece::Kind::kJsonName, 0, std::move(name));
  String(parts);
}

void LogFormatCompiler::Value(const ProtoValue& value, int depth, const std::string& path) {
  switch (value.kind_case()) {
    case ProtoValue::kNumberValue:
      if (!std::isfinite(value.number_value())) return errors_.Add(path, "not a number");
      return Literal(fmt::format("{}", value.number_value()));
    case ProtoValue::kStringValue: {
      const std::vector<Part> parts = Split(value.string_value(), path);
      if (IsOneValue(parts)) return Piece(LogPiece::Kind::kJsonValue, parts[0].op);
      return String(parts);
    }
    case ProtoValue::kBoolValue:
      return Literal(value.bool_value() ? "true" : "false");
    case ProtoValue::kStructValue:
      return Object(value.struct_value(), depth + 1, path);
    case ProtoValue::kListValue: {
      if (depth >= kMaxDepth) return errors_.Add(path, "nested too deeply");
      Literal("[");
      for (int i = 0; i < value.list_value().values_size(); ++i) {
        if (i > 0) Literal(",");
        Value(value.list_value().values(i), depth + 1, IndexPath(path, i));
      }
      return Literal("]");
    }
    default:
      return Literal("null");
  }
}

bool LogFormatCompiler::IsOneValue(const std::vector<Part>& parts) const {
  return types_ == JsonTypes::kTyped && parts.size() == 1 && parts[0].op >= 0;
}

void LogFormatCompiler::String(const std::vector<Part>& parts) {
  Literal("\"");
  for (const Part& part : parts) {
    if (part.op >= 0) {
      Piece(LogPiece::Kind::kText, part.op);
      continue;
    }
    std::string escaped;
    AppendJsonEscaped(part.literal, escaped);
    Literal(escaped);
  }
  Literal("\"");
}

void LogFormatCompiler::Literal(std::string_view text) {
  if (!spec_.pieces.empty() && spec_.pieces.back().kind == LogPiece::Kind::kLiteral) {
    spec_.pieces.back().text += text;
  } else if (!text.empty()) {
    Piece(LogPiece::Kind::kLiteral, 0, std::string(text));
  }
}

void LogFormatCompiler::Piece(LogPiece::Kind kind, int op, std::string text) {
  spec_.pieces.push_back({kind, static_cast<uint32_t>(op), std::move(text)});
}

void LogFormatCompiler::Finish() {
  for (uint32_t i = 0; i < spec_.operators.size(); ++i) {
    const LogOperator& op = spec_.operators[i];
    if (IsCopied(op.value)) spec_.copied.push_back(CompileCopy(op, i));
  }
}

}  // namespace sluice::config
