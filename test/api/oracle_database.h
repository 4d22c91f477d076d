// Reads the official protos as they come in an npm package, which protoc itself refuses.

#pragma once

#include <string>
#include <vector>

#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>

namespace sluice::api {

// A database of proto files below some folders, for use under a DescriptorPool that allows unknown
// dependencies. The package misses a few files and has an older validate.proto than its own protos
// need, so options of extensions (validation, annotations) are dropped unread; what they extend
// stays. Well-known types come from the running program.
class OracleDatabase final : public google::protobuf::DescriptorDatabase {
 public:
  // `folders` are where import paths start; the first one that has a file wins.
  explicit OracleDatabase(const std::vector<std::string>& folders);

  // False if no folder has the file or it cannot be parsed; errors() then says why.
  bool FindFileByName(const std::string& path,
                      google::protobuf::FileDescriptorProto* output) override;

  // Not supported: files are found by name only.
  bool FindFileContainingSymbol(const std::string& symbol,
                                google::protobuf::FileDescriptorProto* output) override;
  bool FindFileContainingExtension(const std::string& type, int number,
                                   google::protobuf::FileDescriptorProto* output) override;

  // Messages of the parser, one a line; empty if every file was understood.
  const std::string& errors() const { return errors_.text; }

 private:
  struct Errors final : google::protobuf::io::ErrorCollector {
    void AddError(int line, int column, const std::string& message) override;
    std::string file;
    std::string text;
  };

  google::protobuf::compiler::DiskSourceTree tree_;
  Errors errors_;
};

}  // namespace sluice::api
