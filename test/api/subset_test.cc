// The compiled protos hold exactly what api/xds-subset.tsv lists, no more and no less.

#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "test/api/subset_table.h"

namespace sluice::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

class SubsetTest : public testing::Test {
 protected:
  size_t RowsOf(const std::string& kind) const {
    size_t count = 0;
    for (const SubsetRow& row : rows_) count += row.kind == kind;
    return count;
  }

  const DescriptorPool& pool_ = *DescriptorPool::generated_pool();
  const std::vector<SubsetRow> rows_ = ReadSubset();
  const std::vector<const FileDescriptor*> files_ = CompiledFiles(rows_);
};

TEST_F(SubsetTest, EveryFieldOfTheTableIsCompiledAsItStandsThere) {
  for (const SubsetRow& row : rows_) {
    if (row.kind != "field") continue;
    SCOPED_TRACE(row.name + "." + row.member);
    const Descriptor* message = pool_.FindMessageTypeByName(row.name);
    ASSERT_NE(message, nullptr);
    // By JSON name too: a member that is a C++ keyword has another name in C++ alone.
    const FieldDescriptor* field = message->FindFieldByNumber(std::stoi(row.number));
    ASSERT_NE(field, nullptr);
    EXPECT_TRUE(field->name() == row.member || field->json_name() == row.member) << field->name();
    EXPECT_EQ(TypeText(*field), row.type);
    const auto* oneof = field->real_containing_oneof();
    EXPECT_EQ(oneof == nullptr ? "-" : oneof->name(), row.oneof);
    EXPECT_EQ(field->options().deprecated(), row.deprecated);
    EXPECT_EQ(field->file()->name(), row.proto_file);
  }
}

TEST_F(SubsetTest, EveryEnumValueOfTheTableIsCompiledAsItStandsThere) {
  for (const SubsetRow& row : rows_) {
    if (row.kind != "enum_value") continue;
    SCOPED_TRACE(row.name + "." + row.member);
    const EnumDescriptor* type = pool_.FindEnumTypeByName(row.name);
    ASSERT_NE(type, nullptr);
    const EnumValueDescriptor* value = type->FindValueByName(row.member);
    ASSERT_NE(value, nullptr);
    EXPECT_EQ(value->number(), std::stoi(row.number));
    EXPECT_EQ(value->options().deprecated(), row.deprecated);
    EXPECT_EQ(type->file()->name(), row.proto_file);
  }
}

TEST_F(SubsetTest, EveryMethodAndEmptyMessageOfTheTableIsCompiledAsItStandsThere) {
  for (const SubsetRow& row : rows_) {
    SCOPED_TRACE(row.name + "." + row.member);
    if (row.kind == "message") {
      const Descriptor* message = pool_.FindMessageTypeByName(row.name);
      ASSERT_NE(message, nullptr);
      EXPECT_EQ(message->field_count(), 0);
    } else if (row.kind == "method") {
      const ServiceDescriptor* service = pool_.FindServiceByName(row.name);
      ASSERT_NE(service, nullptr);
      const MethodDescriptor* method = service->FindMethodByName(row.member);
      ASSERT_NE(method, nullptr);
      EXPECT_EQ(TypeText(*method), row.type);
    }
  }
}

TEST_F(SubsetTest, NothingIsCompiledThatTheTableDoesNotList) {
  size_t fields = 0, values = 0, methods = 0;
  for (const Descriptor* message : MessagesIn(files_)) fields += message->field_count();
  for (const EnumDescriptor* type : EnumsIn(files_)) values += type->value_count();
  for (const FileDescriptor* file : files_) {
    for (int i = 0; i < file->service_count(); ++i) methods += file->service(i)->method_count();
  }
  EXPECT_EQ(fields, RowsOf("field"));
  EXPECT_EQ(values, RowsOf("enum_value"));
  EXPECT_EQ(methods, RowsOf("method"));
}

TEST_F(SubsetTest, TheFirstPhaseHasItsKnownSize) {
  EXPECT_EQ(files_.size(), 64u);
  EXPECT_EQ(MessagesIn(files_).size(), 235u);
  EXPECT_EQ(RowsOf("field"), 921u);
  EXPECT_EQ(RowsOf("method"), 17u);
}

}  // namespace
}  // namespace sluice::api
