#include "tools/sluicectl/documents.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>

namespace sluice::ctl {
namespace {

namespace fs = std::filesystem;
using google::protobuf::FieldDescriptor;
using sluice::v1::Object;

// The field of Object that holds the spec of a kind, or null.
const FieldDescriptor* SpecField(const std::string& kind) {
  const auto* oneof = Object::descriptor()->FindOneofByName("spec");
  for (int i = 0; i < oneof->field_count(); ++i) {
    if (oneof->field(i)->message_type()->name() == kind) return oneof->field(i);
  }
  return nullptr;
}

bool IsDocumentFile(const fs::path& path) {
  const std::string end = path.extension();
  return end == ".yaml" || end == ".yml" || end == ".json";
}

std::string Slurp(std::istream& in) { return {std::istreambuf_iterator<char>(in), {}}; }

// The value of a top-level text field, or "".
std::string TopText(const YamlNode& node, std::string_view name) {
  for (const auto& [key, value] : node.entries) {
    if (key->text == name && value->kind == YamlNode::Kind::kScalar) return value->text;
  }
  return "";
}

// Cuts the last part of a field path; false when nothing was left.
bool Shorten(std::string& path) {
  if (path.empty()) return false;
  const size_t cut = path.find_last_of(".[");
  path.resize(cut == std::string::npos ? 0 : cut);
  return true;
}

// `path` without one of its inner parts: the names of oneofs are in no file.
std::vector<std::string> WithoutOneName(const std::string& path) {
  std::vector<std::string> shorter;
  for (size_t dot = path.rfind('.'); dot != std::string::npos && dot > 0;
       dot = path.rfind('.', dot - 1)) {
    const size_t before = path.rfind('.', dot - 1);
    if (before == std::string::npos) break;
    shorter.push_back(path.substr(0, before) + path.substr(dot));
  }
  return shorter;
}

Place Nearest(const Places& places, std::string path) {
  do {
    if (const auto found = places.find(path); found != places.end()) return found->second;
    for (const std::string& shorter : WithoutOneName(path)) {
      if (const auto found = places.find(shorter); found != places.end()) return found->second;
    }
  } while (Shorten(path));
  return {};
}

}  // namespace

std::string NameOf(const sluice::v1::ObjectRef& ref) {
  return fmt::format("{} {}", ref.kind(), ref.name());
}

const std::vector<std::string>& KnownKinds() {
  static const std::vector<std::string> kinds = [] {
    std::vector<std::string> names;
    const auto* oneof = Object::descriptor()->FindOneofByName("spec");
    for (int i = 0; i < oneof->field_count(); ++i) {
      names.push_back(oneof->field(i)->message_type()->name());
    }
    return names;
  }();
  return kinds;
}

std::string Text(const Complaint& complaint) {
  std::string text;
  if (!complaint.file.empty()) {
    text = fmt::format("{}:{}:{}: ", complaint.file, complaint.place.line, complaint.place.column);
  }
  if (!complaint.object.empty()) text += complaint.object + ": ";
  if (!complaint.path.empty()) text += complaint.path + ": ";
  return text + complaint.text;
}

bool Documents::Load(const std::string& path, std::istream& in, std::string& error) {
  if (path == "-") {
    LoadText(Slurp(in), "<stdin>");
    return true;
  }
  std::vector<fs::path> files = {path};
  std::error_code failed;
  if (fs::is_directory(path, failed)) {
    files.clear();
    for (const fs::directory_entry& entry : fs::directory_iterator(path, failed)) {
      if (entry.is_regular_file() && IsDocumentFile(entry.path())) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    if (files.empty()) {
      error = fmt::format("{}: has no *.yaml, *.yml or *.json file", path);
      return false;
    }
  }
  for (const fs::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
      error = fmt::format("{}: {}", file.string(), std::strerror(errno));
      return false;
    }
    LoadText(Slurp(stream), file.string());
  }
  return true;
}

void Documents::LoadText(std::string_view text, const std::string& file) {
  const YamlDocuments parsed = ParseYaml(text);
  for (const YamlNode::Ref& document : parsed.documents) Read(*document, file);
  for (const YamlError& error : parsed.errors) {
    complaints_.push_back({file, error.place, "", "", error.text});
  }
}

void Documents::Read(const YamlNode& node, const std::string& file) {
  Document document{{}, file, {}};
  document.object.set_kind(TopText(node, "kind"));
  document.object.set_name(TopText(node, "name"));
  std::vector<FieldError> errors;
  MessageReader reader(errors, document.places);
  reader.Remember("", node.place);
  reader.ForEachEntry(node, "",
                      [&](const std::string& name, const YamlNode& key, const YamlNode& value) {
                        ReadTop(reader, name, key, value, document.object);
                      });
  if (node.kind == YamlNode::Kind::kMap) CheckWhole(reader, node, document);
  const std::string& kind = document.object.kind();
  const std::string& name = document.object.name();
  const std::string called = kind.empty() && name.empty() ? "" : fmt::format("{} {}", kind, name);
  for (FieldError& error : errors) {
    complaints_.push_back(
        {file, error.place, called, std::move(error.path), std::move(error.text)});
  }
  index_.emplace(std::pair(kind, name), documents_.size());
  documents_.push_back(std::move(document));
}

void Documents::ReadTop(MessageReader& reader, const std::string& name, const YamlNode& key,
                        const YamlNode& value, Object& object) {
  reader.Remember(name, key.place);
  if (name == "kind" || name == "name" || name == "etag") {
    if (reader.Expect(value, YamlNode::Kind::kScalar, name) && name == "etag") {
      object.set_etag(value.text);
    }
  } else if (name == "labels") {
    reader.ReadLabels(value, name, *object.mutable_labels());
  } else if (name == "spec") {
    // Of an unknown kind nothing can be said; that the kind is unknown is said elsewhere.
    const FieldDescriptor* spec = SpecField(object.kind());
    if (spec) reader.Read(value, *object.GetReflection()->MutableMessage(&object, spec), name);
  } else if (name != "status") {
    reader.Fail(key.place, name,
                "no such field" + Suggestion(name, {"kind", "name", "labels", "spec"}));
  }
}

void Documents::CheckWhole(MessageReader& reader, const YamlNode& node,
                           const Document& document) const {
  const Object& object = document.object;
  if (!SpecField(object.kind())) {
    reader.Fail(Nearest(document.places, "kind"), "kind",
                fmt::format("must be one of {}", fmt::join(KnownKinds(), ", ")));
  } else if (!document.places.contains("spec")) {
    reader.Fail(node.place, "spec", "must be there");
  }
  if (object.name().empty()) {
    reader.Fail(Nearest(document.places, "name"), "name", "must be there");
  } else if (const Document* other = Find(object.kind(), object.name())) {
    reader.Fail(node.place, "",
                fmt::format("is there twice, first at {}:{}", other->file,
                            Nearest(other->places, "").line));
  }
}

const Documents::Document* Documents::Find(const std::string& kind, const std::string& name) const {
  const auto found = index_.find({kind, name});
  return found == index_.end() ? nullptr : &documents_[found->second];
}

Complaint Documents::Locate(const sluice::v1::Problem& problem) const {
  Complaint complaint{"", {}, "", problem.field_path(), problem.text()};
  if (!problem.has_object()) return complaint;
  complaint.object = NameOf(problem.object());
  if (const Document* document = Find(problem.object().kind(), problem.object().name())) {
    complaint.file = document->file;
    complaint.place = Nearest(document->places, problem.field_path());
  }
  return complaint;
}

}  // namespace sluice::ctl
