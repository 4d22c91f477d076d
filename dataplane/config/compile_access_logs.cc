#include "dataplane/config/compile_access_logs.h"

#include <fmt/format.h>

#include "dataplane/config/access_log_filter.h"
#include "dataplane/config/access_log_format.h"
#include "dataplane/config/implemented_fields.h"
#include "envoy/extensions/access_loggers/file/v3/file.pb.h"
#include "envoy/extensions/access_loggers/stream/v3/stream.pb.h"

namespace sluice::config {

namespace {

using envoy::config::accesslog::v3::AccessLog;
using envoy::config::core::v3::SubstitutionFormatString;
using envoy::extensions::access_loggers::file::v3::FileAccessLog;
using envoy::extensions::access_loggers::stream::v3::StderrAccessLog;
using envoy::extensions::access_loggers::stream::v3::StdoutAccessLog;
using JsonTypes = LogFormatCompiler::JsonTypes;

void CompileTextSource(const envoy::config::core::v3::DataSource& source, const std::string& path,
                       AccessLogSpec& spec, ErrorList& errors) {
  RefuseAllBut(source, {"inline_string", "inline_bytes"}, path, errors);
  const bool bytes = source.has_inline_bytes();
  LogFormatCompiler(spec, errors)
      .CompileText(bytes ? source.inline_bytes() : source.inline_string(),
                   JoinPath(path, bytes ? "inline_bytes" : "inline_string"));
}

void CompileFormat(const SubstitutionFormatString& format, const std::string& path,
                   AccessLogSpec& spec, ErrorList& errors) {
  // Members are always sorted, so json_format_options has its way or more than that.
  RefuseAllBut(format,
               {"json_format", "text_format_source", "omit_empty_values", "json_format_options"},
               path, errors);
  spec.omit_empty = format.omit_empty_values();
  if (format.has_json_format()) {
    LogFormatCompiler(spec, errors)
        .CompileJson(format.json_format(), JsonTypes::kTyped, JoinPath(path, "json_format"));
  } else if (format.has_text_format_source()) {
    CompileTextSource(format.text_format_source(), JoinPath(path, "text_format_source"), spec,
                      errors);
  } else {
    errors.Add(path, "json_format or text_format_source is required");
  }
}

void CompileDefault(const std::string& path, AccessLogSpec& spec, ErrorList& errors) {
  LogFormatCompiler(spec, errors).CompileText(kDefaultLogFormat, path);
}

void CompileFile(const FileAccessLog& file, const std::string& path, AccessLogSpec& spec,
                 ErrorList& errors) {
  spec.path = file.path();
  if (spec.path.empty() || spec.path.find('\0') != std::string::npos) {
    errors.Add(JoinPath(path, "path"), "is required, without NUL");
  }
  // Opening these as files would give a position of its own to what shell and process share.
  if (spec.path == "/dev/stdout") spec.sink = LogSinkKind::kStdout;
  if (spec.path == "/dev/stderr") spec.sink = LogSinkKind::kStderr;
  LogFormatCompiler compiler(spec, errors);
  switch (file.access_log_format_case()) {
    case FileAccessLog::kFormat:
      // "" means the default line, as in Envoy.
      if (file.format().empty()) return CompileDefault(path, spec, errors);
      return compiler.CompileText(file.format(), JoinPath(path, "format"));
    case FileAccessLog::kJsonFormat:
      return compiler.CompileJson(file.json_format(), JsonTypes::kStrings,
                                  JoinPath(path, "json_format"));
    case FileAccessLog::kTypedJsonFormat:
      return compiler.CompileJson(file.typed_json_format(), JsonTypes::kTyped,
                                  JoinPath(path, "typed_json_format"));
    case FileAccessLog::kLogFormat:
      return CompileFormat(file.log_format(), JoinPath(path, "log_format"), spec, errors);
    case FileAccessLog::ACCESS_LOG_FORMAT_NOT_SET:
      return CompileDefault(path, spec, errors);
  }
}

template <typename Stream>
void CompileStream(LogSinkKind kind, const Stream& stream, const std::string& path,
                   AccessLogSpec& spec, ErrorList& errors) {
  spec.sink = kind;
  if (!stream.has_log_format()) return CompileDefault(path, spec, errors);
  CompileFormat(stream.log_format(), JoinPath(path, "log_format"), spec, errors);
}

// The message in `any`; nothing (with an error) if its bytes are none.
template <typename M>
bool Unpack(const google::protobuf::Any& any, M& out, const std::string& path, ErrorList& errors) {
  if (any.UnpackTo(&out)) return true;
  errors.Add(path, "cannot be parsed");
  return false;
}

void CompileSink(const google::protobuf::Any& any, const std::string& path, AccessLogSpec& spec,
                 ErrorList& errors) {
  if (any.Is<FileAccessLog>()) {
    FileAccessLog file;
    if (Unpack(any, file, path, errors)) CompileFile(file, path, spec, errors);
  } else if (any.Is<StdoutAccessLog>()) {
    StdoutAccessLog out;
    if (Unpack(any, out, path, errors))
      CompileStream(LogSinkKind::kStdout, out, path, spec, errors);
  } else if (any.Is<StderrAccessLog>()) {
    StderrAccessLog err;
    if (Unpack(any, err, path, errors))
      CompileStream(LogSinkKind::kStderr, err, path, spec, errors);
  } else {
    errors.Add(path, fmt::format("access logger '{}' is not implemented", any.type_url()));
  }
}

}  // namespace

std::shared_ptr<const AccessLogSpec> CompileAccessLog(const AccessLog& log, const std::string& path,
                                                      ErrorList& errors) {
  const size_t before = errors.size() + errors.dropped();
  auto spec = std::make_shared<AccessLogSpec>();
  RefuseAllBut(log, {"name", "filter", "typed_config"}, path, errors);
  if (log.has_filter())
    spec->filter = CompileLogFilter(log.filter(), JoinPath(path, "filter"), errors);
  if (log.has_typed_config()) {
    CompileSink(log.typed_config(), JoinPath(path, "typed_config"), *spec, errors);
  } else {
    errors.Add(JoinPath(path, "typed_config"), "is required");
  }
  if (errors.size() + errors.dropped() != before) return nullptr;
  return spec;
}

}  // namespace sluice::config
