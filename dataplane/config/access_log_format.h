// Compiles Envoy's access log formats: text with %OPERATORS%, and JSON made of such texts.
// Build thread; a compiler works on one AccessLogSpec and is thrown away.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/config/access_log_spec.h"
#include "dataplane/config/error_list.h"
#include "dataplane/config/implemented_fields.h"

namespace sluice::config {

// The line of Envoy when a configuration names no format.
extern const std::string_view kDefaultLogFormat;

class LogFormatCompiler final {
 public:
  // How a JSON member that is one operator alone looks.
  enum class JsonTypes : uint8_t {
    kTyped,    // numbers are numbers, absent is null
    kStrings,  // always a string, absent is "-" (the deprecated FileAccessLog.json_format)
  };

  // Writes `operators`, `pieces`, `copied` and `form` of `spec`; reads its `omit_empty`.
  LogFormatCompiler(AccessLogSpec& spec, ErrorList& errors) : spec_(spec), errors_(errors) {}
  void CompileText(std::string_view format, const std::string& path);
  // Members in the order of their names, so that equal configurations give equal lines.
  void CompileJson(const google::protobuf::Struct& json, JsonTypes types, const std::string& path);

 private:
  static constexpr int kMaxDepth = 16;
  // A text cut at its operators.
  struct Part {
    std::string literal;
    int op = -1;  // >= 0: an operator, and no literal
  };

  std::vector<Part> Split(std::string_view format, const std::string& path);
  // The operator at format[at] = '%'; its end, or npos with an error added.
  size_t ParseOperator(std::string_view format, size_t at, const std::string& path, int* op);
  int AddOperator(LogOperator op, const std::string& path);
  void Object(const google::protobuf::Struct& json, int depth, const std::string& path);
  void Value(const google::protobuf::Value& value, int depth, const std::string& path);
  // A member that disappears when its value is absent; `name` with quotes and colon.
  void OptionalMember(std::string name, const google::protobuf::Value& value, int depth,
                      const std::string& path);
  bool IsOneValue(const std::vector<Part>& parts) const;
  void String(const std::vector<Part>& parts);
  void Literal(std::string_view text);
  void Piece(LogPiece::Kind kind, int op, std::string text = {});
  void Finish();

  AccessLogSpec& spec_;
  ErrorList& errors_;
  JsonTypes types_ = JsonTypes::kTyped;
};

}  // namespace sluice::config
