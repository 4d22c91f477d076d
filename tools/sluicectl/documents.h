// The objects of YAML files, each with the places of its fields, so that whatever is wrong with
// one, here or at the server, can be said as file, line and column.
//
// Thread: any; reads files.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/v1/object.pb.h"
#include "tools/sluicectl/message_reader.h"

namespace sluice::ctl {

// One thing to tell the author. Any part but the text may be empty.
struct Complaint {
  std::string file;
  Place place;
  std::string object;  // "Route shop/cart"
  std::string path;    // "spec.match.prefix"
  std::string text;
};

// "file:line:column: kind name: field.path: text", without what is empty.
std::string Text(const Complaint& complaint);

class Documents final {
 public:
  struct Document {
    sluice::v1::Object object;
    std::string file;
    Places places;  // By field path; "" is the document itself.
  };

  // Adds the documents of a file, of all *.yaml, *.yml and *.json files right in a folder (by
  // name), or of `in` for "-". False if the path itself cannot be used; `error` says why then.
  bool Load(const std::string& path, std::istream& in, std::string& error);
  // The documents of one text; `file` is what complaints call it.
  void LoadText(std::string_view text, const std::string& file);

  const std::vector<Document>& documents() const { return documents_; }
  // Everything that is wrong, in the order of reading.
  const std::vector<Complaint>& complaints() const { return complaints_; }

  // The server's problem with an object, at its place here. The path may name what is not written:
  // a field that is missing, a oneof; then it is the nearest that is.
  Complaint Locate(const sluice::v1::Problem& problem) const;

 private:
  void Read(const YamlNode& node, const std::string& file);
  // Reads one top-level field.
  static void ReadTop(MessageReader& reader, const std::string& name, const YamlNode& key,
                      const YamlNode& value, sluice::v1::Object& object);
  // What is wrong with the document as a whole.
  void CheckWhole(MessageReader& reader, const YamlNode& node, const Document& document) const;
  const Document* Find(const std::string& kind, const std::string& name) const;

  std::vector<Document> documents_;
  std::map<std::pair<std::string, std::string>, size_t>
      index_;  // (kind, name), the first of equals.
  std::vector<Complaint> complaints_;
};

// "Route shop/cart".
std::string NameOf(const sluice::v1::ObjectRef& ref);
// The kinds that sluice.v1 has, "Gateway" first.
const std::vector<std::string>& KnownKinds();

}  // namespace sluice::ctl
