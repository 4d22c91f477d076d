#include "test/api/subset_table.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <set>
#include <string_view>

#include <google/protobuf/descriptor.pb.h>

namespace sluice::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

constexpr char kTable[] = "api/xds-subset.tsv";  // from the runfiles
constexpr size_t kColumns = 11;

// Phases that tools/protogen/subset.py emits.
const std::set<std::string, std::less<>> kPhases = {"P1"};

[[noreturn]] void Give(std::string_view why) {
  std::fprintf(stderr, "%s: %.*s\n", kTable, static_cast<int>(why.size()), why.data());
  std::abort();
}

std::vector<std::string> SplitTabs(const std::string& line) {
  std::vector<std::string> cells;
  size_t start = 0;
  for (size_t tab; (tab = line.find('\t', start)) != std::string::npos; start = tab + 1) {
    cells.push_back(line.substr(start, tab - start));
  }
  cells.push_back(line.substr(start));
  return cells;
}

void ForEachMessage(const Descriptor& message,
                    const std::function<void(const Descriptor&)>& visit) {
  if (message.options().map_entry()) return;
  visit(message);
  for (int i = 0; i < message.nested_type_count(); ++i) {
    ForEachMessage(*message.nested_type(i), visit);
  }
}

std::string BareType(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  if (field.enum_type() != nullptr) return "enum " + field.enum_type()->full_name();
  return field.type_name();
}

}  // namespace

std::vector<SubsetRow> ReadSubset() {
  std::ifstream table(kTable);
  std::string line;
  if (!std::getline(table, line)) Give("cannot be read");
  std::vector<SubsetRow> rows;
  while (std::getline(table, line)) {
    const std::vector<std::string> cells = SplitTabs(line);
    if (cells.size() != kColumns) Give("wrong number of columns: " + line);
    if (!kPhases.contains(cells[6])) continue;
    rows.push_back({.kind = cells[0],
                    .name = cells[1],
                    .member = cells[2],
                    .number = cells[3],
                    .type = cells[4],
                    .oneof = cells[5],
                    .phase = cells[6],
                    .source = cells[7],
                    .deprecated = cells[8] == "1",
                    .proto_file = cells[10]});
  }
  return rows;
}

std::vector<const FileDescriptor*> CompiledFiles(const std::vector<SubsetRow>& rows) {
  std::set<std::string> paths;
  for (const SubsetRow& row : rows) paths.insert(row.proto_file);
  std::vector<const FileDescriptor*> files;
  for (const std::string& path : paths) {
    const FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(path);
    if (file == nullptr) Give("not compiled in: " + path);
    files.push_back(file);
  }
  return files;
}

std::vector<const Descriptor*> MessagesIn(const std::vector<const FileDescriptor*>& files) {
  std::vector<const Descriptor*> messages;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      ForEachMessage(*file->message_type(i), [&](const Descriptor& m) { messages.push_back(&m); });
    }
  }
  return messages;
}

std::vector<const EnumDescriptor*> EnumsIn(const std::vector<const FileDescriptor*>& files) {
  std::vector<const EnumDescriptor*> enums;
  for (const FileDescriptor* file : files) {
    for (int i = 0; i < file->enum_type_count(); ++i) enums.push_back(file->enum_type(i));
  }
  for (const Descriptor* message : MessagesIn(files)) {
    for (int i = 0; i < message->enum_type_count(); ++i) enums.push_back(message->enum_type(i));
  }
  return enums;
}

std::string TypeText(const FieldDescriptor& field) {
  if (field.is_map()) {
    const Descriptor& entry = *field.message_type();
    return "map<" + BareType(*entry.map_key()) + "," + BareType(*entry.map_value()) + ">";
  }
  return (field.is_repeated() ? "repeated " : "") + BareType(field);
}

std::string TypeText(const MethodDescriptor& method) {
  const auto side = [](bool stream, const Descriptor& type) {
    return (stream ? "stream " : "") + type.full_name();
  };
  return side(method.client_streaming(), *method.input_type()) + " -> " +
         side(method.server_streaming(), *method.output_type());
}

}  // namespace sluice::api
