#include "test/api/oracle_database.h"

#include <algorithm>
#include <memory>

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream.h>

namespace sluice::api {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::UninterpretedOption;

// Keeps options such as `deprecated`, drops those of extensions, written in parentheses.
template <typename Options>
void DropExtensions(Options& options) {
  auto& list = *options.mutable_uninterpreted_option();
  list.erase(std::remove_if(list.begin(), list.end(),
                            [](const UninterpretedOption& option) {
                              return option.name(0).is_extension();
                            }),
             list.end());
}

void DropExtensions(EnumDescriptorProto& type) {
  DropExtensions(*type.mutable_options());
  for (auto& value : *type.mutable_value()) DropExtensions(*value.mutable_options());
}

void DropExtensions(FieldDescriptorProto& field) { DropExtensions(*field.mutable_options()); }

void DropExtensions(DescriptorProto& message) {
  DropExtensions(*message.mutable_options());
  for (auto& field : *message.mutable_field()) DropExtensions(field);
  for (auto& oneof : *message.mutable_oneof_decl()) DropExtensions(*oneof.mutable_options());
  for (auto& type : *message.mutable_enum_type()) DropExtensions(type);
  for (auto& nested : *message.mutable_nested_type()) DropExtensions(nested);
}

void DropExtensions(FileDescriptorProto& file) {
  DropExtensions(*file.mutable_options());
  for (auto& type : *file.mutable_enum_type()) DropExtensions(type);
  for (auto& message : *file.mutable_message_type()) DropExtensions(message);
  for (auto& service : *file.mutable_service()) {
    DropExtensions(*service.mutable_options());
    for (auto& method : *service.mutable_method()) DropExtensions(*method.mutable_options());
  }
  file.clear_extension();
}

bool CopyWellKnown(const std::string& path, FileDescriptorProto* output) {
  if (path.rfind("google/protobuf/", 0) != 0) return false;
  const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(path);
  if (file == nullptr) return false;
  file->CopyTo(output);
  return true;
}

}  // namespace

OracleDatabase::OracleDatabase(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) tree_.MapPath("", folder);
}

bool OracleDatabase::FindFileByName(const std::string& path, FileDescriptorProto* output) {
  if (CopyWellKnown(path, output)) return true;
  const std::unique_ptr<google::protobuf::io::ZeroCopyInputStream> input(tree_.Open(path));
  if (input == nullptr) return false;
  errors_.file = path;
  google::protobuf::io::Tokenizer tokenizer(input.get(), &errors_);
  google::protobuf::compiler::Parser parser;
  parser.RecordErrorsTo(&errors_);
  output->set_name(path);
  if (!parser.Parse(&tokenizer, output)) return false;
  DropExtensions(*output);
  return true;
}

bool OracleDatabase::FindFileContainingSymbol(const std::string&, FileDescriptorProto*) {
  return false;
}

bool OracleDatabase::FindFileContainingExtension(const std::string&, int, FileDescriptorProto*) {
  return false;
}

void OracleDatabase::Errors::AddError(int line, int column, const std::string& message) {
  text += file + ":" + std::to_string(line + 1) + ":" + std::to_string(column + 1) + ": " +
          message + "\n";
}

}  // namespace sluice::api
