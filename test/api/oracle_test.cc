// Our protos say the same on the wire, in JSON and to gRPC as the official ones that gRPC's own xDS
// client for Node.js ships.

#include <set>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "test/api/oracle_database.h"
#include "test/api/subset_table.h"

namespace sluice::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

const std::vector<std::string> kFolders = {
    "external/grpc_js_xds/node_modules/@grpc/grpc-js-xds/deps/envoy-api",
    "external/grpc_js_xds/node_modules/@grpc/grpc-js-xds/deps/googleapis",
    "external/grpc_js_xds/node_modules/@grpc/grpc-js-xds/deps/xds",
};

class OracleTest : public testing::Test {
 protected:
  OracleTest() : oracle_(&database_) {
    oracle_.AllowUnknownDependencies();
    for (const SubsetRow& row : rows_) {
      if (row.source == "npm") {
        official_.insert({row.proto_file, row.name, row.name + "." + row.member});
      }
    }
  }

  // The official file of the same path; the test fails if there is none.
  const FileDescriptor* Official(const FileDescriptor& ours) {
    const FileDescriptor* official = oracle_.FindFileByName(ours.name());
    EXPECT_NE(official, nullptr) << ours.name() << " " << database_.errors();
    return official;
  }

  // The official one of a message or enum. Found through its file: a pool that allows unknown
  // dependencies would also know names that nobody defines.
  template <typename T>
  const T* Official(const T& ours) {
    if (Official(*ours.file()) == nullptr) return nullptr;
    const T* official = Find(ours);
    EXPECT_NE(official, nullptr) << ours.full_name();
    EXPECT_TRUE(official == nullptr || !official->file()->is_placeholder());
    return official;
  }

  const Descriptor* Find(const Descriptor& ours) {
    return oracle_.FindMessageTypeByName(ours.full_name());
  }
  const EnumDescriptor* Find(const EnumDescriptor& ours) {
    return oracle_.FindEnumTypeByName(ours.full_name());
  }
  const ServiceDescriptor* Find(const ServiceDescriptor& ours) {
    return oracle_.FindServiceByName(ours.full_name());
  }

  const std::vector<SubsetRow> rows_ = ReadSubset();
  const std::vector<const FileDescriptor*> files_ = CompiledFiles(rows_);
  // Files, types and members that the oracle has; the table also lists some of newer or other APIs.
  std::set<std::string> official_;
  OracleDatabase database_{kFolders};
  DescriptorPool oracle_;
};

// Members whose name is a C++20 keyword that protoc does not escape: "_" is added in our file, and
// the JSON name is spelled out.
std::string OfficialName(const FieldDescriptor& ours) {
  static const std::set<std::string> kRenamed = {"requires_"};
  return kRenamed.contains(ours.name()) ? ours.json_name() : ours.name();
}

std::string OneofName(const FieldDescriptor& field) {
  const auto* oneof = field.real_containing_oneof();
  return oneof == nullptr ? "" : oneof->name();
}

TEST_F(OracleTest, FieldsHaveOfficialNamesNumbersTypesAndOneofs) {
  std::set<std::string> compared;
  for (const Descriptor* message : MessagesIn(files_)) {
    if (!official_.contains(message->full_name())) continue;
    const Descriptor* official = Official(*message);
    ASSERT_NE(official, nullptr);
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor& ours = *message->field(i);
      if (!official_.contains(message->full_name() + "." + OfficialName(ours))) continue;
      SCOPED_TRACE(ours.full_name());
      const FieldDescriptor* theirs = official->FindFieldByName(OfficialName(ours));
      ASSERT_NE(theirs, nullptr);
      EXPECT_EQ(ours.number(), theirs->number());
      EXPECT_EQ(TypeText(ours), TypeText(*theirs));
      EXPECT_EQ(OneofName(ours), OneofName(*theirs));
      EXPECT_EQ(ours.json_name(), theirs->json_name());
      EXPECT_EQ(ours.has_presence(), theirs->has_presence());
      EXPECT_EQ(ours.is_packed(), theirs->is_packed());
      EXPECT_EQ(ours.options().deprecated(), theirs->options().deprecated());
      compared.insert(message->full_name() + "." + theirs->name());
    }
  }
  for (const SubsetRow& row : rows_) {
    if (row.kind != "field" || row.source != "npm") continue;
    EXPECT_TRUE(compared.contains(row.name + "." + row.member)) << row.name << "." << row.member;
  }
  EXPECT_GE(compared.size(), 918u);
}

TEST_F(OracleTest, EnumsHaveAllOfficialValues) {
  for (const EnumDescriptor* type : EnumsIn(files_)) {
    if (!official_.contains(type->full_name())) continue;
    const EnumDescriptor* official = Official(*type);
    ASSERT_NE(official, nullptr);
    EXPECT_EQ(type->value_count(), official->value_count()) << type->full_name();
    for (int i = 0; i < type->value_count(); ++i) {
      SCOPED_TRACE(type->full_name() + "." + type->value(i)->name());
      const auto* theirs = official->FindValueByName(type->value(i)->name());
      ASSERT_NE(theirs, nullptr);
      EXPECT_EQ(type->value(i)->number(), theirs->number());
    }
  }
}

TEST_F(OracleTest, MethodsHaveOfficialNamesTypesAndStreaming) {
  size_t compared = 0;
  for (const FileDescriptor* file : files_) {
    for (int i = 0; i < file->service_count(); ++i) {
      const ServiceDescriptor& service = *file->service(i);
      if (!official_.contains(service.full_name())) continue;
      const ServiceDescriptor* official = Official(service);
      ASSERT_NE(official, nullptr);
      for (int j = 0; j < service.method_count(); ++j) {
        SCOPED_TRACE(service.method(j)->full_name());
        const MethodDescriptor* theirs = official->FindMethodByName(service.method(j)->name());
        ASSERT_NE(theirs, nullptr);
        EXPECT_EQ(TypeText(*service.method(j)), TypeText(*theirs));
        ++compared;
      }
    }
  }
  EXPECT_GE(compared, 17u);
}

TEST_F(OracleTest, PackagesAndFilesAreTheOfficialOnes) {
  for (const FileDescriptor* file : files_) {
    if (!official_.contains(file->name())) continue;
    const FileDescriptor* official = Official(*file);
    ASSERT_NE(official, nullptr);
    EXPECT_EQ(file->package(), official->package());
  }
  EXPECT_EQ(database_.errors(), "");
}

}  // namespace
}  // namespace sluice::api
