// Fills a protobuf message from a YAML tree by the message's own descriptors, and remembers where
// each field stands. All errors at once; nothing unknown is passed over.
//
// The mapping is that of proto3 JSON, with field names as in the .proto or in lowerCamelCase, and
// with durations as "3s" or "250ms". Thread: one at a time; an object per document.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tools/sluicectl/yaml_tree.h"

namespace sluice::ctl {

struct FieldError {
  Place place;
  std::string path;  // "spec.listeners[0].port"
  std::string text;
};

// Field path -> where it stands.
using Places = std::map<std::string, Place, std::less<>>;

class MessageReader final {
 public:
  // Both outlive the reader.
  MessageReader(std::vector<FieldError>& errors, Places& places)
      : errors_(errors), places_(places) {}

  // Fields that are wrong are left unset. `path` is that of the message, without a dot at its end.
  void Read(const YamlNode& node, google::protobuf::Message& message, const std::string& path);
  // A map of texts to texts, such as labels.
  void ReadLabels(const YamlNode& node, const std::string& path,
                  google::protobuf::Map<std::string, std::string>& labels);

  // The entries of a map by key; keys that come twice or are no text are errors. False: no map.
  // Calls `take(key, key node, value node)` for each that is sound.
  template <typename Take>
  void ForEachEntry(const YamlNode& node, const std::string& path, Take take) {
    if (!Expect(node, YamlNode::Kind::kMap, path)) return;
    std::set<std::string> seen;
    for (const auto& [key, value] : node.entries) {
      if (key->kind != YamlNode::Kind::kScalar) {
        Fail(key->place, path, "a key must be a text");
      } else if (const std::string name = key->text; !seen.insert(name).second) {
        Fail(key->place, Join(path, name), "is there twice");
      } else {
        take(name, *key, *value);
      }
    }
  }

  // False, and an error, if the node is of another kind.
  bool Expect(const YamlNode& node, YamlNode::Kind kind, const std::string& path);
  // Adds an error.
  void Fail(const Place& place, const std::string& path, std::string text);
  // The first place of a path stays.
  void Remember(const std::string& path, const Place& place) { places_.emplace(path, place); }
  // "path.name"; a name alone at the root.
  static std::string Join(const std::string& path, std::string_view name);

 private:
  using Field = google::protobuf::FieldDescriptor;
  using Message = google::protobuf::Message;

  void ReadField(const Field& field, const YamlNode& node, Message& message,
                 const std::string& path);
  // Entries have the path "labels[key]".
  void ReadMap(const Field& field, const YamlNode& node, Message& message, const std::string& path);
  // Sets the field, or adds to it if it is repeated.
  void ReadSingle(const Field& field, const YamlNode& node, Message& message,
                  const std::string& path);
  void ReadScalar(const Field& field, const YamlNode& node, Message& message,
                  const std::string& path);
  void ReadEnum(const Field& field, const YamlNode& node, Message& message,
                const std::string& path);
  void ReadDuration(const YamlNode& node, Message& message, const std::string& path);

  std::vector<FieldError>& errors_;
  Places& places_;
};

// ", did you mean 'timeout'?", or nothing if no name is near.
std::string Suggestion(std::string_view wrong, const std::vector<std::string>& names);

}  // namespace sluice::ctl
