// YAML text (JSON is YAML too) as a tree that knows where each value stands.
//
// yaml-cpp's own tree loses duplicate keys and throws; this one keeps them for the reader to
// refuse, and comes with errors as values. Aliases share the node they name. Thread: any; pure.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::ctl {

// From 1.
struct Place {
  int line = 1;
  int column = 1;
};

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  using Ref = std::shared_ptr<const YamlNode>;

  Kind kind = Kind::kNull;
  Place place;
  std::string text;                          // kScalar.
  bool quoted = false;                       // kScalar: "3" and not 3.
  std::vector<Ref> items;                    // kList.
  std::vector<std::pair<Ref, Ref>> entries;  // kMap, as written: keys may come twice.
};

// "nothing", "a text", "a list", "a map".
std::string_view NameOf(YamlNode::Kind kind);

struct YamlError {
  Place place;
  std::string text;
};

// More values than this in one text are refused.
inline constexpr size_t kMaxYamlValues = 1'000'000;

// All documents of `text` but the empty ones; after an error, those in front of it.
struct YamlDocuments {
  std::vector<YamlNode::Ref> documents;
  std::vector<YamlError> errors;  // At most one: a parser cannot go on.
};
YamlDocuments ParseYaml(std::string_view text);

}  // namespace sluice::ctl
