// The walk behind YamlToMessage: one object per call, kept on the stack. Internal to this folder.
//
// The fields are found by the message's own descriptors. Every Read... takes a YAML node and the
// path it stands at, adds an error for what it cannot take, and goes on; nothing is thrown, and a
// value that was refused is left unset. Thread: the caller's.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <string_view>

#include "dataplane/config/error_list.h"
#include "dataplane/config/yaml_message.h"
#include "dataplane/config/yaml_message_scalars.h"

namespace sluice::config {

class YamlReader final {
 public:
  using Message = google::protobuf::Message;
  using Field = google::protobuf::FieldDescriptor;

  // `errors` outlives the reader.
  YamlReader(ErrorList& errors, YamlLimits limits) : errors_(errors), limits_(limits) {}

  // One message of any type, those with a JSON form of their own (Any, Duration, ...) included.
  void ReadMessage(const YAML::Node& node, Message& message, const std::string& path);

 private:
  // Counts a value and a level while it lives; false once a limit is crossed.
  class Level;

  // yaml_message.cc: maps of fields, lists, single values. `skipped_key` is the "@type" of an Any.
  void ReadFields(const YAML::Node& node, Message& message, const std::string& path,
                  std::string_view skipped_key);
  void ReadField(const Field& field, const YAML::Node& value, Message& message,
                 const std::string& path);
  void ReadList(const Field& field, const YAML::Node& value, Message& message,
                const std::string& path);
  void ReadMap(const Field& field, const YAML::Node& value, Message& message,
               const std::string& path);
  // Sets `field`, or adds to it if it is repeated.
  void ReadSingle(const Field& field, const YAML::Node& value, Message& message,
                  const std::string& path);
  void ReadNumber(const Field& field, const YAML::Node& value, Message& message,
                  const std::string& path);
  void ReadText(const Field& field, const YAML::Node& value, Message& message,
                const std::string& path);
  void ReadEnum(const Field& field, const YAML::Node& value, Message& message,
                const std::string& path);

  // yaml_message_known_types.cc: the messages of google/protobuf with a JSON form of their own.
  static bool HasOwnForm(const google::protobuf::Descriptor& type);
  void ReadOwnForm(const YAML::Node& node, Message& message, const std::string& path);
  void ReadAny(const YAML::Node& node, Message& message, const std::string& path);
  std::optional<std::string> TypeOfAny(const YAML::Node& node, const std::string& path);
  void ReadDuration(const YAML::Node& node, Message& message, const std::string& path);
  void ReadTimestamp(const YAML::Node& node, Message& message, const std::string& path);
  void ReadStruct(const YAML::Node& node, Message& message, const std::string& path);
  void ReadValue(const YAML::Node& node, Message& message, const std::string& path);

  // Adds line and column of the node to the text.
  void Fail(const YAML::Node& node, const std::string& path, std::string_view text);
  // "expected WHAT, found a list"; never shows the value, which may be a secret.
  void Expect(std::string_view what, const YAML::Node& node, const std::string& path);

  ErrorList& errors_;
  const YamlLimits limits_;
  size_t values_ = 0;
  int depth_ = 0;
  bool exhausted_ = false;  // a limit was crossed: nothing more is read
};

class YamlReader::Level final {
 public:
  Level(YamlReader& reader, const YAML::Node& node, const std::string& path);
  ~Level() { --reader_.depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  explicit operator bool() const { return !reader_.exhausted_; }

 private:
  YamlReader& reader_;
};

}  // namespace sluice::config
