// The rows of api/xds-subset.tsv whose files are compiled in, for tests.

#pragma once

#include <map>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>

namespace sluice::api {

// One line of the table; the header line of the table names the columns.
struct SubsetRow {
  std::string kind;    // "field", "message", "enum_value" or "method"
  std::string name;    // full name of the message, enum or service
  std::string member;  // field, value or method; "-" for messages
  std::string number;  // decimal; "-" for messages and methods
  std::string type;
  std::string oneof;  // "-" outside a oneof
  std::string phase;
  std::string source;  // "npm" if the oracle has it
  bool deprecated = false;
  std::string proto_file;
};

// All rows of the emitted phases, in file order. Aborts the test program if the table cannot be
// read: nothing can be said then.
std::vector<SubsetRow> ReadSubset();

// The compiled descriptors of every proto file that the rows name, each once.
std::vector<const google::protobuf::FileDescriptor*> CompiledFiles(
    const std::vector<SubsetRow>& rows);

// All messages in `files`, nested ones included, map entries left out.
std::vector<const google::protobuf::Descriptor*> MessagesIn(
    const std::vector<const google::protobuf::FileDescriptor*>& files);

// All enums in `files`, nested ones included.
std::vector<const google::protobuf::EnumDescriptor*> EnumsIn(
    const std::vector<const google::protobuf::FileDescriptor*>& files);

// The type of a field as the table writes it: "repeated enum a.b.C", "map<string,a.b.C>", "string".
std::string TypeText(const google::protobuf::FieldDescriptor& field);

// The two sides of a method as the table writes them: "stream a.B -> stream a.C".
std::string TypeText(const google::protobuf::MethodDescriptor& method);

}  // namespace sluice::api
