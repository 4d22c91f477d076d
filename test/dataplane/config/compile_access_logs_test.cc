#include "dataplane/config/compile_access_logs.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "dataplane/filter/exchange.h"
#include "envoy/config/accesslog/v3/accesslog.pb.h"
#include "envoy/extensions/access_loggers/file/v3/file.pb.h"
#include "envoy/extensions/access_loggers/stream/v3/stream.pb.h"

namespace sluice::config {
namespace {

using envoy::config::accesslog::v3::AccessLog;
using envoy::extensions::access_loggers::file::v3::FileAccessLog;
using envoy::extensions::access_loggers::stream::v3::StderrAccessLog;
using envoy::extensions::access_loggers::stream::v3::StdoutAccessLog;

struct Result {
  std::shared_ptr<const AccessLogSpec> spec;
  ErrorList errors;
  // "path: text" of the only error.
  std::string error() const {
    EXPECT_EQ(spec, nullptr);
    EXPECT_EQ(errors.size(), 1u) << errors.ToStatus();
    if (errors.empty()) return "";
    return errors.errors()[0].field_path + ": " + errors.errors()[0].text;
  }
};

template <typename M>
M Parse(const std::string& text) {
  M message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

Result Compile(const AccessLog& log) {
  Result result;
  result.spec = CompileAccessLog(log, "log", result.errors);
  EXPECT_EQ(result.spec == nullptr, !result.errors.empty());
  return result;
}

template <typename M = FileAccessLog>
Result CompileSink(const std::string& text, const std::string& filter = "") {
  AccessLog log = Parse<AccessLog>(filter.empty() ? "" : "filter { " + filter + " }");
  log.mutable_typed_config()->PackFrom(Parse<M>(text));
  return Compile(log);
}

Result CompileText(const std::string& format) {
  FileAccessLog file;
  file.set_path("/tmp/log");
  file.mutable_log_format()->mutable_text_format_source()->set_inline_string(format);
  AccessLog log;
  log.mutable_typed_config()->PackFrom(file);
  return Compile(log);
}

TEST(CompileAccessLogsTest, EachSinkIsRecognised) {
  EXPECT_EQ(CompileSink("path: '/var/log/a'").spec->sink, LogSinkKind::kFile);
  EXPECT_EQ(CompileSink("path: '/var/log/a'").spec->path, "/var/log/a");
  EXPECT_EQ(CompileSink<StdoutAccessLog>("").spec->sink, LogSinkKind::kStdout);
  EXPECT_EQ(CompileSink<StderrAccessLog>("").spec->sink, LogSinkKind::kStderr);
  EXPECT_EQ(CompileSink("path: '/dev/stdout'").spec->sink, LogSinkKind::kStdout);
  EXPECT_EQ(CompileSink("path: '/dev/stderr'").spec->sink, LogSinkKind::kStderr);
}

TEST(CompileAccessLogsTest, SinksThatDoNotExistAreRefusedByName) {
  AccessLog log;
  log.mutable_typed_config()->PackFrom(google::protobuf::Struct());
  EXPECT_EQ(Compile(log).error(),
            "log.typed_config: access logger 'type.googleapis.com/google.protobuf.Struct' is not "
            "implemented");
  EXPECT_EQ(Compile(AccessLog()).error(), "log.typed_config: is required");
  EXPECT_EQ(CompileSink("").error(), "log.typed_config.path: is required, without NUL");
}

TEST(CompileAccessLogsTest, WithoutFormatTheLineIsEnvoysDefault) {
  const auto spec = CompileSink("path: '/l'").spec;
  EXPECT_EQ(spec->form, LogForm::kText);
  EXPECT_EQ(spec->operators.size(), 15u);
  EXPECT_EQ(spec->pieces.front().text, "[");
  EXPECT_EQ(spec->pieces.back().text, "\"\n");
  // What a worker copies: method, path, and the six header-like values.
  EXPECT_EQ(spec->copied.size(), 8u);
}

TEST(CompileAccessLogsTest, AllThreeSpellingsOfAFormatAreTaken) {
  EXPECT_EQ(CompileSink("path: '/l' format: '%PROTOCOL%'").spec->operators[0].value,
            LogValue::kProtocol);
  EXPECT_EQ(CompileText("%PROTOCOL%\n").spec->operators[0].value, LogValue::kProtocol);
  const auto json = CompileSink(
      "path: '/l' log_format { json_format { fields { key: 'p' value { string_value: '%PROTOCOL%' "
      "} } } }");
  EXPECT_EQ(json.spec->form, LogForm::kJson);
  EXPECT_EQ(json.spec->operators[0].value, LogValue::kProtocol);
}

TEST(CompileAccessLogsTest, AnOperatorUsedTwiceIsCopiedOnce) {
  const auto spec = CompileText("%REQ(A)% %REQ(a)% %REQ(A):3% %REQ(A?B)%").spec;
  EXPECT_EQ(spec->operators.size(), 3u);
  EXPECT_EQ(spec->copied.size(), 3u);
  EXPECT_EQ(spec->operators[1].max_length, 3u);
}

struct BadFormat {
  const char* format;
  const char* error;
};

TEST(CompileAccessLogsTest, WhatIsNotImplementedIsRefusedWithItsPosition) {
  const BadFormat kBad[] = {
      {"a %NO_SUCH% b", "at position 2: operator %NO_SUCH% is not implemented"},
      {"%DYNAMIC_METADATA(a:b)%", "at position 0: operator %DYNAMIC_METADATA% is not implemented"},
      {"100%", "at position 3: a '%' that begins no operator ('%%' is a percent sign)"},
      {"%REQ(A%", "at position 0: missing ')'"},
      {"%REQ%", "at position 0: %REQ% needs a field name in parentheses"},
      {"%REQ(A b)%", "at position 0: 'A b' is not a field name"},
      {"%REQ(:nope)%", "at position 0: ':nope' is not a field name"},
      {"%RESP(A?)%", "at position 0: '' is not a field name"},
      {"%REQ(A):x%", "at position 0: the length is not a number above 0"},
      {"%REQ(A):0%", "at position 0: the length is not a number above 0"},
      {"%REQ(A)", "at position 0: the operator does not end with '%'"},
      {"%DURATION:3%", "at position 0: %DURATION% takes no length"},
      {"%PROTOCOL(x)%", "at position 0: %PROTOCOL% takes no argument"},
      {"%START_TIME(%n)%", "at position 0: unknown conversion '%n' in the time format"},
      {"%START_TIME(%5e)%", "at position 0: unknown conversion '%5' in the time format"},
      {"%START_TIME(%)%", "at position 0: the time format ends with '%'"},
      {"", "the format is empty"},
  };
  for (const BadFormat& bad : kBad) {
    const std::string path = "log.typed_config.log_format.text_format_source.inline_string: ";
    EXPECT_EQ(CompileText(bad.format).error(), path + bad.error) << bad.format;
  }
}

TEST(CompileAccessLogsTest, EveryWrongOperatorIsReported) {
  EXPECT_EQ(CompileText("%A% %B% %PROTOCOL% %C%").errors.size(), 3u);
}

TEST(CompileAccessLogsTest, TooManyOperatorsAreRefused) {
  std::string format;
  for (int i = 0; i < 65; ++i) format += "%REQ(A" + std::to_string(i) + ")%";
  EXPECT_EQ(CompileText(format).errors.size(), 1u);
}

TEST(CompileAccessLogsTest, ErrorsInJsonNameTheMember) {
  const auto result = CompileSink(R"(path: '/l' log_format { json_format {
      fields { key: 'a' value { struct_value { fields { key: 'b' value { string_value: '%X%' } } } } } } })");
  EXPECT_EQ(result.error(),
            "log.typed_config.log_format.json_format[\"a\"][\"b\"]: at position 0: operator %X% is "
            "not implemented");
}

TEST(CompileAccessLogsTest, FieldsOutsideOfWhatWorksAreRefusedByName) {
  EXPECT_EQ(CompileSink("path: '/l' log_format { text_format_source { filename: '/f' } }")
                .errors.errors()[0]
                .text,
            "not implemented yet");
  EXPECT_EQ(
      CompileSink(
          R"(path: '/l' log_format { text_format_source { inline_string: 'a' } content_type: 'a' })")
          .error(),
      "log.typed_config.log_format.content_type: not implemented yet");
  EXPECT_EQ(CompileSink("path: '/l'", "not_health_check_filter {}").error(),
            "log.filter.not_health_check_filter: not implemented yet");
  EXPECT_EQ(CompileSink("path: '/l'", "grpc_status_filter {}").error(),
            "log.filter.grpc_status_filter: not implemented yet");
}

TEST(CompileAccessLogsTest, FiltersAreCompiled) {
  const auto status = CompileSink(
      "path: '/l'",
      "status_code_filter { comparison { op: GE value { default_value: 500 runtime_key: 'k' } } }");
  EXPECT_EQ(status.spec->filter.kind, LogFilter::Kind::kStatus);
  EXPECT_EQ(status.spec->filter.compare, LogFilter::Compare::kAtLeast);
  EXPECT_EQ(status.spec->filter.number, 500u);
  const auto sample = CompileSink(
      "path: '/l'", "runtime_filter { runtime_key: 'k' percent_sampled { numerator: 25 } }");
  EXPECT_EQ(sample.spec->filter.number, 1u << 30);
  const auto any = CompileSink("path: '/l'", R"(or_filter {
      filters { response_flag_filter { flags: 'UF' flags: 'NR' } }
      filters { header_filter { header { name: 'x-debug' present_match: true } } } })");
  ASSERT_EQ(any.spec->filter.parts.size(), 2u);
  EXPECT_EQ(any.spec->filter.parts[0].flags,
            filter::kUpstreamConnectionFailure | filter::kNoRouteFound);
  EXPECT_NE(any.spec->filter.parts[1].header, nullptr);
}

TEST(CompileAccessLogsTest, WrongFiltersAreRefused) {
  EXPECT_EQ(CompileSink("path: '/l'", "response_flag_filter { flags: 'ZZ' }").error(),
            "log.filter.response_flag_filter.flags[0]: response flag 'ZZ' is never set here");
  EXPECT_EQ(CompileSink("path: '/l'", "status_code_filter { comparison { op: EQ } }").error(),
            "log.filter.status_code_filter.comparison.value: is required");
  EXPECT_EQ(CompileSink("path: '/l'", "and_filter { filters { response_flag_filter {} } }").error(),
            "log.filter.and_filter.filters: at least two filters are required");
}

}  // namespace
}  // namespace sluice::config
