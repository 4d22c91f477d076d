#include "dataplane/http/field_id.h"

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

namespace sluice::http {
namespace {

std::vector<FieldId> AllIds() {
  std::vector<FieldId> ids;
  for (uint32_t i = 1; i < kFieldIdCount; ++i) ids.push_back(static_cast<FieldId>(i));
  return ids;
}

TEST(FieldIdTest, FindsEveryNameOfTheListInAnyCase) {
  for (FieldId id : AllIds()) {
    const std::string name(FieldName(id));
    ASSERT_FALSE(name.empty());
    EXPECT_EQ(LookupField(name), id) << name;
    std::string upper = name;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(LookupField(upper), id) << upper;
    std::string mixed = name;
    for (size_t i = 0; i < mixed.size(); i += 2) mixed[i] = upper[i];
    EXPECT_EQ(LookupField(mixed), id) << mixed;
  }
}

TEST(FieldIdTest, DoesNotFindANameWithOneByteChanged) {
  for (FieldId id : AllIds()) {
    const std::string name(FieldName(id));
    for (size_t i = 0; i < name.size(); ++i) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string other = name;
        other[i] = static_cast<char>(byte);
        if (std::tolower(static_cast<unsigned char>(byte)) == name[i]) continue;
        EXPECT_NE(LookupField(other), id) << name << " with byte " << byte << " at " << i;
      }
    }
  }
}

TEST(FieldIdTest, DoesNotFindNamesShorterOrLonger) {
  for (FieldId id : AllIds()) {
    const std::string name(FieldName(id));
    EXPECT_NE(LookupField(name + "x"), id) << name;
    EXPECT_NE(LookupField(name.substr(1)), id) << name;
    EXPECT_NE(LookupField(name.substr(0, name.size() - 1)), id) << name;
  }
  EXPECT_EQ(LookupField(""), FieldId::kUnknown);
  EXPECT_EQ(LookupField("x"), FieldId::kUnknown);
  EXPECT_EQ(LookupField(std::string(70000, 'a')), FieldId::kUnknown);
}

TEST(FieldIdTest, UnknownHasNoName) { EXPECT_EQ(FieldName(FieldId::kUnknown), ""); }

}  // namespace
}  // namespace sluice::http
