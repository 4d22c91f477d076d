#include "dataplane/config/compile_header_mutation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/dataplane/config/route_text.h"

namespace sluice::config {
namespace {

using envoy::config::route::v3::Route;
using route::AppendAction;
using testing::ElementsAre;

std::shared_ptr<const route::HeaderMutation> Compile(const std::string& text) {
  ErrorList errors;
  auto mutation = CompileHeaderMutation(FromText<Route>(text), "", errors);
  EXPECT_THAT(Lines(errors), ElementsAre()) << text;
  return mutation;
}

std::vector<std::string> Errors(const std::string& text) {
  ErrorList errors;
  CompileHeaderMutation(FromText<Route>(text), "r", errors);
  return Lines(errors);
}

AppendAction ActionOf(const std::string& option) {
  auto mutation =
      Compile("request_headers_to_add { header { key: 'a' value: 'b' } " + option + " }");
  return mutation->request.add.at(0).action;
}

TEST(CompileHeaderMutation, TakesBothDirectionsAndEveryAction) {
  auto mutation = Compile(R"(
    request_headers_to_remove: 'X-Secret' response_headers_to_remove: 'server'
    response_headers_to_add { header { key: 'X-Served' value: '100%% ok' } })");
  EXPECT_EQ(mutation->request.remove.at(0).name, "x-secret");
  EXPECT_EQ(mutation->response.remove.at(0).id, http::FieldId::kServer);
  EXPECT_EQ(mutation->response.add.at(0).name, "x-served");
  EXPECT_EQ(mutation->response.add.at(0).value, "100% ok");
  EXPECT_EQ(ActionOf(""), AppendAction::kAppendIfExistsOrAdd);
  EXPECT_EQ(ActionOf("append_action: ADD_IF_ABSENT"), AppendAction::kAddIfAbsent);
  EXPECT_EQ(ActionOf("append_action: OVERWRITE_IF_EXISTS"), AppendAction::kOverwriteIfExists);
  EXPECT_EQ(ActionOf("append { value: false }"), AppendAction::kOverwriteIfExistsOrAdd);
  EXPECT_EQ(ActionOf("append { value: true }"), AppendAction::kAppendIfExistsOrAdd);
}

TEST(CompileHeaderMutation, NothingToDoIsNoObject) { EXPECT_EQ(Compile("name: 'x'"), nullptr); }

TEST(CompileHeaderMutation, AnEmptyValueIsAddedOnlyIfKept) {
  EXPECT_EQ(Compile("request_headers_to_add { header { key: 'a' } }"), nullptr);
  auto kept = Compile("request_headers_to_add { header { key: 'a' } keep_empty_value: true }");
  EXPECT_EQ(kept->request.add.at(0).value, "");
}

TEST(CompileHeaderMutation, OverwritesComeBeforeAppends) {
  auto mutation = Compile(R"(
    request_headers_to_add { header { key: 'a' value: '1' } }
    request_headers_to_add { header { key: 'a' value: '2' } append_action: OVERWRITE_IF_EXISTS_OR_ADD })");
  EXPECT_EQ(mutation->request.add.at(0).value, "2");
  EXPECT_EQ(mutation->request.add.at(1).value, "1");
}

TEST(CompileHeaderMutation, RefusesFramingTheStartLineAndOperators) {
  EXPECT_THAT(Errors("request_headers_to_add { header { key: ':path' value: '/' } }"),
              ElementsAre("r.request_headers_to_add[0].header.key: ':path' belongs to the start "
                          "line and cannot be changed here"));
  for (const char* name :
       {"Host", "content-length", "Transfer-Encoding", "connection", "upgrade"}) {
    EXPECT_EQ(Errors(std::string("response_headers_to_remove: '") + name + "'").size(), 1u) << name;
  }
  EXPECT_THAT(Errors("request_headers_to_add { header { key: 'a' value: 'x%PROTOCOL%' } }"),
              ElementsAre("r.request_headers_to_add[0].header.value: format operator in "
                          "'x%PROTOCOL%': not implemented yet"));
  EXPECT_THAT(Errors("request_headers_to_add { header { key: 'a' value: 'x\\r\\ny: z' } }"),
              ElementsAre("r.request_headers_to_add[0].header.value: must not hold byte 0x0d"));
  EXPECT_THAT(
      Errors("request_headers_to_add { header { key: 'a:' value: 'x' } append { value: true } "
             "append_action: ADD_IF_ABSENT }"),
      ElementsAre(
          "r.request_headers_to_add[0].header.key: 'a:' is not a field name (RFC 9110 5.1)",
          "r.request_headers_to_add[0].append: must not be set together with append_action"));
}

}  // namespace
}  // namespace sluice::config
