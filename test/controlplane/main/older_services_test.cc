#include "controlplane/main/older_services.h"

#include <gtest/gtest.h>

#include "controlplane/revision/history.h"
#include "controlplane/store/commit.h"
#include "controlplane/store/memory_store.h"
#include "test/controlplane/model/fixtures.h"

namespace sluice::main {
namespace {

class OlderServicesTest : public testing::Test {
 protected:
  // Each revision has the Service "shop/s<number>" only, and a Gateway.
  void Write(uint64_t number) {
    std::vector<store::Write> writes = {Put("Service", "shop/s" + std::to_string(number), "service { registered {} }"),
                                        Put("Gateway", "web", "gateway { listeners { port: 80 } }")};
    if (number > 1) writes.push_back({{"Service", "shop/s" + std::to_string(number - 1)}, std::nullopt});
    ASSERT_TRUE(store::Commit(store_, number - 1, {}, writes).ok());
  }
  static store::Write Put(const std::string& kind, const std::string& name, const std::string& spec) {
    return {{kind, name}, revision::StoredBytes(*model::Obj(kind, name, spec))};
  }
  std::vector<std::string> Names(const std::vector<uint64_t>& revisions) {
    std::vector<std::string> names;
    for (const model::Config& config : older_.Of(revisions)) {
      for (const auto& [key, object] : config.objects()) names.push_back(object->name());
    }
    return names;
  }

  store::MemoryStore store_;
  OlderServices older_{store_};
};

using Texts = std::vector<std::string>;

TEST_F(OlderServicesTest, HasTheServicesOfEachRevisionAndNothingElse) {
  for (uint64_t n = 1; n <= 3; ++n) ASSERT_NO_FATAL_FAILURE(Write(n));
  EXPECT_EQ(Names({3, 1}), (Texts{"shop/s3", "shop/s1"}));
}

TEST_F(OlderServicesTest, KeepsWhatTheStoreLetsGoOfAsLongAsItIsAskedFor) {
  for (uint64_t n = 1; n <= 3; ++n) ASSERT_NO_FATAL_FAILURE(Write(n));
  EXPECT_EQ(Names({1}), Texts{"shop/s1"});
  ASSERT_TRUE(store_.Compact(3).ok());
  EXPECT_EQ(Names({1, 2}), Texts{"shop/s1"});
  EXPECT_TRUE(Names({}).empty());
  EXPECT_TRUE(Names({1}).empty());
}

}  // namespace
}  // namespace sluice::main
