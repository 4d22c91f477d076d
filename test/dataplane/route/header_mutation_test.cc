#include "dataplane/route/header_mutation.h"

#include <gtest/gtest.h>

#include <string>

#include "test/dataplane/route/request.h"

namespace sluice::route {
namespace {

FieldAdd Add(std::string name, std::string value,
             AppendAction action = AppendAction::kAppendIfExistsOrAdd) {
  return {http::LookupField(name), action, name, value};
}

std::string Lines(const http::Head& head) {
  std::string lines;
  for (uint32_t i = 0; i < head.size(); ++i) {
    if (!head.at(i).removed())
      lines += std::string(head.at(i).name()) + "=" + std::string(head.at(i).value()) + ";";
  }
  return lines;
}

std::string Applied(const FieldMutation& mutation) {
  Request request;
  request.With("x-a", "1").With("accept", "2");
  mutation.Apply(request.head);
  return Lines(request.head);
}

TEST(HeaderMutation, EveryActionOnPresentAndAbsentFields) {
  EXPECT_EQ(Applied({{}, {Add("x-a", "n")}}), "x-a=1;accept=2;x-a=n;");
  EXPECT_EQ(Applied({{}, {Add("x-b", "n")}}), "x-a=1;accept=2;x-b=n;");
  EXPECT_EQ(Applied({{}, {Add("x-a", "n", AppendAction::kAddIfAbsent)}}), "x-a=1;accept=2;");
  EXPECT_EQ(Applied({{}, {Add("x-b", "n", AppendAction::kAddIfAbsent)}}), "x-a=1;accept=2;x-b=n;");
  EXPECT_EQ(Applied({{}, {Add("x-a", "n", AppendAction::kOverwriteIfExistsOrAdd)}}),
            "accept=2;x-a=n;");
  EXPECT_EQ(Applied({{}, {Add("x-b", "n", AppendAction::kOverwriteIfExistsOrAdd)}}),
            "x-a=1;accept=2;x-b=n;");
  EXPECT_EQ(Applied({{}, {Add("accept", "n", AppendAction::kOverwriteIfExists)}}),
            "x-a=1;accept=n;");
  EXPECT_EQ(Applied({{}, {Add("via", "n", AppendAction::kOverwriteIfExists)}}), "x-a=1;accept=2;");
}

TEST(HeaderMutation, RemovesBeforeItAdds) {
  EXPECT_EQ(Applied({{{http::FieldId::kUnknown, "x-a"}, {http::FieldId::kAccept, "accept"}},
                     {Add("x-a", "new")}}),
            "x-a=new;");
}

}  // namespace
}  // namespace sluice::route
