#include "controlplane/model/diff.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "api/check/field_error.h"
#include "controlplane/model/content.h"

namespace sluice::model {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using sluice::v1::Change;
using sluice::v1::Object;

// Collects the paths of the fields in which two messages of one type differ.
class FieldDiff final {
 public:
  std::vector<std::string> Run(const Object& before, const Object& after) {
    Messages(before, after, "");
    return std::move(paths_);
  }

 private:
  using Map = std::map<std::string, std::string>;

  void Messages(const Message& before, const Message& after, const std::string& path) {
    const auto* type = before.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      const bool top = path.empty();
      if (top && (field->name() == "etag" || field->name() == "status")) continue;
      const bool spec = top && field->real_containing_oneof() != nullptr;
      const std::string at = api::JoinPath(path, spec ? "spec" : field->name());
      if (field->is_map()) {
        Maps(MapOf(before, field), MapOf(after, field), at);
      } else if (field->is_repeated()) {
        Lists(before, after, field, at);
      } else {
        Single(before, after, field, at);
      }
    }
  }

  void Single(const Message& before, const Message& after, const FieldDescriptor* field,
              const std::string& at) {
    const auto* reflection = before.GetReflection();
    const bool had = reflection->HasField(before, field), has = reflection->HasField(after, field);
    if (!had && !has) return;
    if (had != has) {
      Add(at);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Messages(reflection->GetMessage(before, field), reflection->GetMessage(after, field), at);
    } else if (Text(before, field, -1) != Text(after, field, -1)) {
      Add(at);
    }
  }

  void Lists(const Message& before, const Message& after, const FieldDescriptor* field,
             const std::string& at) {
    const auto* reflection = before.GetReflection();
    const int old_size = reflection->FieldSize(before, field);
    const int new_size = reflection->FieldSize(after, field);
    for (int i = 0; i < std::max(old_size, new_size); ++i) {
      const std::string here = api::IndexPath(at, i);
      if (i >= old_size || i >= new_size) {
        Add(here);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Messages(reflection->GetRepeatedMessage(before, field, i),
                 reflection->GetRepeatedMessage(after, field, i), here);
      } else if (Text(before, field, i) != Text(after, field, i)) {
        Add(here);
      }
    }
  }

  void Maps(const Map& before, const Map& after, const std::string& at) {
    std::set<std::string> keys;
    for (const auto& [key, value] : before) keys.insert(key);
    for (const auto& [key, value] : after) keys.insert(key);
    for (const std::string& key : keys) {
      const auto old = before.find(key), now = after.find(key);
      const bool same = old != before.end() && now != after.end() && old->second == now->second;
      if (!same) Add(api::KeyPath(at, key));
    }
  }

  static Map MapOf(const Message& message, const FieldDescriptor* field) {
    Map map;
    const auto* reflection = message.GetReflection();
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      const Message& entry = reflection->GetRepeatedMessage(message, field, i);
      const auto* type = entry.GetDescriptor();
      map[Text(entry, type->FindFieldByNumber(1), -1, Quotes::kNone)] =
          Text(entry, type->FindFieldByNumber(2), -1);
    }
    return map;
  }

  enum class Quotes { kAsPrinted, kNone };
  static std::string Text(const Message& message, const FieldDescriptor* field, int index,
                          Quotes quotes = Quotes::kAsPrinted) {
    if (quotes == Quotes::kNone && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      return message.GetReflection()->GetString(message, field);
    }
    std::string text;
    google::protobuf::TextFormat::PrintFieldValueToString(message, field, index, &text);
    return text;
  }

  void Add(const std::string& path) {
    if (std::find(paths_.begin(), paths_.end(), path) == paths_.end()) paths_.push_back(path);
  }

  std::vector<std::string> paths_;
};

std::optional<Change> ChangeOf(const ObjectKey& key, const ObjectPtr& before,
                               const ObjectPtr& after) {
  if (before == after) return std::nullopt;
  Change change;
  *change.mutable_object() = RefTo(key);
  if (before == nullptr) {
    change.set_kind(Change::CREATED);
  } else if (after == nullptr) {
    change.set_kind(Change::DELETED);
  } else {
    if (ContentOf(*before) == ContentOf(*after)) return std::nullopt;
    change.set_kind(Change::UPDATED);
    for (std::string& path : FieldDiff().Run(*before, *after)) {
      change.add_field_paths(std::move(path));
    }
  }
  return change;
}

}  // namespace

std::vector<Change> Diff(const Config& before, const Config& after) {
  std::vector<Change> changes;
  const auto add = [&](const ObjectKey& key, const ObjectPtr& old, const ObjectPtr& now) {
    if (auto change = ChangeOf(key, old, now)) changes.push_back(*std::move(change));
  };
  auto a = before.objects().begin(), b = after.objects().begin();
  const auto a_end = before.objects().end(), b_end = after.objects().end();
  while (!(a == a_end) || !(b == b_end)) {
    if (b == b_end || (!(a == a_end) && a->first < b->first)) {
      add(a->first, a->second, nullptr);
      ++a;
    } else if (a == a_end || b->first < a->first) {
      add(b->first, nullptr, b->second);
      ++b;
    } else {
      add(a->first, a->second, b->second);
      ++a;
      ++b;
    }
  }
  return changes;
}

std::vector<Change> DiffOf(const Config& before, const Config& after,
                           const std::vector<ObjectKey>& keys) {
  std::vector<Change> changes;
  for (const ObjectKey& key : std::set<ObjectKey>(keys.begin(), keys.end())) {
    if (auto change = ChangeOf(key, before.Find(key), after.Find(key))) {
      changes.push_back(*std::move(change));
    }
  }
  return changes;
}

}  // namespace sluice::model
