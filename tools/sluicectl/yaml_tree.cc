#include "tools/sluicectl/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>

namespace sluice::ctl {
namespace {

Place PlaceOf(const YAML::Mark& mark) {
  return mark.is_null() ? Place{} : Place{mark.line + 1, mark.column + 1};
}

// Builds the tree of one document from the parser's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  // Null for a document without content.
  YamlNode::Ref root() const { return root_; }
  size_t values() const { return values_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(Make(YamlNode::Kind::kNull, mark, anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto named = anchors_.find(anchor);
    // An alias inside of what it names has no end; it is read as nothing, which no field takes.
    const bool open = named == anchors_.end() || IsOpen(named->second.get());
    Add(open ? Make(YamlNode::Kind::kNull, mark, 0) : named->second);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool quoted = tag == "!";
    if (!quoted && (value == "~" || value == "null" || value.empty())) return OnNull(mark, anchor);
    const std::shared_ptr<YamlNode> node = Make(YamlNode::Kind::kScalar, mark, anchor);
    node->text = value;
    node->quoted = quoted;
    Add(node);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(Make(YamlNode::Kind::kList, mark, anchor));
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(Make(YamlNode::Kind::kMap, mark, anchor));
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  struct Level {
    std::shared_ptr<YamlNode> node;
    YamlNode::Ref key;  // Of a map, once it was read.
  };

  std::shared_ptr<YamlNode> Make(YamlNode::Kind kind, const YAML::Mark& mark,
                                 YAML::anchor_t anchor) {
    if (++values_ > kMaxYamlValues) throw YAML::ParserException(mark, "too many values");
    auto node = std::make_shared<YamlNode>();
    node->kind = kind;
    node->place = PlaceOf(mark);
    if (anchor != 0) anchors_[anchor] = node;
    return node;
  }

  void Open(const std::shared_ptr<YamlNode>& node) {
    Add(node);
    open_.push_back({node, nullptr});
  }

  void Add(const YamlNode::Ref& node) {
    if (open_.empty()) {
      root_ = node;
      return;
    }
    Level& level = open_.back();
    if (level.node->kind == YamlNode::Kind::kList) {
      level.node->items.push_back(node);
    } else if (!level.key) {
      level.key = node;
    } else {
      const YamlNode::Ref key = std::exchange(level.key, nullptr);
      level.node->entries.emplace_back(
          key, node->kind == YamlNode::Kind::kNull ? NothingAt(key->place) : node);
    }
  }

  // For yaml-cpp a value that is not there stands where the next thing does; for people, at its
  // key.
  static YamlNode::Ref NothingAt(const Place& place) {
    auto node = std::make_shared<YamlNode>();
    node->place = place;
    return node;
  }

  bool IsOpen(const YamlNode* node) const {
    for (const Level& level : open_) {
      if (level.node.get() == node) return true;
    }
    return false;
  }

  YamlNode::Ref root_;
  std::vector<Level> open_;
  std::map<YAML::anchor_t, YamlNode::Ref> anchors_;
  size_t values_ = 0;
};

}  // namespace

std::string_view NameOf(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kScalar:
      return "a text";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
  }
  return "";
}

YamlDocuments ParseYaml(std::string_view text) {
  YamlDocuments result;
  if (text.find('\0') != std::string_view::npos) {
    result.errors.push_back({{}, "is not a text"});
    return result;
  }
  // The marker keeps yaml-cpp from taking the end of the text for the end of a quoted scalar.
  std::istringstream stream(std::string(text) + "\n...\n");
  size_t values = 0;
  try {  // yaml-cpp speaks by exceptions; they end here
    YAML::Parser parser(stream);
    for (;;) {
      TreeBuilder builder;
      if (!parser.HandleNextDocument(builder)) return result;
      // Behind some broken texts yaml-cpp finds empty documents without end.
      values += builder.values() + 1;
      if (values > kMaxYamlValues) {
        result.errors.push_back({{}, "too many values"});
        return result;
      }
      if (builder.root() && builder.root()->kind != YamlNode::Kind::kNull) {
        result.documents.push_back(builder.root());
      }
    }
  } catch (const YAML::Exception& error) {
    const bool unended = error.msg == YAML::ErrorMsg::DOC_IN_SCALAR;
    result.errors.push_back(
        {PlaceOf(error.mark), unended ? "a quoted text has no end" : error.msg});
  }
  return result;
}

}  // namespace sluice::ctl
